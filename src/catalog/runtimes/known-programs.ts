/** A program or library that states its own version in its binary. */
export interface KnownProgram {
  readonly name: string;
  /** Bytes that the text begins with, in Latin-1. */
  readonly marks: readonly string[];
  /** Beginnings of the base names of its files; absent: it may be built into any other, and is looked for in all. */
  readonly files?: readonly string[];
  /** From the mark on; the groups are the version, or parts of it to be joined by dots. */
  readonly pattern: RegExp;
  /** Beginnings of the base names of its own files, where it may be built into others too. */
  readonly own?: readonly string[];
  /** A part of the file's path with which the version must begin. */
  readonly inPath?: RegExp;
}

/** How many bytes from a mark on a pattern may look at. */
export const textKept = 512;

/**
 * What is known by a text in its binary, each tried on a real one. The texts are what the programs print of themselves
 * (`nginx -v`), so they are not there by chance; names of files only save time, and are no evidence.
 */
export const knownPrograms: readonly KnownProgram[] = [
  {
    name: 'node',
    marks: ['nodejs.org/download/'],
    files: ['node', 'libnode'],
    pattern: /^nodejs\.org\/download\/[a-z0-9-]+\/v(\d+\.\d+\.\d+(?:-[a-z0-9.]+)?)\/node-v/,
  },
  {
    // The text of the version stands alone; the name of the file must agree with it, as other versions stand there too.
    name: 'python',
    marks: ['\x003.'],
    files: ['python3.', 'libpython3.'],
    pattern: /^\0(3\.\d{1,2}\.\d{1,2}(?:(?:a|b|rc)\d{1,2})?\+?)\0/,
    inPath: /python(3\.\d{1,2})[^/]*$/,
  },
  {
    // Since OpenSSL 1.1 the texts of its cversion.c follow; a program that is merely linked to it has the first one alone.
    // Sought in every executable: V8 finds up to 7 bytes several times faster than 8 or more.
    name: 'openssl',
    marks: ['nSSL 3.', 'nSSL 1.'],
    pattern:
      /^nSSL (\d+\.\d+\.\d+[a-z]{0,2}(?:-[a-z0-9.]+)?) {1,2}\d{1,2} [A-Z][a-z]{2} \d{4}\0[^]{0,400}OPENSSLDIR: "/,
    own: ['libcrypto', 'openssl'],
  },
  { name: 'nginx', marks: ['nginx/1.', 'nginx/2.'], files: ['nginx'], pattern: /^nginx\/(\d+\.\d+\.\d+)[\s\0]/ },
  {
    // Among many versions in which a command appeared, its own comes before the name of the atomic operations it uses.
    name: 'redis',
    marks: ['\x003.', '\x004.', '\x005.', '\x006.', '\x007.', '\x008.'],
    files: ['redis-server', 'redis-check-'],
    pattern: /^\0(\d+\.\d+\.\d+)\0(?:c11|atomic|sync)-builtin\0/,
  },
  {
    // Its first name in a layer may be that of the first of its commands.
    name: 'busybox',
    marks: ['BusyBox v'],
    files: ['busybox', '[', 'ash', 'sh'],
    pattern: /^BusyBox v(\d+\.\d+\.\d+)[\s\0(]/,
    own: ['busybox'],
  },
  {
    name: 'php',
    marks: ['X-Powered-By: PHP/'],
    files: ['php', 'libphp'],
    pattern: /^X-Powered-By: PHP\/(\d+\.\d+\.\d+(?:(?:alpha|beta|RC)\d+)?)[-\0]/,
  },
  {
    name: 'perl',
    marks: ['This is perl 5, version '],
    files: ['perl', 'libperl'],
    pattern: /^This is perl (5), version (\d{1,3}), subversion (\d{1,3}) /,
  },
  {
    name: 'ruby',
    marks: ['ruby '],
    files: ['ruby', 'libruby'],
    pattern: /^ruby (\d+\.\d+\.\d+)(?:p\d+|[a-z]+\d*)? \(\d{4}-\d\d-\d\d /,
  },
  { name: 'httpd', marks: ['Apache/2.'], files: ['httpd', 'apache2'], pattern: /^Apache\/(2\.\d+\.\d+)[\s\0]/ },
  {
    name: 'haproxy',
    marks: ['\0 version '],
    files: ['haproxy'],
    pattern: /^\0 version (\d+\.\d+\.\d+)[^\s\0]{0,40}, released \d{4}\//,
  },
  { name: 'memcached', marks: ['memcached 1.'], files: ['memcached'], pattern: /^memcached (1\.\d+\.\d+)[\s\0]/ },
  {
    name: 'postgresql',
    marks: ['postgres (PostgreSQL) '],
    files: ['postgres'],
    pattern: /^postgres \(PostgreSQL\) (\d+(?:\.\d+){1,2}(?:(?:beta|rc)\d+)?)[\s\0]/,
  },
  { name: 'mariadb', marks: ['MariaDB 1'], files: ['mariadbd', 'mysqld'], pattern: /^MariaDB (\d+\.\d+\.\d+)\0/ },
  {
    name: 'bash',
    marks: ['@(#)Bash version '],
    files: ['bash', 'sh'],
    pattern: /^@\(#\)Bash version (\d+\.\d+\.\d+)\(/,
  },
  {
    name: 'curl',
    marks: ['libcurl/'],
    files: ['libcurl', 'curl'],
    pattern: /^libcurl\/(\d+\.\d+\.\d+)(?:-[A-Z]+)?[\s\0]/,
  },
  { name: 'zlib', marks: [' deflate 1.'], files: ['libz.'], pattern: /^ deflate (1\.\d+(?:\.\d+){1,2}) Copyright / },
  {
    name: 'glibc',
    marks: ['GNU C Library ('],
    files: ['libc.so', 'libc-2'],
    pattern: /^GNU C Library \([^)\0]{1,80}\) (?:stable|development) release version (2\.\d+)[.\0]/,
  },
  {
    name: 'musl',
    marks: ['\x001.'],
    files: ['ld-musl-', 'libc.musl-', 'libc.so'],
    pattern: /^\0(1\.\d+\.\d+)\0Unsupported request/,
  },
];

/** The version that stands at a mark in a file; undefined where the mark is there for something else. Total. */
export function readVersionText(program: KnownProgram, path: string, bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', 0, textKept);
  const version = program.pattern.exec(text)?.slice(1).join('.');
  if (version === undefined || !program.inPath) return version;
  const start = program.inPath.exec(path)?.[1];
  return start !== undefined && version.startsWith(`${start}.`) ? version : undefined;
}

/** Whether a file goes by the name of the program, and is not another one that it was built into. */
export function isOwnFile(program: KnownProgram, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (program.own ?? program.files ?? []).some((start) => name.startsWith(start));
}
