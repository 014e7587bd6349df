/** What is the same for all findings of the rule; room input, which does not judge by it, has the same words. */
export const contractRule = {
  rule: 'input/contract',
  title: 'An input that the contract of the image does not allow',
  remedy: 'Pass what the contract lists, or have the contract changed by who owns the image',
  severity: 'high',
  confidence: 'certain',
} as const;
