import type { Mark } from './mark.ts';

type Danger = readonly [pattern: RegExp, rule: Mark['rule'], what: string];

/** What nobody wants even where a shell or an interpreter is expected. Each is linear in the text. */
export const dangers: readonly Danger[] = [
  [
    /\/dev\/(?:tcp|udp)\/(?!localhost\b|127\.|::1)[^\s/]/,
    'input/shell-injection',
    'a connection of the shell to an address (/dev/tcp)',
  ],
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
    /\bpty\.spawn\s*\(|\bsocket\b[^\n]{0,400}(?:\bdup2\b|\/bin\/(?:ba)?sh\b)|\bIO::Socket[^\n]{0,200}\b(?:fdopen|exec|system)\b|\bchild_process\b[^\n]{0,200}\b(?:\.pipe\s*\(|net\.Socket\b)|\bnet\.Dial\b[^\n]{0,200}exec\.Command|fsockopen\s*\([^\n]{0,300}\b(?:exec|proc_open|shell_exec|\/bin\/)|TCPSocket[^\n]{0,300}\b(?:exec|popen|\/bin\/)|Socket::INET[^\n]{0,400}\bexec\b|net\.(?:connect|Socket|createConnection)[^\n]{0,300}\bspawn|java\.net\.Socket[^\n]{0,300}exec/i,
    'input/code',
    'code that hands a shell to a connection',
  ],
  [
    /\/inet\/(?:tcp|udp)\/\d+\/|\bzmodload\s+zsh\/net\/|\bztcp\s+\S|\btelnet\s+[^|\n]{1,80}\|\s*(?:\/bin\/)?(?:ba|da|z|a)?sh\b|\brcat\s+c|\bxterm\s+-display\s+\S*\d/,
    'input/shell-injection',
    'a shell that is handed to a connection',
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
    /\b(?:fetch|https?\.get|axios(?:\.get)?)\s*\([^\n]{0,200}\.then\s*\([^\n]{0,200}(?:\beval\b|\bnew\s+Function\b)|\beval\b[^\n]{0,40}\b(?:URI\.open|open-uri|Net::HTTP\.get|LWP::Simple|HTTP::Tiny)/,
    'input/download-and-run',
    'a download that is run as code',
  ],
  [
    /\bpip[\d.]*\s+install\s+[^\n;&|]{0,120}(?:git\+)?https?:\/\/(?!(?:pypi|files\.pythonhosted)\.)[^\s]{1,200}\.(?:py|sh)\b/i,
    'input/download-and-run',
    'a download that is run as code',
  ],
  [
    /\b(?:exec|eval|assert|system|Function|compile)\s*\(\s*[^\n]{0,60}(?:b64decode|base64_decode|fromhex|unhexlify|gzinflate|atob|zlib\.inflate|decompress\s*\(|Buffer\.from|codecs\.decode|zlib\.decompress|marshal\.loads|pack\s*\(|unpack)/i,
    'input/encoded-code',
    'text that is decoded and run as code',
  ],
  [
    /(?:^|[\s;|&])rm\s+(?:-[\w-]{1,20}\s+){1,4}\/(?:\s|\*|;|$)/,
    'input/shell-injection',
    'the deletion of the whole file system',
  ],
  [
    /\b(?:xmrig|stratum\+(?:tcp|ssl):\/\/|minerd\s+-|cpuminer|--donate-level)/i,
    'input/shell-injection',
    'a miner of coins',
  ],
  [
    />>?\s*(?:\/root|~|\/home\/\w+)\/\.ssh\/authorized_keys|>>?\s*\/etc\/(?:passwd|shadow|sudoers|ld\.so\.preload|cron|crontab)|\/var\/spool\/cron\b/,
    'input/shell-injection',
    'something that is written where it grants access or runs later',
  ],
  [/\bcrontab\s+-(?:[\s)"']|$)/, 'input/shell-injection', 'a table of cron that is written from a pipe'],
  [
    /serviceaccount\/token[^\n;]{0,80}\|\s*(?:curl|wget|nc|ncat|base64)\b/,
    'input/shell-injection',
    'the token of the service account that is sent away',
  ],
  [
    /(?:^|[\s;|&(])(?:cat|less|more|head|tail|tac|nl|od|xxd|hexdump|strings|base64|base32|cp|scp|tar|dd|awk|sed|grep|sort|cut|rev|strings|curl|wget|nc|=)\s[^\n;|&]{0,120}(?:\/etc\/(?:g?shadow|master\.passwd|sudoers)\b|\/proc\/\d+\/(?:environ|mem)\b)|(?:^|[\s;&|])\w{1,20}=["']?\/etc\/g?shadow\b|\bfile:\/\/\/etc\/g?shadow\b|--post-file[= ]\/etc\//,
    'input/shell-injection',
    'the passwords of the system, read',
  ],
  [
    /\bchmod\s+(?:-\w+\s+)?(?:[ugoa]{0,4}[+=][rwxt]*s[rwxt]*|0?[4-7][0-7]{3})\s+\/?(?:usr\/|bin\/|tmp\/|var\/tmp\/|dev\/shm\/)\S*|>\s*\/proc\/sys\/kernel\/(?:core_pattern|modprobe)|--unix-socket[= ]\S*docker\.sock/,
    'input/shell-injection',
    'what gives more rights',
  ],
  [
    /(?:^|[\s;|&(])(?:mount\s+(?:-\S+\s+){0,4}\/dev\/(?:sd|nvme|vd|xvd|hd|mapper)|mknod\s+\S+\s+b\s|insmod\s+\S)/,
    'input/shell-injection',
    'a way out of the container',
  ],
  [
    /\bfind\s+\/[^|;&\n]{0,80}\bid_(?:rsa|ed25519|ecdsa)\b|\bhttp\.server\b[^;|&\n]{0,60}(?:-d|--directory)[= ]?\/(?:\s|$)/,
    'input/shell-injection',
    'keys or the whole file system, handed out',
  ],
  [
    /\beval\s+get\s|\bhttps?['"]?\)?\.get\s*\([^\n]{0,200}\beval\s*\(/,
    'input/download-and-run',
    'a download that is run as code',
  ],
  [
    /\b(?:gopher|dict):\/\/[\w.[\]:-]{1,100}\/\S/,
    'input/shell-injection',
    'a request by a protocol that speaks to other services',
  ],
  [
    /\bdd\s[^\n;|&]{0,80}\bof=\/dev\/(?:sd|nvme|vd|hd|xvd|mapper|disk)|\bmkfs(?:\.\w+)?\s+(?:-\S+\s+)*\/dev\/|:\s*\(\s*\)\s*\{\s*:\s*\|\s*:\s*&\s*\}/,
    'input/shell-injection',
    'what destroys a disk or exhausts the machine',
  ],
  [
    /(?:(?:^|[;&|(\s])(?:tar|zip)\s[^|\n;]{0,80}\s\/(?:etc|root|home)\b[^|\n;]{0,40}|\bcat\s+(?:\/root\/|\/home\/|~\/\.|\/etc\/(?:passwd|shadow|ssl\/private))[^|\n;]{0,60}|(?:^|[;&|(\s])(?:env|printenv)\s*)\|\s*(?:base64\s*\|\s*)?(?:nc|ncat|netcat|curl|wget|socat)\s/,
    'input/shell-injection',
    'what the container holds, sent away',
  ],
  [
    /\bfind\s[^\n;|&]{0,120}-(?:exec|execdir|ok)\s+(?:\/bin\/)?(?:ba|da|z)?sh\s+(?!-c\b|\S+\.sh)|:!\s*\/bin\/(?:ba)?sh\b|\bsystem\s*\(\s*\\?["']\/bin\/(?:ba)?sh|\bdocker\s+run\s[^\n]{0,120}-v\s+\/:\/[^\n]{0,120}\bchroot\b/,
    'input/shell-injection',
    'a shell that an everyday program starts',
  ],
  [
    /(?:^|[\s;|&])chroot\s+\/(?:host|hostfs|host-root|rootfs|mnt\/host)\b/,
    'input/shell-injection',
    'a way out of the container',
  ],
  [
    /\bnsenter\b[^\n]{0,80}(?:-t\s*1|--target[= ]1)\b|\/proc\/1\/root\b|\/sys\/fs\/cgroup\/[^\s]{0,60}release_agent|\brelease_agent\b|\bunshare\s+-\w*[rUm]/,
    'input/shell-injection',
    'a way out of the container',
  ],
  [/\bjar:https?:\/\/[^\s]{1,200}!\//, 'input/code', 'an archive of Java that is fetched'],
  [
    /\b169\.254\.169\.254\b|\bmetadata\.google\.internal\b/,
    'input/shell-injection',
    'a request to where a cloud hands out credentials',
  ],
];
