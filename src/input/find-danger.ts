import type { Mark } from './mark.ts';

type Danger = readonly [pattern: RegExp, rule: Mark['rule'], what: string];

const fetcher = '(?:curl|wget|fetch|aria2c|lwp-request|lwp-download|lynx|GET|http|https|axel|busybox\\s+wget)';
const runner =
  '(?:sudo\\s+(?:-\\S+\\s+)*)?(?:env\\s+)?(?:/[\\w/]{0,40}/)?(?:(?:ba|da|z|k|a|c|tc|fi)?sh|python[\\d.]*|perl|ruby|node|php[\\d.]*|source|xargs\\s+(?:-\\S+\\s+)*(?:ba)?sh)';
const decoder =
  '(?:base64\\s+(?:-d|-D|--decode|-di|-id)|base32\\s+(?:-d|--decode)|xxd\\s+(?:-r|-p\\s+-r|-r\\s+-p)|openssl\\s+(?:enc|base64)\\s+[^\\n|;]{0,60}-d|gunzip|gzip\\s+-\\w*d|zcat|uudecode|b64decode|rev|tr\\s+[^\\n|;]{2,60})';

/** What nobody wants even where a shell or an interpreter is expected. Each is linear in the text. */
const dangers: readonly Danger[] = [
  [/\/dev\/(?:tcp|udp)\/[^\s/]/, 'input/shell-injection', 'a connection of the shell to an address (/dev/tcp)'],
  [
    /(?<![\w.-])(?:nc|ncat|netcat|nc\.traditional|nc\.openbsd)\s+(?:[^\n|;&]{0,120}\s)?(?:-[a-z]*[ec]\s*\S|--(?:sh-)?exec\b)/i,
    'input/shell-injection',
    'a shell that is handed to a connection (nc -e)',
  ],
  [
    /(?<![\w.-])(?:nc|ncat|netcat)\s+-[a-z]*l[a-z]*p?\s*\d{0,5}/i,
    'input/shell-injection',
    'a program that waits for a connection (nc -l)',
  ],
  [
    /\bsocat\b[^\n]{0,200}\b(?:exec|system):/i,
    'input/shell-injection',
    'a shell that is handed to a connection (socat)',
  ],
  [
    /\bmkfifo\b[^\n]{0,200}(?:\bnc\b|\bncat\b|\btelnet\b|\bopenssl\s+s_client\b)/i,
    'input/shell-injection',
    'a shell that is handed to a connection (mkfifo)',
  ],
  [
    /(?<![\w.-])(?:ba|z|k|da)?sh\s+-i\b[^\n]{0,40}[<>]/,
    'input/shell-injection',
    'an interactive shell whose input is redirected',
  ],
  [
    /\bpty\.spawn\s*\(|\bsocket\b[^\n]{0,400}\b(?:dup2|\/bin\/(?:ba)?sh)|fsockopen\s*\([^\n]{0,300}\b(?:exec|proc_open|shell_exec|\/bin\/)|TCPSocket[^\n]{0,300}\b(?:exec|popen|\/bin\/)|Socket::INET[^\n]{0,400}\bexec\b|net\.(?:connect|Socket|createConnection)[^\n]{0,300}\bspawn|java\.net\.Socket[^\n]{0,300}exec/i,
    'input/code',
    'code that hands a shell to a connection',
  ],
  [
    new RegExp(
      `(?<![\\w.-])${fetcher}\\s[^\\n;]{0,600}?\\|\\s*(?:[^\\n;|]{0,80}\\|\\s*){0,2}${runner}(?![\\w./-]*\\.)(?=[\\s;|&)"'\`]|$)`,
      'i',
    ),
    'input/download-and-run',
    'a download that is piped into an interpreter',
  ],
  [
    new RegExp(
      `(?:${runner}\\s+(?:-\\w+\\s+)*|(?:^|[\\s;&|])(?:eval|source|exec|\\.)\\s+)["']?(?:<\\(|\\$\\(|\`)\\s*${fetcher}\\s`,
      'i',
    ),
    'input/download-and-run',
    'a download that a shell is started on',
  ],
  [
    new RegExp(
      `(?<![\\w.-])${fetcher}\\s[^\\n;&|]{0,400}(?:\\s-[oO]|--output|>)[^\\n;&|]{0,200}(?:;|&&|\\n)[^\\n]{0,200}(?:chmod\\s+(?:\\+x|a\\+x|[0-7]*7[0-7]*)|(?:^|[\\s;&])(?:(?:ba|da|a|z)?sh|python[\\d.]*|perl)\\s+(?:\\.?\\.?/)?[\\w./-]+|(?:;|&&)\\s*\\.{1,2}/\\w|(?:;|&&)\\s*/tmp/\\w)`,
      'i',
    ),
    'input/download-and-run',
    'a download that is run afterwards',
  ],
  [
    /\b(?:iex|invoke-expression)\b[^\n]{0,200}\b(?:iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring|net\.webclient)\b|\b(?:iwr|irm|downloadstring|invoke-webrequest)\b[^\n]{0,200}\|\s*(?:iex|invoke-expression)\b/i,
    'input/download-and-run',
    'a download that PowerShell runs',
  ],
  [
    /\b(?:exec|eval)\s*\(\s*[^\n]{0,80}\b(?:urlopen|requests\.get|urllib|http\.get|file_get_contents\s*\(\s*["']https?:)/i,
    'input/download-and-run',
    'a download that is run as code',
  ],
  [
    /\bpip[\d.]*\s+install\s+[^\n;&|]{0,120}(?:git\+)?https?:\/\/(?!(?:pypi|files\.pythonhosted)\.)[^\s]{1,200}\.(?:py|sh)\b/i,
    'input/download-and-run',
    'a download that is run as code',
  ],
  [
    new RegExp(`${decoder}[^\\n;]{0,120}?\\|\\s*(?:[^\\n;|]{0,80}\\|\\s*){0,2}${runner}(?=[\\s;|&)"'\`]|$)`, 'i'),
    'input/encoded-code',
    'text that is decoded and piped into an interpreter',
  ],
  [
    new RegExp(`(?:\\beval\\s+|(?:ba|da|z)?sh\\s+-c\\s+)["']?(?:\\$\\(|\`)[^\\n]{0,300}${decoder}`, 'i'),
    'input/encoded-code',
    'text that is decoded and run',
  ],
  [
    /\b(?:exec|eval|assert|system|Function|compile)\s*\(\s*[^\n]{0,60}(?:b64decode|base64_decode|fromhex|unhexlify|gzinflate|atob|Buffer\.from|codecs\.decode|zlib\.decompress|marshal\.loads|pack\s*\(|unpack)/i,
    'input/encoded-code',
    'text that is decoded and run as code',
  ],
  [
    /(?:^|[\s;|&])rm\s+(?:-\w+\s+)*-\w*[rf]\w*\s+(?:-\w+\s+)*(?:--no-preserve-root\s+)?\/(?:\s|\*|;|$)/,
    'input/shell-injection',
    'the deletion of the whole file system',
  ],
  [
    /\b(?:xmrig|stratum\+(?:tcp|ssl):\/\/|minerd\s+-|cpuminer|--donate-level)/i,
    'input/shell-injection',
    'a miner of coins',
  ],
  [
    />>?\s*(?:\/root|~|\/home\/\w+)\/\.ssh\/authorized_keys|>>?\s*\/etc\/(?:passwd|shadow|sudoers|ld\.so\.preload|cron|crontab)|\/var\/spool\/cron\b|\bcrontab\s+-(?:\s|$)/,
    'input/shell-injection',
    'something that is written where it grants access or runs later',
  ],
  [
    /\bnsenter\b[^\n]{0,80}(?:-t\s*1|--target[= ]1)\b|\/proc\/1\/root\b|\/sys\/fs\/cgroup\/[^\s]{0,60}release_agent|\brelease_agent\b|\bunshare\s+-\w*[rUm]/,
    'input/shell-injection',
    'a way out of the container',
  ],
  [
    /\b169\.254\.169\.254\b|\bmetadata\.google\.internal\b/,
    'input/shell-injection',
    'a request to where a cloud hands out credentials',
  ],
];

/** Only in a script that is run: in a setting the address of the metadata service may be meant. */
const inScriptsOnly = /credentials$/;

/** Downloads that are run, decoded code that is run, shells that are handed to somebody, ways out. */
export function findDanger(text: string, place: 'script' | 'data'): readonly Mark[] {
  if (text.length < 6) return [];
  const marks: Mark[] = [];
  for (const [pattern, rule, what] of dangers) {
    if (place === 'data' && inScriptsOnly.test(what)) continue;
    if (pattern.test(text)) marks.push({ rule, what, confidence: 'certain' });
  }
  return marks;
}
