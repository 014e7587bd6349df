/**
 * Text from outside as it may stand among words of ours: what does not show, or turns the order of what does, is written out
 * by its number.
 */
export const visibleText = (text: string): string =>
  text.replaceAll(/[\p{C}\u2028\u2029]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** Whether there is anything but line ends and tabs that does not show. */
export const hasHidden = (text: string): boolean => /[^\P{C}\n\t]/u.test(text);
