import { dangers } from './dangers.ts';
import type { Mark } from './mark.ts';

const shell = '(?:ba|da|z|k|a|c|tc|fi)?sh';
const fetches =
  /(?<![\w.-])(?:curl|wget|fetch|aria2c|tftp|ftpget|lwp-request|lwp-download|lynx|GET|https?|axel)(?:\.exe)?\s/;
const saves =
  /\s-[a-zA-Z]*[oOJ]\b|\s--(?:output|remote-name)|(?<!\d)>|^\s*(?:busybox\s+)?wget\s(?!.*-q?O\s*-(?:\s|$))|lwp-download|\btftp\s.*-g|\bftpget\s/;
/** Reads what is to be run from its input: with `-c`, or a file, what comes is data. */
const runs = new RegExp(
  `^[\\s({]*(?:sudo\\s+(?:-\\w+\\s+)?)?(?:env\\s+)?(?:/[\\w/]{0,40}/)?(?:busybox\\s+)?(?:xargs\\s+(?:-\\S+\\s+){0,4}${shell}\\b|${shell}(?=\\s*$|\\s+-(?!\\w*c)|\\s+/dev/stdin|\\s*[;&)"'\`<>])|(?:python[\\d.]{0,5}|perl|ruby|node|php[\\d.]{0,4}|source)(?=\\s*$|\\s+-(?:\\s|$)|\\s*[;&)"'\`<>]))`,
);
const runsLater = new RegExp(
  `^[\\s({]*(?:sudo\\s+)?(?:chmod\\s+(?:\\+x|[augo]+\\+\\w*x|[0-7]*[1357])|(?:/\\w+){0,3}/?(?:${shell}|python[\\d.]{0,5}|perl|php)\\s+(?!-)[\\w./~-]|\\.{1,2}/\\w|/tmp/\\w|/var/tmp/\\w|/dev/shm/\\w|\\.\\s+\\S|source\\s)`,
);
const startsOn = new RegExp(
  `(?:(?<![\\w.-])${shell}\\s+(?:-\\w{1,9}\\s+){0,4}|(?<![\\w.-])(?:eval|source|exec)\\s+|(?:^|[\\s;&|])\\.\\s+)["']?(?:<\\(|\\$\\(|\`)\\s*(?:curl|wget|fetch|lynx)\\s`,
);
const decodes =
  /(?<![\w.-])(?:base64\s+(?:-\w*[dD]|--decode)|base32\s+(?:-d|--decode)|xxd\s+-\w*r|xxd\s+-p\s+-r|openssl\s+(?:enc|base64)\s.*-d|gunzip|gzip\s+-\w*d|zcat|uudecode|rev(?:\s*$)|tr\s+\S|printf\s+["']?(?:%b\s+)?["']?\\|echo\s+-\w*e\w*\s+["']?\\[x0-7]|(?:perl|ruby|python[\d.]*|php)\s+-\w*[ecr]\b.*(?:pack\s*\(?\s*["'(]|b64decode|base64_decode|decode64|fromhex|unhexlify))/;
const decodedRun = new RegExp(`(?:\\beval\\s+|(?<![\\w.-])${shell}\\s+-\\w{0,4}c\\s+)["']?(?:\\$\\(|\`)`);

/** Scripts ask whether a port is open in this way, and wait; a shell that is handed over reads from it as well. */
const waits = /address \(\/dev\/tcp\)$/;
const handedOver =
  /\bsh\s+-i\b|(?:^|[^\w])[0-2]?(?:>&|<&)\s*[0-9]|\bexec\s+\d+<>|\(\s*(?:ba|da|z)?sh\s*\)|\|\s*(?:\/\w+\/)*(?:ba|da|z)?sh\b|\bcat\s+<?\s*\/(?:etc|root|home|run|var)\b/;

/** Only in a script that is run: in a setting the address of the metadata service may be meant. */
const inScriptsOnly = /credentials$/;

/** A container whose work is cron writes its own table when it starts. */
const startsCron = /(?:^|[;&|\s/])crond?(?:\s+-\w|\s*(?:$|[;&|]))/;

/** Downloads that are run, decoded code that is run, shells that are handed to somebody, ways out. */
export function findDanger(text: string, place: 'script' | 'data'): readonly Mark[] {
  if (text.length < 6 || !hints.test(text)) return [];
  const marks: Mark[] = [...findPipelines(text)];
  for (const [pattern, rule, what] of dangers) {
    if (place === 'data' && inScriptsOnly.test(what)) continue;
    if (place === 'script' && waits.test(what) && (!handedOver.test(text) || isWait(text))) continue;
    if (place === 'script' && what.endsWith('from a pipe') && startsCron.test(text)) continue;
    if (pattern.test(text)) marks.push({ rule, what, confidence: 'certain' });
  }
  return marks;
}

/** What each of the patterns, or of the pipelines, has a word of. */
const hints =
  /\/dev\/(?:tcp|udp)|\bn(?:c|cat|etcat)\b|socat|mkfifo|\bsh\b|bash|socket|Socket|SOCKET|spawn|fsockopen|exec|eval|source|curl|wget|fetch|lwp-|lynx|aria2c|tftp|ftpget|mount|mknod|insmod|http\.server|gopher|dict:|axel|iex|invoke-|Invoke-|\bpip|base64|base32|xxd|uudecode|openssl|decode|inflate|atob|Buffer\.from|unhexlify|fromhex|marshal|pack|\brm\b|xmrig|stratum|minerd|cpuminer|donate-level|authorized_keys|\/etc\/|\bcron|nsenter|chroot|serviceaccount|\/proc\/|\/inet\/|ztcp|zmodload|telnet|rcat|xterm|shadow|chmod|docker|\bdd\b|mkfs|:\s*\(|\btar\b|\bzip\b|\benv\b|printenv|\bcat\b|\bfind\b|:!|system|IO::|net\.|jar:|release_agent|unshare|169\.254|metadata\./i;

/** Downloads and decoded texts that reach an interpreter, through pipes or through a file. Linear in the text. */
function* findPipelines(text: string): Generator<Mark> {
  if (startsOn.test(text))
    yield { rule: 'input/download-and-run', what: 'a download that a shell is started on', confidence: 'certain' };
  if (decodedRun.test(text) && decodes.test(text))
    yield { rule: 'input/encoded-code', what: 'text that is decoded and run', confidence: 'certain' };
  let saved = 0;
  let names = '';
  let found = false;
  for (const part of text.split(/;|&&|\|\||\n/, 2000)) {
    const command = part.length > 2000 ? part.slice(0, 2000) : part;
    if (saved > 0 && runsLater.test(command) && isNamed(command, names)) {
      yield { rule: 'input/download-and-run', what: 'a download that is run afterwards', confidence: 'certain' };
      return;
    }
    const isSaved = fetches.test(command) && saves.test(command.replaceAll(/(?:-o|>)\s*\/dev\/null/g, ''));
    saved = isSaved ? 8 : Math.max(0, saved - 1);
    if (isSaved) names = `${names} ${command}`.slice(-4000);
    if (found || !command.includes('|')) continue;
    let from: Mark['rule'] | undefined;
    for (const stage of command.split('|', 50)) {
      if (from !== undefined && runs.test(stage)) {
        const what =
          from === 'input/encoded-code'
            ? 'text that is decoded and piped into an interpreter'
            : 'a download that is piped into an interpreter';
        yield { rule: from, what, confidence: 'certain' };
        found = true;
        break;
      }
      if (fetches.test(stage)) from = 'input/download-and-run';
      else if (decodes.test(stage)) from ??= 'input/encoded-code';
    }
  }
}

/** `until (echo > /dev/tcp/db/5432) >/dev/null 2>&1; do sleep 1; done` */
function isWait(text: string): boolean {
  return (
    /\b(?:until|while|timeout)\b/.test(text) && !/\bsh\s+-i\b|0>&|0<&|\bexec\s+\d+<>|\|\s*(?:ba|da|z)?sh\b/.test(text)
  );
}

/** Whether one of its words is the name of something that was downloaded. */
function isNamed(command: string, downloads: string): boolean {
  const words = command
    .split(/[\s({]+/, 12)
    .map((word) => word.slice(word.lastIndexOf('/') + 1).replace(/["')]+$/, ''));
  const known = new Set(downloads.split(/[\s/"'=?&)]+/));
  return words.some((word, index) => word !== '' && (index > 0 || command.includes('/')) && known.has(word));
}
