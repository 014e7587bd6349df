import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** An empty tree as debootstrap lays it: the directories that moved below /usr are links. */
export function layMergedUsr(root: string): void {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
}

/**
 * Unpacks packages of this machine's Debian into a tree and registers them in its dpkg database, as dpkg does, without
 * running their scripts: a second where debootstrap takes a minute. Where `status` is given, it is the database of the
 * layers below, and the new one holds both.
 */
export function installDebianPackages(root: string, names: readonly string[], status = ''): void {
  const downloads = mkdtempSync(join(tmpdir(), 'pw-debs-'));
  // apt downloads as a user of its own.
  chmodSync(downloads, 0o777);
  try {
    downloadPackages(downloads, names);
    const database = join(root, 'var/lib/dpkg');
    mkdirSync(join(database, 'info'), { recursive: true });
    writeFileSync(join(database, 'status'), status);
    for (const file of readdirSync(downloads).sort()) installPackage(root, database, join(downloads, file));
  } finally {
    rmSync(downloads, { recursive: true });
  }
}

/** Libraries whose times became 64 bits wide have another name since Debian 13: `libssl3t64` for `libssl3`. */
export function downloadPackages(directory: string, names: readonly string[]): void {
  const known = new Set(execFileSync('apt-cache', ['pkgnames'], { encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\n'));
  const named = names.map((name) => (!known.has(name) && known.has(`${name}t64`) ? `${name}t64` : name));
  execFileSync('apt-get', ['download', ...named], { cwd: directory, stdio: 'pipe' });
}

function installPackage(root: string, database: string, file: string): void {
  unpackPackage(root, file);
  const control = execFileSync('dpkg-deb', ['--field', file], { encoding: 'utf8' });
  const [name, architecture, multiArch] = ['Package', 'Architecture', 'Multi-Arch'].map((field) =>
    fieldOf(control, field),
  );
  const infoName = multiArch === 'same' ? `${name}:${architecture}` : `${name}`;
  appendFileSync(
    join(database, 'status'),
    `${control.replace(/^(Package: .*\n)/, '$1Status: install ok installed\n').trimEnd()}\n\n`,
  );
  const members = execFileSync('sh', ['-c', 'dpkg-deb --fsys-tarfile "$1" | tar -t', 'sh', file], { encoding: 'utf8' });
  const paths = members.split('\n').filter((line) => line !== '');
  const list = paths.map((path) =>
    path
      .replace(/^\.\//, '/')
      .replace(/(.)\/$/, '$1')
      .replace(/^\/$/, '/.'),
  );
  writeFileSync(join(database, 'info', `${infoName}.list`), `${list.join('\n')}\n`);
  const scripts = mkdtempSync(join(tmpdir(), 'pw-control-'));
  execFileSync('dpkg-deb', ['--control', file, scripts]);
  const sums = join(scripts, 'md5sums');
  if (existsSync(sums)) writeFileSync(join(database, 'info', `${infoName}.md5sums`), readFileSync(sums));
  rmSync(scripts, { recursive: true });
}

/** The files alone, with no word in the database: as if copied there by hand. */
export function unpackPackage(root: string, file: string): void {
  const script = 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"';
  execFileSync('sh', ['-c', script, 'sh', file, root], { stdio: 'pipe' });
}

function fieldOf(control: string, field: string): string | undefined {
  return new RegExp(`^${field}: (.*)$`, 'm').exec(control)?.[1];
}

/** Which Debian this machine has, and with it the images that are made here: `12` and `bookworm` (os-release(5)). */
export function debianRelease(): { readonly version: string; readonly codename: string } {
  const text = readFileSync('/etc/os-release', 'utf8');
  const valueOf = (key: string): string => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return { version: valueOf('VERSION_ID'), codename: valueOf('VERSION_CODENAME') };
}

/** A whole small Debian by debootstrap itself, from the mirror that this machine's apt uses. About a minute. */
export function debootstrap(root: string): void {
  const format = '$(REPO_URI) $(CODENAME)';
  const targets = execFileSync(
    'apt-get',
    ['indextargets', '--format', format, 'Created-By: Packages', 'Component: main'],
    {
      encoding: 'utf8',
    },
  );
  const { codename } = debianRelease();
  const mirror = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, name]) => name === codename)?.[0];
  if (mirror === undefined) throw new Error(`apt knows no mirror of ${basename(codename)}: apt-get update`);
  execFileSync('debootstrap', ['--variant=minbase', codename, root, mirror], { stdio: 'pipe', maxBuffer: 2 ** 26 });
  rmSync(join(root, 'var/cache/apt/archives'), { recursive: true });
  rmSync(join(root, 'var/lib/apt/lists'), { recursive: true });
}
