/** Of ports at which questions go to the resolver of the agent, for as long as it says that it is there. */
export const answeredSet = 'answered';
