import { globPattern } from './command-head.ts';
import { commandWord } from './command-words.ts';

/** What attackers read first, and where programs lie. */
const paths = [
  '/etc',
  '/bin',
  '/usr',
  '/dev',
  '/proc',
  '/etc/passwd',
  '/etc/shadow',
  '/etc/group',
  '/etc/hosts',
  '/etc/master.passwd',
  '/etc/sudoers',
  '/etc/issue',
  '/proc/self/environ',
  '/dev/tcp',
  '/root/.ssh/id_rsa',
  ...['/bin/', '/usr/bin/', '/sbin/', '/usr/sbin/', '/usr/local/bin/'].flatMap((directory) =>
    [
      '',
      ...'cat sh bash ls id nc curl wget uname whoami python python3 perl ps env head tail more less tac nl od'.split(
        ' ',
      ),
    ].map((name) => (name === '' ? directory.slice(0, -1) : `${directory}${name}`)),
  ),
];

const steps = /(?:(?:\.{4}|\.\\{2}\.|\.{1,2}|%2e%2e)(?:[/\\]|%2f|%5c){1,2})+/gi;
const upwards = /(?:\.{2}|\.\\{2}\.|%2e%2e)(?:[/\\]|%2f|%5c)/gi;
const ofSystem = /(?:etc|proc|root|var\/run|windows|winnt|boot\.ini)(?:[/\\]|$)/iy;

/** What climbs out of its folder to a file of the system: `../../../etc/passwd`, also where dots and slashes are doubled or escaped. */
export function climbs(text: string): boolean {
  for (const { 0: run, index } of text.matchAll(steps)) {
    ofSystem.lastIndex = index + run.length;
    if (ofSystem.test(text) && (run.match(upwards)?.length ?? 0) >= 2) return true;
  }
  return false;
}

/** Files that hold accounts and their passwords, and what a process knows. */
export const accountFile =
  /(?<![\w./-])\/+(?:\.\/+)*etc\/+(?:shadow|gshadow|master\.passwd|spwd\.db|pwd\.db|passwd|sudoers)-?(?![\w.-])|(?<![\w./-])\/+proc\/(?:self|\d{1,7})\/(?:environ|mem)(?![\w.-])/;

const candidate = /(?<![\w:)\]}.*?])\/[^\s"'`;|&<>(){}=,:]{2,80}/g;

/** A path that is written with patterns, so that `/etc/passwd` or `/bin/cat` does not stand there: `/etc/pa[s]swd`, `/???/c?t`. */
export function findHiddenPath(text: string): boolean {
  if (!/[[?*]/.test(text) || !text.includes('/')) return false;
  let seen = 0;
  for (const [path] of text.matchAll(candidate)) {
    // A star within a directory, not only for its files.
    if (!/[[?]/.test(path) && !/^\/[^/]*\*[^/]*\/|\*\//.test(path)) continue;
    if (++seen > 50) return false;
    // A slash in brackets stands for nothing else than itself, which is no part of a name.
    const glob = path
      .replace(/\[([^\]]*)\]/g, (_, inside: string) => `[${inside.replaceAll('/', '') || '/'}]`)
      .replace(/\/+/g, '/');
    if (!isOdd(glob)) continue;
    const pattern = globPattern(glob.replace(/(?<=.)\/$/, ''));
    if (paths.some((known) => pattern.test(known))) return true;
    const last = glob.slice(glob.lastIndexOf('/') + 1);
    if (/\[/.test(glob) && /^\/(?:usr\/)?(?:local\/)?s?bin\//.test(glob) && commandWord(last) !== undefined)
      return true;
  }
  return false;
}

/** `/[a-z]*` and `/[^/]+` are patterns of names in general; `/e[t]c` means one. */
function isOdd(glob: string): boolean {
  if (/\[(?:[^\]]*[a-z]-z|\^|!?\/)[^\]]*\][*+{]/i.test(glob)) return false;
  const letters = glob.replace(/\[[^\]]*\]/g, '').replace(/[^a-z]/gi, '').length;
  return letters >= 1 || (glob.match(/\?/g)?.length ?? 0) >= 4 || /\[[a-z]+\]/i.test(glob);
}

const kernelFiles =
  /^(?:mtrr|kallsyms|kcore|kmsg|kpagecgroup|kpagecount|kpageflags|slabinfo|vmallocinfo|sysrq-trigger|iomem|ioports|mdstat|pagetypeinfo|timer_list|timer_stats|sched_debug|schedstat|latency_stats|buddyinfo|execdomains|softirqs|sysvipc|diskstats|bootconfig|key-users|thread-self|version_signature|dynamic_debug|zoneinfo|loadavg|meminfo|cpuinfo)$/i;
const settings =
  /^\.?(?:settings(?:\.(?:local|inc|default))?\.php|default\.settings\.php|wp-config\.\w{2,4}|parameters\.(?:php|yml)|\.htpasswd|\.htaccess|\.htdigest|\.pgpass|\.my\.cnf|\.netrc|\.rhosts|\.bashrc|\.zshrc|\.cshrc|\.tcshrc|\.profile|\.vimrc|\.viminfo|\.\w{2,10}_history|\.rhistory|\.lhistory|\.zhistory|\.ds_store|thumbs\.db|desktop\.ini|web\.config|\.ws_ftp\.ini|sftp-config\.json|soapconfig\.xml|weblogic\.xml|ormconfig\.json|\.user\.ini|\.lighttpdpassword|\.google_authenticator|sslvpn_websession)$/i;

/** Whole values that name what attackers ask for: files of the kernel, and of accounts and settings without a directory. */
export function restrictedFile(text: string): string | undefined {
  if (text.length > 60) return undefined;
  const name = text.trim();
  if (kernelFiles.test(name)) return 'the name of a file of the kernel';
  if (/^[\w-]{1,40}\s*\.\s+(?:php\d?|phtml|jsp|aspx?|sh|pl|py|cgi|exe)$/i.test(name))
    return 'the name of a script that is written so that it does not show';
  return settings.test(name) ? 'the name of a file of accounts or settings' : undefined;
}

/** Whether any of the rules of names of files says something of it. */
export function namesFile(text: string): boolean {
  return (/\/(?:etc|proc)\//.test(text) && accountFile.test(text)) || restrictedFile(text) !== undefined;
}
