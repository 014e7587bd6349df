/** What the exit status of every verb means; docs/reference/cli.md has the same table. */
export const exitCode = { done: 0, refused: 1, usage: 2, unreadable: 3 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
