import type { Mark, Strictness } from '../mark.ts';
import { isOtherGrammar } from '../other-grammars.ts';
import { type CommandHead, readHead } from './command-head.ts';
import { bareCommands, isPowershellAlias, isWindowsWord } from './command-words.ts';
import { findExpansions } from './expansions.ts';
import { accountFile, climbingPath, findHiddenPath, restrictedFile } from './hidden-paths.ts';
import { findOptionInjection } from './option-injection.ts';
import {
  isAlternative,
  isHeading,
  isHint,
  isInstruction,
  isJoined,
  isMarkup,
  isSentence,
  looksLikeArguments,
  withoutMarkup,
} from './prose.ts';

/** Where a command may begin in a value: at its start, behind what ends another, in what is replaced by what it prints. */
type Position = 'start' | 'separated' | 'substituted';

/** `web; ./run.sh`, `web; unset HISTFILE`: no path stands before it, as in a list of paths. */
const ownScript =
  /^[^/\n]{0,200}(?:;|&&|\|\|)\s*(?:\.{1,2}\/[\w-]+(?:\.\w{1,4})?\s*$|unset\s+[A-Z_]{2,}\b|\/(?:tmp|var\/tmp|dev\/shm)\/[\w.-]+\s*$)/;

/** More of one value are not looked at: whoever writes so many has been found before. */
const mostHeads = 200;
const wrappers =
  /^(?:time|nohup|env|sudo|doas|exec|command|builtin|watch|timeout|nice|ionice|stdbuf|strace|ltrace|busybox|setsid|then|do|else|coproc|xargs|unshare|chroot)$/;

const installers = /^(?:npm|pnpm|yarn|gem|composer|go|cargo|bun|pip[\d.]*|easy_install)$/;

