/** Every rule of what is passed at start; docs/reference/rules.md has a row for each. */
export const inputRuleIds = [
  'input/shell-injection',
  'input/code',
  'input/encoded-code',
  'input/interpreter',
  'input/download-and-run',
  'input/loader-hook',
  'input/credential',
  'input/weak-password',
  'input/entrypoint-replaced',
  'input/file-content',
  'input/contract',
] as const;
export type InputRuleId = (typeof inputRuleIds)[number];
