/** Goes up with any change of what a front answers: the table of routes, the protocol, its messages. */
export const frontVersion = 1;
