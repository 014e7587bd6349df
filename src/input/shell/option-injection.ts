/**
 * Options and settings by which everyday programs start other ones: what somebody gives as an argument to such a program
 * where only a value is wanted. Facts from GTFOBins and the manual pages of tar, ssh, git, zip, chromium.
 */
const options: readonly (readonly [pattern: RegExp, program: string])[] = [
  [
    /(?:^|[\s"'=])--(?:checkpoint-action[= ]["']?exec=|to-command[= ]|(?:info|new-volume)-script[= ]|rmt-command[= ]|use-compress-program[= ]["']?(?!(?:\/usr)?(?:\/bin\/)?(?:pigz|gzip|zstd|zstdmt|xz|pixz|pbzip2|bzip2|lz4|lzop|brotli|lzip)\b))\S/,
    'tar',
  ],
  [
    /(?:^|\s)-o\s*["']?(?:ProxyCommand|LocalCommand|KnownHostsCommand)[= ]\s*["']?(?!none\b|["']?\s*(?:\/usr\/bin\/)?(?:ssh\s[^;|&`$]*-W|(?:nc|ncat|connect|corkscrew|cloudflared|socat)\s[^;|&`]*%h))\S/i,
    'ssh',
  ],
  [
    /(?:\bgit\s[^;|&\n]{0,200}?|^\s*)(?:-c|--config(?:-env)?)[\s=]\s*["']?(?:(?:core\.(?:sshcommand|fsmonitor|gitproxy|askpass|editor|pager)|diff\.external|sequence\.editor)=["']?(?!["']*(?:\/usr\/bin\/)?(?:ssh|cat|less|more|vim?|nano|true|false)\b)\S|(?:alias|hooks)\.[\w.-]+=["']?!|core\.hookspath=["']?\/(?:tmp|dev))/i,
    'git',
  ],
  [/(?:^|[\s"'=])--open-files-in-pager[= ]\S/, 'git'],
  [
    /(?:^|\s)-(?:exec|execdir|ok|okdir)\s+(?:\/(?:usr\/)?bin\/)?(?:(?:ba|da|z|k)?sh|id|whoami|python[\d.]*|perl|nc|ncat|curl|wget|env|bash)\b/,
    'find',
  ],
  [/^\s*(?:-e|--rsh[= ])\s*["']?(?:\/bin\/)?(?:ba|da)?sh\s+-/, 'rsync'],
  [
    /(?:^|\s)-(?:agentpath:\S|javaagent:(?:\/tmp|\/var\/tmp|\/dev\/shm|\/proc|https?:|\.\.\/)|XX:On(?:OutOfMemory)?Error=(?!["']?kill\b)\S|Xbootclasspath\/[ap]:(?:\/tmp|\/dev\/shm))/,
    'Java',
  ],
  [
    /(?:^|[\s"'=])--?(?:rcfile|init-file|load-extension|preload|plugin|plugin-dir|ld-path|library-path|init-script|startup-script|hook|require|import|loader|pre-script|post-script)[= ]\s*["']?(?:\/tmp|\/var\/tmp|\/dev\/shm|\/proc\/(?:self|\d))\//,
    'a program',
  ],
  [
    /(?:^|[\s"'])(?:-[oODK]|--(?:output|output-document|output-file|dump-header|log-file|trace|trace-ascii|cookie-jar|target|dest))[= ]?\s*["']?(?:\/etc\/(?:cron|ld\.so|passwd|shadow|sudoers|profile|ssh)|\/var\/spool\/cron|(?:\/root|\/home\/[\w-]+|~)\/\.(?:ssh|bash|profile)|(?:[\w./-]{0,80}\/)?\.git\/(?:config|hooks))/,
    'a downloader',
  ],
  [/%pipe%/, 'Ghostscript'],
  [/(?:^|[\s"'])--init-command[= ]["']?\\?!/, 'a client of databases'],
  [
    /(?:^|\s)-{1,2}(?!jar\b|output\b|out\b|o\b)[A-Za-z][\w-]{0,40}(?:=|\s+)["']?(?:\/tmp|\/var\/tmp|\/dev\/shm)\/[\w./-]{1,80}\.(?:so|sh|m?js|py|jar|rb|pl|dll|ko|exe)\b/,
    'a program',
  ],
  [/(?:^|[\s"'])--sandbox-executable[= ]\S/, 'a program'],
  [/(?:^|[\s"'])(?:-S\s*|--split-string[= ])["']?(?:\/bin\/)?(?:ba|da)?sh\s+-/, 'env'],
  [/^\s*--privileged\s[^\n]{0,200}(?:--pid[= ]host|-v\s*\/:|docker\.sock)/, 'an engine of containers'],
  [/(?:^|[\s"'=])--(?:use-)?askpass[= ]["']?(?:\/tmp|\/var\/tmp|\/dev\/shm|\.{1,2})\//, 'a downloader'],
  [
    /(?<![\w.-])(?:docker|podman|nerdctl)\s+(?:container\s+)?(?:run|create)\s[^\n]{0,300}?(?:--privileged\b|--pid[= ]host\b|(?:-v|--volume)[= ]?\/:\/|docker\.sock)/,
    'an engine of containers',
  ],
  [/(?<![\w.-])ext::\s?\S/, 'git'],
  [/(?<![\w.-])(?:mysql|mariadb|psql)\s[^\n]{0,120}?-[ec]\s*["']\s*\\!\s*\S/, 'a client of databases'],
  [
    /(?:^|[\s"'=])--(?:gpu-launcher|renderer-cmd-prefix|utility-cmd-prefix|unzip-command|upload-pack|receive-pack)[= ]\S[^\n]{0,200}[\s;|&>]/,
    'a program',
  ],
];

/** The program that an option in the text makes start something else. */
export function findOptionInjection(text: string): string | undefined {
  if (!/-[A-Za-z]|--|::|%pipe%/.test(text)) return undefined;
  for (const [pattern, program] of options) if (pattern.test(text)) return program;
  return undefined;
}
