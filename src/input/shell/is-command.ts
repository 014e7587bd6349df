import type { Strictness } from '../mark.ts';
import type { CommandHead } from './command-head.ts';
import { bareCommands, commandWord, isPowershellAlias, isWindowsWord } from './command-words.ts';
import { isHeading, isHint, isInstruction, isJoined, isProse, looksLikeArguments } from './prose.ts';

/** Where a command may begin in a value: at its start, behind what ends another, in what is replaced by what it prints. */
export type Position = 'start' | 'separated' | 'substituted';

/** What programs of Windows are told, where their names are words of prose. */
const orders: Readonly<Record<string, RegExp>> = {
  net: /^\s+(?:user|users|view|localgroup|group|accounts|share|use|start|stop|session)(?:\s|$)/i,
  sc: /^\s+(?:create|config|delete|start|stop|query|queryex|qc)\s/i,
  reg: /^\s+(?:add|delete|query|save|import|export)\s/i,
  netsh: /^\s+(?:firewall|advfirewall|interface|wlan|winhttp|add|int|http|trace)\s/i,
  vssadmin: /^\s+(?:create|delete|list|resize)\s/i,
  wevtutil: /^\s+(?:cl|clear-log|el|qe|epl|sl)(?:\s|$)/i,
  wmic: /^\s+(?:process|os|product|service|shadowcopy|useraccount|computersystem|bios)(?:\s|$)/i,
  bcdedit: /^\s+\/?\w/i,
};

const installers = /^(?:npm|pnpm|yarn|gem|composer|go|cargo|bun|pip[\d.]*|easy_install)$/;

/** Whether a word that may be a command is one here, by what stands before and behind it. */
export function isCommand(
  head: CommandHead,
  text: string,
  rest: string,
  at: number,
  position: Position,
  strictness: Strictness,
  sign: string,
): boolean {
  const { word } = head;
  const ends = /^["']?(?:[\s\0;|&<>)`,]|\\n|\\?$|\/{2})/.test(rest);
  const last = /^["'`)\s\0]*(?:\\[nrt]|\\$|\/\/)*$/.test(rest);
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
  // `id > 100 AND …`: a comparison.
  if (/^\s*[<>]=?\s*\d{1,20}(?:\s|$)/.test(rest) && word !== 'plain') return false;
  // `udp 1514`: a port.
  if (/^(?:tcp|udp)$/.test(head.name) && /^\s+\d/.test(rest)) return false;
  if (head.name === 'find' && !head.hidden && !/^\s+(?:[./~$"'*-]|\w[\w-]*(?:\/|\s+-|\s*[;|&]|\s*$))/.test(rest))
    return false;
  if (position === 'start') {
    if (strictness === 1 && !head.hidden && !head.path && isProse(text)) return false;
    if (isTitle && /^\s*[;|&]/.test(rest) && !/[./~$-]/.test(rest)) return false;
    if (isTitle && !(args && !/^\s+[a-z]{2,}\s+[a-z]{2,}\s+\|\s+[a-z]{2,}\s+[a-z]{2,}|^\s*\|\s+[A-Z][a-z]/.test(rest)))
      return strictness === 2 && (word === 'plain' || word === 'wordy') && /^\s+\S/.test(rest);
    if (/^(?:type|copy|del|move|dir|more)$/.test(head.name) && /^\s+"?(?:[A-Za-z]:\\|\\\\\w|%\w+%\\)/.test(rest))
      return true;
    if (/^(?:which|whereis)$/.test(head.name)) return /^\s+[\w.-]+\s*$/.test(rest) && isProgram(rest.trim());
    if (orders[head.name]?.test(rest) ?? false) return true;
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
  if (beginsWith(sign, text, at) && ends && isShort(rest, sign)) return true;
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

function isProgram(name: string): boolean {
  return /^(?:plain|short|starter)$/.test(commandWord(name) ?? '');
}

/** The whole value begins with what ends a command, as no setting does. */
function beginsWith(sign: string, text: string, at: number): boolean {
  return /^(?:;|\|{1,2}|&{1,2})$/.test(sign) && text.slice(0, at).replace(/["'\s]+/g, '') === sign;
}

/** Nothing behind it, or few words that are no prose. */
function isShort(rest: string, sign: string): boolean {
  return sign === '&'
    ? /^["']?\s*[;&|#\0]*\s*(?:\\[nrt]|\\$|\/\/)*$|^["']?\s+[\w./:@=-]+\s*[;&|#]*\s*$/.test(rest)
    : /^["']?\s*[;&|#\0]*\s*(?:\\[nrt]|\\$|\/\/)*$|^["']?(?:\s+[\w./:@=\\-]+){1,4}\s*[;&|#]*\s*$/.test(rest) &&
        !/^\s*\|\s*\w[^|]*\|/.test(rest);
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
  // `cat dog mouse`: what is also a word of English, between words of English.
  if (
    /^(?:cat|dig|ash|dash|ping|eval|expr|who)$/.test(head.name) &&
    strictness === 1 &&
    /^(?:\s+[a-z]{2,}){2,}\s*$/i.test(rest)
  )
    return false;
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
