/** Goes up with any change of what a front answers: the table of routes, both protocols, its messages. */
export const frontVersion = 2;
