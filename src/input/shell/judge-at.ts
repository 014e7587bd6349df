import type { Mark, Strictness } from '../mark.ts';
import { readHead } from './command-head.ts';
import { isCommand, type Position } from './is-command.ts';
import { looksLikeArguments } from './prose.ts';

const wrappers =
  /^(?:time|nohup|env|sudo|doas|exec|command|builtin|watch|timeout|nice|ionice|stdbuf|strace|ltrace|busybox|setsid|then|do|else|coproc|xargs|unshare|chroot)$/;

/** The command that begins at an index of the text, if one does: behind assignments, quotes and what only starts another. */
export function judgeAt(
  text: string,
  from: number,
  position: Position,
  sign: string,
  strictness: Strictness,
  depth = 0,
): Mark | undefined {
  const at = skipPrefix(text, from, position);
  const head = readHead(text, at);
  if (head === undefined) return undefined;
  const rest = text.slice(head.end, head.end + 240);
  const behind =
    position === 'start' ? '' : sign === 'line' ? ' on a line of its own' : ` behind ${sign.trim().slice(0, 3)}`;
  if (depth < 4 && wrappers.test(head.name) && /^\s/.test(rest)) {
    const next = head.end + (/^\s+(?:-\S+\s+|\d+[smhd]?\s+)*/.exec(rest)?.[0].length ?? 0);
    const inner = readHead(text, next);
    if (inner?.word !== undefined && inner.word !== 'windows-wordy' && inner.word !== 'powershell') {
      if (
        inner.word === 'plain' ||
        // `make it so; then go`
        (inner.word === 'starter' && (head.name !== 'then' || text.slice(inner.end).trim() !== '')) ||
        inner.word === 'short' ||
        looksLikeArguments(text.slice(inner.end, inner.end + 240))
      )
        return shell(`${head.name} and the command ${inner.name}${behind}`, 'likely');
    }
    if (/^\s*[;|&]/.test(rest))
      return judgeAt(text, head.end + rest.search(/[;|&]/) + 1, 'separated', ';', strictness, depth + 1);
  }
  if (head.variable && position === 'separated' && head.word === undefined) {
    if (isSetBefore(text, from)) return shell(`a program named by a variable that is set before${behind}`, 'likely');
    // What nothing sets is nothing, and what stands behind it is the command.
    return depth < 4 && /^\$\w{1,3}$/.test(text.slice(at, head.end)) && /^\s/.test(rest)
      ? judgeAt(text, head.end, position, sign, strictness, depth + 1)
      : undefined;
  }
  if (!isCommand(head, text, rest, at, position, strictness, sign)) return undefined;
  const how = head.hidden ? ', written so that it does not show' : '';
  return shell(
    `the command ${head.name}${behind}${how}`,
    head.hidden || position === 'substituted' ? 'certain' : 'likely',
  );
}

/** Assignments, groups, quotes and negations before a command. */
function skipPrefix(text: string, from: number, position: Position): number {
  const prefix = /(?:[\s({!@,]|\w{1,40}=(?:"[^"]{0,80}"|'[^']{0,80}'|[^\s"';|&]{0,80})\s+(?=\S))*/y;
  prefix.lastIndex = from;
  const at = from + (prefix.exec(text)?.[0].length ?? 0);
  // A quote that is never closed hides a command from who looks at its first letter.
  const quote = text[at];
  if ((quote === "'" || quote === '"') && text.indexOf(quote, at + 1) === -1) return at + 1;
  return position === 'start' &&
    at > from &&
    /[({,@]/.test(text.slice(from, at)) &&
    !/^\s*[({]\s/.test(text.slice(from, at + 1))
    ? from
    : at;
}

function isSetBefore(text: string, from: number): boolean {
  return /(?:^|[\s;|&?])\w+=[^\s;|&]/.test(text.slice(0, from));
}

export function shell(what: string, confidence: Mark['confidence'], severity?: Mark['severity']): Mark {
  return { rule: 'input/shell-injection', what, confidence, ...(severity === undefined ? {} : { severity }) };
}
