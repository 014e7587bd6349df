/**
 * input: what is passed at start, looked into: what each value is, code and credentials in it, and input contracts.
 * Never: a file, a socket, a clock; runs what it reads; shows a secret.
 * Start at input-rules.ts.
 */
export {};
