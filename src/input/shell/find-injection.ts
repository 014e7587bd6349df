import type { Mark, Strictness } from '../mark.ts';
import { isOtherGrammar } from '../other-grammars.ts';
import { readHead } from './command-head.ts';
import { bareCommands } from './command-words.ts';
import { findExpansions } from './expansions.ts';
import { accountFile, climbs, findHiddenPath, restrictedFile } from './hidden-paths.ts';
import { judgeAt, shell } from './judge-at.ts';
import { findOptionInjection } from './option-injection.ts';
import { isAlternative, isMarkup, isSentence, withoutMarkup } from './prose.ts';

/** `web; ./run.sh`, `web; unset HISTFILE`: no path stands before it, as in a list of paths. */
const ownScript =
  /^[^/\n]{0,200}(?:;|&&|\|\|)\s*(?:\.{1,2}\/[\w-]+(?:\.\w{1,4})?\s*$|unset\s+[A-Z_]{2,}\b|\/(?:tmp|var\/tmp|dev\/shm)\/[\w.-]+\s*$)/;

/** More of one value are not looked at: whoever writes so many has been found before. */
const mostHeads = 200;
/** Shell where data is expected. Takes time in proportion to the text. */
export function findInjection(text: string, strictness: Strictness): readonly Mark[] {
  const marks: Mark[] = [];
  if (!/[\s;|&`$<>(){}\\'"~!*?[%/]/.test(text)) {
    const program = findOptionInjection(text);
    return program === undefined ? bareWord(text, strictness) : [startedBy(program)];
  }
  if (!isOtherGrammar(text)) {
    marks.push(...findExpansions(text, strictness));
    if (findHiddenPath(text)) marks.push(shell('a path that is written with patterns to hide it', 'certain'));
    if (marks.length === 0) marks.push(...findCommands(text, strictness));
    const program = marks.length === 0 ? findOptionInjection(text) : undefined;
    if (program !== undefined) marks.push(startedBy(program));
  }
  // Behind what weighs more: a command that reads such a file is a command.
  if (accountFile.test(text) && !/:\/etc\//.test(text))
    marks.push(shell('the path of a file of accounts', 'likely', 'medium'));
  if (marks.length === 0 && ownScript.test(text)) marks.push(shell('a program that is started by its path', 'likely'));
  if (climbs(text)) marks.push(shell('a path that climbs to a file of the system', 'likely', 'medium'));
  if (marks.length === 0) marks.push(...bareWord(text, strictness));
  return marks;
}

function startedBy(program: string): Mark {
  return shell(`an option by which ${program} starts something else`, 'likely');
}

/** Whole value that is a command without arguments. */
function bareWord(text: string, strictness: Strictness): readonly Mark[] {
  const file = restrictedFile(text);
  if (file !== undefined) return [shell(file, 'likely', 'medium')];
  const behindQuote = /^\s*["']\s+(?=\w+\s*$)/.exec(text)?.[0];
  const head = readHead(text, behindQuote?.length ?? 0);
  if (behindQuote !== undefined && bareCommands.has(head?.name ?? ''))
    return [shell(`the command ${head?.name} behind a quote`, 'likely')];
  if (head === undefined || head.end < text.trimEnd().length) return [];
  const known = head.word === 'plain' || (head.word !== undefined && bareCommands.has(head.name));
  if (known && head.hidden && (!/[$/]/.test(text) || /^\/[^$]*\\\w/.test(text)))
    return [shell(`${head.name}, written so that it does not show`, 'certain')];
  if (known && head.quoted && bareCommands.has(head.name))
    return [shell(`the command ${head.name} in quotes`, 'likely')];
  if (strictness === 2 && head.word === 'plain' && /-/.test(head.name))
    return [shell(`the command ${head.name}`, 'guess')];
  return [];
}

const separator = /\$\(+|<\(|>\(|<<<|`|\(\s*\)\s*[({]?|(?:\r\n|[;|&\n\r])+|\\n/g;

function findCommands(whole: string, strictness: Strictness): readonly Mark[] {
  // Pipes of templates are none of the shell's.
  const text = withoutMarkup(
    whole.replace(/\{\{[^{}]*\}\}|\{%[^{}]*%\}/g, (part) => ' '.repeat(part.length)),
    strictness,
  );
  const isList = /^[\w.*:/+=-]*(?:[|&;][\w.*:/+=-]+)+[|&;]?$/.test(text) && !/^[|&;]/.test(text);
  const mark = isList ? undefined : judgeAt(text, 0, 'start', '', strictness);
  if (mark !== undefined) return [mark];
  // A file that would be read into a command: `<uname -a`.
  if (/^<[a-z]+\s+[-/]/.test(text) && !text.includes('>')) {
    const read = judgeAt(text, 1, 'separated', '<', strictness);
    if (read !== undefined) return [read];
  }
  const isUrl = /^[a-z][\w+.-]*:\/\/\S+$/i.test(text);
  let heads = 0;
  for (const match of text.matchAll(separator)) {
    if (++heads > mostHeads) break;
    const [sign] = match;
    const after = match.index + sign.length;
    if (sign === '\\n' && strictness === 1 && match.index > 0) continue;
    if (sign === '`' && !isSubstitution(text, match.index)) continue;
    if (sign === '|' && isAlternative(text, match.index)) continue;
    if (strictness === 2 && /^[;&]$/.test(sign) && isSentence(text, match.index)) continue;
    const position = /[(`<]/.test(sign) ? 'substituted' : 'separated';
    if (position === 'separated' && isUrl && strictness === 1) continue;
    if (position === 'separated' && isList && strictness === 1 && !isTell(text, sign, after)) continue;
    const found = judgeAt(text, after, position, sign.trim() === '' ? 'line' : sign, strictness);
    if (found !== undefined) return [found];
  }
  return [];
}

/** A list of words has a command as its last item by chance; an address or a sentence has not. */
function isTell(text: string, sign: string, after: number): boolean {
  const rest = text.slice(after).replace(/^(?:\/usr)?(?:\/local)?\/s?bin\//, '');
  if (!bareCommands.has(rest.replace(/[;&|]+$/, '').toLowerCase())) return false;
  const before = text.slice(0, after - sign.length);
  return sign.length > 1 || /[./]|^\w$/.test(before) || (sign !== '|' && /^\w*$/.test(before));
}

/** Of a pair of backticks the first: markup and SQL quote words with them. */
function isSubstitution(text: string, at: number): boolean {
  const end = text.indexOf('`', at + 1);
  if (end === -1) return false;
  const inside = text.slice(at + 1, Math.min(end, at + 200));
  if (isMarkup(text.slice(Math.max(0, at - 60), at), inside, text.slice(end + 1))) return false;
  if (
    /\b(?:use|run|with|the|via|by|using|or|and|mention|mentions|rename|support|see|try|type|execute|call|called|command|running)\s+$/i.test(
      text.slice(Math.max(0, at - 20), at),
    )
  )
    return false;
  if (/\s|[$|;&<>/]/.test(inside.trim())) return true;
  return !/\b(?:select|insert|update|delete|from|join|into|table|where|grant)\b/i.test(text) && inside !== '';
}
