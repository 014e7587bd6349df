/**
 * The key by which Go finds a field: equal for two names exactly where encoding/json takes one for the other (bytes.EqualFold,
 * which is Unicode's simple case folding: `ſ` is `s`, the Kelvin sign is `k`, `ß` is not `ss`, and `ı` is not `i`).
 */
export function foldKey(key: string): string {
  const known = folded.get(key);
  if (known !== undefined) return known;
  const fold = isAscii(key) ? key.toLowerCase() : Array.from(key, foldCharacter).join('');
  // Names of fields come again and again; those of an attacker may not fill the memory.
  if (folded.size < 4096 && key.length <= 64) folded.set(key, fold);
  return fold;
}

const folded = new Map<string, string>();

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** Of single characters; there are some 3,000 that fold. */
const foldedCharacters = new Map<string, string>();

function foldCharacter(character: string): string {
  if (character < '\x80') return character.toLowerCase();
  const known = foldedCharacters.get(character);
  if (known !== undefined) return known;
  const fold = findFold(character);
  if (foldedCharacters.size < 8192) foldedCharacters.set(character, fold);
  return fold;
}

function findFold(character: string): string {
  // Since Unicode 15.1 three pairs more are one, whose letters share no upper case: ΐ, ΰ (canonically the same) and ﬆ.
  const composed = character === '\ufb05' ? '\ufb06' : character.normalize('NFC');
  for (const candidate of [character.toUpperCase().toLowerCase(), character.toLowerCase(), composed])
    if (candidate !== character && [...candidate].length === 1 && isFoldEqual(character, candidate)) return candidate;
  return character;
}

/** JavaScript folds as Go does where a regular expression ignores case by Unicode (ECMA-262, Canonicalize). */
function isFoldEqual(left: string, right: string): boolean {
  return new RegExp(`^\\u{${left.codePointAt(0)?.toString(16)}}$`, 'iu').test(right);
}