/** Shell where data is expected. Takes time in proportion to the text. */
export function findInjection(text: string, strictness: Strictness): readonly Mark[] {
  if (!/[\s;|&`$<>(){}\\'"~!*?[%/]/.test(text)) return bareWord(text, strictness);
  const marks: Mark[] = [];
  if (!isOtherGrammar(text)) {
    marks.push(...findExpansions(text, strictness));
    if (findHiddenPath(text)) marks.push(shell('a path that is written with patterns to hide it', 'certain'));
    if (marks.length === 0) marks.push(...findCommands(text, strictness));
    const program = marks.length === 0 ? findOptionInjection(text) : undefined;
    if (program !== undefined) marks.push(shell(`an option by which ${program} starts something else`, 'likely'));
  }
  // Behind what weighs more: a command that reads such a file is a command.
  if (accountFile.test(text) && !/:\/etc\//.test(text))
    marks.push(shell('the path of a file of accounts', 'likely', 'medium'));
  if (marks.length === 0 && ownScript.test(text)) marks.push(shell('a program that is started by its path', 'likely'));
  if (climbingPath.test(text)) marks.push(shell('a path that climbs to a file of the system', 'likely', 'medium'));
  if (marks.length === 0) marks.push(...bareWord(text, strictness));
  return marks;
}

/** Whole value that is a command without arguments. */
function bareWord(text: string, strictness: Strictness): readonly Mark[] {
  const file = restrictedFile(text);
  if (file !== undefined) return [shell(file, 'likely', 'medium')];
  const head = readHead(text, 0);
  if (head === undefined || head.end < text.trimEnd().length) return [];
  const known = head.word === 'plain' || (head.word !== undefined && bareCommands.has(head.name));
  if (known && head.hidden && !/[$/]/.test(text))
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
  const isUrl = /^[a-z][\w+.-]*:\/\/\S+$/i.test(text);
  let heads = 0;
  for (const match of text.matchAll(separator)) {
    if (++heads > mostHeads) break;
    const [sign] = match;
    const after = match.index + sign.length;
    if (sign === '\\n' && strictness === 1) continue;
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
  const rest = text.slice(after);
  if (!bareCommands.has(rest.replace(/[;&|]+$/, '').toLowerCase())) return false;
  const before = text.slice(0, after - sign.length);
  return sign.length > 1 || /[./]/.test(before) || (sign !== '|' && /^\w*$/.test(before));
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

function judgeAt(
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
        inner.word === 'starter' ||
        inner.word === 'short' ||
        looksLikeArguments(text.slice(inner.end, inner.end + 240))
      )
        return shell(`${head.name} and the command ${inner.name}${behind}`, 'likely');
    }
    if (/^\s*[;|&]/.test(rest))
      return judgeAt(text, head.end + rest.search(/[;|&]/) + 1, 'separated', ';', strictness, depth + 1);
  }
  if (head.variable && position === 'separated' && head.word === undefined)
    return isSetBefore(text, from)
      ? shell(`a program named by a variable that is set before${behind}`, 'likely')
      : undefined;
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

function isCommand(
  head: CommandHead,
  text: string,
  rest: string,
  at: number,
  position: Position,
  strictness: Strictness,
  sign: string,
): boolean {
  const { word } = head;
  const ends = /^["']?(?:[\s;|&<>)`,]|\\n|$)/.test(rest);
  const last = /^["'`)\s]*$/.test(rest);
  if (word === undefined)
    return position === 'substituted' && sign.startsWith('$(') && /^\s+\S/.test(rest) && !/^\s+[=|?]/.test(rest);
  if (head.name === 'function' && !head.hidden) return /^\s+\w+\s*(?:\(\)|\{)/.test(rest);
  if (head.hidden && ends && word !== 'powershell' && word !== 'windows-wordy' && (rest !== '' || position !== 'start'))
    return true;
  if (position === 'substituted') return ends && (word !== 'powershell' || looksLikeArguments(rest));
  if (asksItself(head.name, text, at) || (position === 'start' && isIdle(text))) return false;
  // `env == 'prod' ? 'a' : 'b'`, `SET timezone = 'UTC'`: an expression, or a statement of SQL.
  if (/^\s*(?:==|!=|=~|<=|>=|::?=)\s|^\s+=\s/.test(rest) || (head.name === 'set' && /^\s+\w+\s*(?:=|TO\s)/i.test(rest)))
    return false;
  // `@type forward`: a setting of Fluentd.
  if (head.name === 'type' && text[at - 1] === '@') return false;
  if (head.name === 'bind') return /^\s+-[a-zA-Z]/.test(rest);
  if (/^dd$/.test(head.name) && /^\s+(?:if|of|bs|count)=\S/.test(rest)) return true;
  // One of several words in quotes; what SQL joins by `||`.
  if (!head.hidden && head.quoted && /^["']?\s*[;,)]/.test(rest) && /["']\s*[;,)]/.test(text.slice(head.end + 1)))
    return false;
  if (/^(?:\|\||&)$/.test(sign) && isJoined(text.slice(0, at))) return false;
  // `sh, bash & zsh`: the last of several in prose.
  if (sign === '&' && /\w,\s+[\w-]+\s+&\s+$/.test(text.slice(Math.max(0, at - 60), at)) && /^\s*$/.test(rest))
    return false;
  if (sign === ';' && !head.hidden && isInstruction(head.name, text.slice(0, at), rest)) return false;
  // Whoever writes a title begins each of its words with a capital.
  if (position === 'start' && (isHeading(text) || (strictness === 1 && isHint(head, text.slice(at, head.end), rest))))
    return false;
  const args = looksLikeArguments(rest);
  const start = text.slice(at, head.end);
  const isTitle = /^["']*[A-Z]/.test(start) && /^["']*(?:[A-Z][a-z]+|[A-Z]+)$/.test(start);
  if (position === 'start') {
    if (isTitle && !(args && !/^\s+[a-z]{2,}\s+[a-z]{2,}\s+\|\s+[a-z]{2,}\s+[a-z]{2,}|^\s*\|\s+[A-Z][a-z]/.test(rest)))
      return strictness === 2 && (word === 'plain' || word === 'wordy') && /^\s+\S/.test(rest);
    if (/^(?:type|copy|del|move|dir|more)$/.test(head.name) && /^\s+"?[A-Za-z]:\\\w/.test(rest)) return true;
    if (word === 'plain') return isPlainStart(head, rest, strictness);
    if (word === 'short')
      return args || (/^\s+\S/.test(rest) && head.name === 'ls') || (strictness === 2 && /^\s+\S/.test(rest));
    if (word === 'wordy') return args || (strictness === 2 && /^\s+\S/.test(rest));
    if (word === 'starter') return isStarter(head, rest, strictness);
    if (word === 'windows')
      return (
        /^\s+(?:\/|-\w|[A-Za-z]:\\|\S+\.\w{2,4}\b|https?:)/.test(rest) || (strictness === 2 && /^\s+\S/.test(rest))
      );
    return strictness === 2 && word === 'windows-wordy' && windowsArguments(rest);
  }
  if (isTitle && !args && !last) return false;
  if (head.name === 'sleep' && /^\s+\d+(?:\.\d+)?[smhd]?(?:\s*$|\s*["'`;&|)#])/.test(rest)) return true;
  if (
    installers.test(head.name) &&
    /^[;&]/.test(sign) &&
    /^\s+(?:-\S+\s+)?(?:install|add)\s+[\w@./-]+\s*(?:$|[;&|])/.test(rest)
  )
    return true;
  if (
    /^(?:docker|podman)$/.test(head.name) &&
    /^\s+(?:ps|exec|run|cp|images|inspect|kill|rm)(?:\s+[\w-]|\s*$|\s*[;&|])/.test(rest) &&
    /^[;&|]/.test(sign)
  )
    return true;
  if (head.name === 'kill' && /^\s+-(?:\d+|[A-Z]+)\s/.test(rest)) return true;
  if (head.name === 'export' && /^\s+\w+=\S/.test(rest) && sign !== 'line') return true;
  if (word === 'plain') return ends || rest.startsWith('/');
  if (word === 'short')
    return (
      args ||
      (last && bareCommands.has(head.name)) ||
      (ends && sign !== '|' && sign !== '&' && /^\s+[\w-]+/.test(rest) && !/^\s*=/.test(rest))
    );
  if (word === 'starter') return args || (last && bareCommands.has(head.name)) || (strictness === 2 && ends);
  if (word === 'windows') return /^(?:["'^]*(?:\.\w+)?)(?:[\s/;|&<>)`,]|$)/.test(rest) && !/^\s*=/.test(rest);
  if (isPowershellAlias(head.name) && /^\s+[-$"'(\w.:/\\]/.test(rest) && (args || /^\s+\(/.test(rest))) return true;
  if (isWindowsWord(head.name) && windowsArguments(rest)) return true;
  if (word !== 'wordy') return strictness === 2 && ends && /^\s+\S/.test(rest);
  return (
    args ||
    (last && bareCommands.has(head.name)) ||
    (strictness === 2 && sign !== 'line' && ends && /^\s+\S|^$/.test(rest))
  );
}

/** What keeps a container from ending. */
function isIdle(text: string): boolean {
  return /^\s*(?:\/(?:usr\/)?bin\/)?(?:tail\s+-[fF]\s+\/dev\/null|sleep\s+(?:infinity|inf|\d+[smhd]?))\s*$/.test(text);
}

/** A check of health, as people pass it to what runs it. */
function asksItself(name: string, text: string, at: number): boolean {
  if (name !== 'curl' && name !== 'wget') return false;
  return /^\S+\s+(?:-[\w-]+\s+){0,8}["']?(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?::\d+)?(?:\/[\w./?=&-]*)?["']?(?:\s+-[\w-]+(?:\s+\/dev\/null)?)*(?:\s*\d?>\s*(?:\/dev\/null|&\d))*(?:\s*\|\|\s*exit\s+1)?\s*$/.test(
    text.slice(at, at + 400),
  );
}

function isPlainStart(head: CommandHead, rest: string, strictness: Strictness): boolean {
  if (/^(?:sh|bash|ash|dash|busybox)$/.test(head.name) && strictness === 1)
    return (
      /^\s+-i\b|^\s*[<|;&]/.test(rest) ||
      (head.name === 'busybox'
        ? /^\s+(?!(?:httpd|crond|sh)\b)\S/.test(rest)
        : /^\s+-\w*c\s+["']?\w+["']?\s*$/.test(rest))
    );
  return /^\s|^[<>|&;]/.test(rest);
}

/** Programs that containers are made for: only where they are told what nobody tells a service. */
function isStarter(head: CommandHead, rest: string, strictness: Strictness): boolean {
  if (/^python[\d.]*$/.test(head.name))
    return (
      ((head.path || strictness === 2) &&
        /^\s+-m\s+(?:http\.server|SimpleHTTPServer|pty|smtpd|base64|zipfile|tarfile|webbrowser)\b/.test(rest)) ||
      /^\s+(?!-)[\w]+\s*$/.test(rest)
    );
  if (head.path && /^\s+-[eErRc]\s/.test(rest) && !/^(?:nginx|httpd|redis)/.test(head.name)) return true;
  return strictness === 2 && /^\s+-[eErR]\s+\S|^\s+install\s/.test(rest);
}

function windowsArguments(rest: string): boolean {
  return /^(?:\.\w{3})?\s*\/[a-z?]\b|^\s+["']?[A-Za-z]:\\|^\s+(?:\S+\s+)?\d{1,2}:\d\d\s|^\s+\\\\\w|^\s*[<>]|^\s+%\w+%/i.test(
    rest,
  );
}

function shell(what: string, confidence: Mark['confidence'], severity?: Mark['severity']): Mark {
  return { rule: 'input/shell-injection', what, confidence, ...(severity === undefined ? {} : { severity }) };
}
