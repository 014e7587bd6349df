import { type AddressSet, addressesOf, parseCidr } from '../base/index.ts';
import { badDocument } from './policy-error.ts';
import { addressBlockFault } from './traffic-words.ts';

/** Lists that people publish have some hundred thousand lines at most. */
export const addressLinesLimits = { characters: 32 * 1024 * 1024, lines: 1_000_000, rejected: 100 };

export interface AddressLines {
  readonly addresses: AddressSet;
  /** The first of the lines that are no block, counted from 1, and why. */
  readonly rejected: readonly { readonly line: number; readonly why: string }[];
  /** How many there are. */
  readonly rejectedLines: number;
}

/**
 * A list of addresses as Spamhaus (DROP) and FireHOL (netset) publish them: a block a line, what follows `#` or `;` is a
 * comment. Outside text. A line that is none is left out and told. Throws PolicyError for a list over a bound, of which
 * nothing is taken: half a list would look like a whole one.
 */
export function parseAddressLines(text: string, name = 'the list'): AddressLines {
  const refuse = (line: number, message: string): never => {
    throw badDocument(name, { line, column: 1 }, message, 'Split it into several lists');
  };
  if (text.length > addressLinesLimits.characters)
    refuse(1, `the list has more than ${addressLinesLimits.characters} characters`);
  const blocks: AddressSet[] = [];
  const rejected: { readonly line: number; readonly why: string }[] = [];
  let rejectedLines = 0;
  let line = 0;
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (++line > addressLinesLimits.lines) refuse(line, `the list has more than ${addressLinesLimits.lines} lines`);
    // What is longer has a comment, or is none: a block has 43 characters.
    const isLong = end - at > longestLine;
    const said = blockOf(text.slice(at, isLong ? at + longestLine : end), isLong);
    at = end + 1;
    if (said === '') continue;
    const block = parseCidr(said);
    if (block) blocks.push(block);
    else if (++rejectedLines <= addressLinesLimits.rejected)
      rejected.push({ line, why: addressBlockFault(said) ?? 'is no block of addresses' });
  }
  return { addresses: addressesOf(blocks), rejected, rejectedLines };
}

const longestLine = 4096;

function blockOf(line: string, isCut: boolean): string {
  const comment = line.search(/[#;]/);
  if (comment < 0 && isCut) return line;
  return (comment < 0 ? line : line.slice(0, comment)).trim();
}
