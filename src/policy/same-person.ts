/** Letters of Cyrillic and Greek that look like Latin ones, in lower case (Unicode TR 39, confusables, the common part). */
const lookalikes = new Map([
  ...pairs('аеорсухіјѕһԁԛԝкмтвнг', 'aeopcyxijshdqwkmtbhr'),
  ...pairs('αορνικτυχε', 'aopviktuxe'),
]);

/**
 * Whether two names may be those of one person: letters of either case, spaces, accents, invisible characters, full-width
 * forms and look-alikes of other scripts make no other person. Two who are taken for one lose nothing but a second name.
 */
export function isSamePerson(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

function foldName(name: string): string {
  const plain = name
    .normalize('NFKD')
    // Upper case first: "ß" and "ss" are one then, and so are "ı" and "i".
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\p{M}\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}]/gu, '');
  return [...plain].map((letter) => lookalikes.get(letter) ?? letter).join('');
}

function pairs(from: string, to: string): readonly (readonly [string, string])[] {
  const letters = [...to];
  return [...from].map((letter, index) => [letter, letters[index] as string] as const);
}
