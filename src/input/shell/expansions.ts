import type { Mark, Strictness } from '../mark.ts';
import { plainWord } from './command-head.ts';
import { bareCommands, commandWord } from './command-words.ts';

const shell = (what: string, confidence: Mark['confidence'] = 'certain'): Mark => ({
  rule: 'input/shell-injection',
  what,
  confidence,
});

/** Each is linear in the text. */
const always: readonly (readonly [RegExp, string])[] = [
  [/^\s*["']?\(\s*\)\s*\{/, 'a function of the shell in a value, as Shellshock has it'],
  [/\$\{?IFS\b/, 'the separator of words of the shell, IFS'],
  [/\$\{[^{}]*[`]|\$\{[^{}]*\$\(/, 'a command within an expansion'],
  [
    /\$\{[!:@^][^{}\s]*\}|\$\{\w+(?:\/\/?|\^\^|,,|%%|##|@)[^{}]{0,80}\}|\$\{\w+:\d+:\d+\}/,
    'an expansion of the shell that changes text',
  ],
  [/\$\(\([^()]{0,80}\)\)/, 'an arithmetic expansion of the shell'],
  [/\$\[\s*(?:\d+\s*[-+*/%]|\$)[^\]\n]{0,80}\]/, 'an arithmetic expansion of the shell'],
  [/\$'(?:[^'\\\s]|\\.){0,80}\\(?:x[0-9a-f]|[0-7]{2}|u[0-9a-f])/i, 'text that is written in escapes of the shell'],
  [/\b[a-z]{1,20}(?:``|<\(\)|>\(\)|\$\(\))(?:[a-z]{0,20}\b|\s)/i, 'an empty substitution within a word'],
  [/\balias\s+(?:[+-][a-z]+\+?\s+)?[.'"\w!%,@-]{1,40}=\S/i, 'an alias of the shell'],
  [/(?:^|[\s;|&`$(<>=:])~(?:[+-](?:\d+)?)(?:\s*$|[\s;|&`)/])/, 'a directory of the shell (~+, ~-)'],
  [/(?:^|[\s;|&=/])!(?:-\d+|!)(?:$|[!\s:;|&])/, "a line of the shell's history"],
  [/([\w:]{1,30})\s*\(\s*\)\s*\{\s*\1\s*(?:\(\s*\)\s*)?[|&]\s*\1/, 'a function that starts itself without end'],
  [
    // Not one of several in the group of a pattern: `\.(php|sh|pl)$`.
    /(?<![\w.^\\/?:-]\((?:\?:)?[\w.?*+\\-]{1,20}(?:\|[\w.?*+\\-]{1,20}){0,10})\|\s*&?\s*(?:sudo\s+)?(?:\/[\w/]{0,40}\/)?(?:ba|da|z|k|a|c|tc)?sh(?:\s*$|\s+-|\s*[;|&)"'`\n])/,
    'something that is piped into a shell',
  ],
  [/<<<\s*[\w$("'`.]/, 'a here-string of the shell'],
  [/%[A-Za-z]\w{1,40}:~-?\d{1,3}(?:,-?\d{1,3})?%/, 'an expansion of cmd.exe that takes a part of a variable'],
  [/[;&|]\s*\(\s*(?:ba|da|z|k)?sh\s*\)\s*\d*[<>]/, 'a shell whose input is redirected'],
  [/\|\s*\$\{?(?:0|SHELL|BASH)\}?\s*(?:$|[;|&)\n])/, 'something that is piped into a shell'],
  [/[;&|]\s*case\s+\S{1,40}\s+in\s+\S{1,40}\)/, 'a condition of the shell'],
  [/\b[a-z]{1,20}\$[@*][a-z]/i, 'an empty expansion within a word'],
  [/(?<![\w$])(\w{1,20})=\$?(["'])[^"'\n]{1,120}\2\s*[;&|]+\s*\$\{?\1\b/, 'a variable that is set and run at once'],
  // A value that begins with what ends a command, and goes on as only a shell does.
  [
    /^(?:\s*["'])?\s*(?:;|&&|\|\|)\s*(?:\.\s+\S|\[\[?\s[^\]]{1,80}\s\]|\(\([^()]{1,60}\)\)|[<>]{1,2}\s*[\w/.]|(?:until|while|if|for|case|select|function|!)\s+\S)/,
    'a statement of the shell behind a separator',
  ],
  [/[;&|]\s*:\s*>\s*\//, 'a file that is emptied'],
  [/[;&|]\s*\$\{?0\}?\s+-/, 'the shell itself, started with flags'],
  [/[;&|]\s*\.\s+\/\w/, 'a script that is read into the shell'],
  [/\$\{?SHELL\}?\s+-/, 'the shell of the user, started with flags'],
];

const cautious: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w$])(\w{1,20})=[^\s;|&]{0,80}[;&|]+[^\n]{0,200}?\$\{?\1\b/, 'a variable that is set and used at once'],
  [/\{,?[^{}\s]{0,40},\$[^{}\s]{1,40}\}|\{,?\/[?*\w/]{1,40},/, 'words in braces that the shell takes apart'],
  [
    /[\r\n][ \t]{0,20}(?:rcpt\s+to|mail\s+from|helo|ehlo|vrfy|expn)\b/i,
    'a command of the mail protocol on a line of its own',
  ],
  [
    /[\r\n][ \t]{0,20}[a-z0-9]{1,20}\s+(?:append|authenticate|login|select|examine|fetch|store|copy|uid|list|create|delete|rename|search|starttls|capability|logout)\b/i,
    'a command of IMAP on a line of its own',
  ],
  [
    /[\r\n][ \t]{0,20}(?:top\s+\d|retr\s+\d|dele\s+\d|uidl\b|apop\s|stat\s*$|pass\s+\S|user\s+\S|noop\b|rset\b|capa\b|stls\b|quit\b)/i,
    'a command of POP3 or SMTP on a line of its own',
  ],
  [
    /(?:^|;|\\n|\n)(?:\\n|\s){0,8}\.\s{0,4}(?:shell|system|output|import|load|open|once|read|log|dump|backup|save|restore|clone)\s+\S/i,
    'a command of the shell of SQLite',
  ],
  [/\$\w{0,10}\s*`|`\s*`/, 'an empty substitution'],
];

/** What only a shell takes apart: substitutions, expansions, patterns of braces. */
export function findExpansions(text: string, strictness: Strictness): readonly Mark[] {
  // Without one of these there is nothing to take apart.
  if (!/[$`({~!|<&;\r\n\\]|alias|%\w+:~/.test(text)) return [];
  for (const [pattern, what] of always) if (pattern.test(text)) return [shell(what)];
  const name = /^\s*\$\{([a-z]{2,12})\}/.exec(text)?.[1];
  if (name !== undefined && commandWord(name) !== undefined && (bareCommands.has(name) || name === 'cmd'))
    return [shell('a variable with the name of a command', 'likely')];
  if (findSubstitution(text)) return [shell('a substitution of the shell')];
  if (findBraces(text)) return [shell('words in braces that are a command once they are taken apart')];
  if (strictness === 2) for (const [pattern, what] of cautious) if (pattern.test(text)) return [shell(what, 'likely')];
  return [];
}

/** `$(cmd)`, `<(cmd)`, `>(cmd)`; not the references of Kubernetes, `$(POD_NAME)`, nor groups of regular expressions. */
function findSubstitution(text: string): boolean {
  for (const [, sign = '', quote = '', word = '', next = ''] of text.matchAll(
    /(\$|(?<!\?)<|(?<![?\w])>)\(\s*(["'\\]?)((?:\/[\w./-]{1,60}\/)?[\w.+-]{1,40})["']?(.?)/g,
  )) {
    if (sign === '$' && quote !== '' && commandWord(plainWord(word)) === undefined) continue;
    const name = word.slice(word.lastIndexOf('/') + 1);
    if (!/[\s)|;&<>$`]/.test(next) && next !== '') continue;
    if (commandWord(name) !== undefined || (/^\s$/.test(next) && sign === '$')) {
      if (!/^[A-Z][A-Z0-9_]*$/.test(name)) return true;
    }
  }
  return false;
}

/** `{l,-lh}s`, `{,ifconfig,eth0}`: taken apart, a command and its arguments. Where a command may stand only. */
function findBraces(text: string): boolean {
  for (const { 0: whole, 1: before = '', 2: inside = '', 3: after = '', index } of text.matchAll(
    /(?:^|[;|&`(]\s*|\n[ \t]*)([\w/\\'"]{0,20})\{([\w,\-'"\\/?*.$:]{1,80})\}([\w]{0,20})/g,
  )) {
    if (!inside.includes(',') || /^[\d,]+$/.test(inside)) continue;
    // Directories of a path, one of which is called like a program: `/var/log/{nginx,app}/*.log`.
    if (before.endsWith('/') && text.startsWith('/', index + whole.length)) continue;
    const words = inside
      .split(',')
      .map((part) => plainWord(`${before}${part}${after}`))
      .filter((word) => word !== '');
    const first = (words[0] ?? '').replace(/^.*\//, '');
    const isLone =
      before !== '' ||
      after !== '' ||
      /^,|,$/.test(inside) ||
      words.slice(1).some((word) => /^[-/]|^[a-z]+:\/\//.test(word));
    if (isLone && (bareCommands.has(first) || commandWord(first) !== undefined)) return true;
  }
  return false;
}
