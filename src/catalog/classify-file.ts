import type { FileEntry } from '../model/index.ts';

/** Endings of libraries and of programs for machines that are no processor; Java archives among them. */
const programEndings: ReadonlySet<string> = new Set([
  ...['so', 'dll', 'exe', 'dylib', 'node', 'pyd', 'wasm', 'ko'],
  ...['jar', 'war', 'ear', 'par', 'kar', 'jpi', 'hpi'],
]);

/** Endings of archives, packages and disk images that no cataloger opens. Compressed single files are none. */
const archiveEndings: ReadonlySet<string> = new Set([
  ...['tar', 'tgz', 'txz', 'tbz', 'tbz2', 'tzst', 'tlz', 'zip', '7z', 'rar', 'cpio', 'cab', 'xar'],
  ...['deb', 'udeb', 'rpm', 'apk', 'whl', 'egg', 'gem', 'crate', 'nupkg', 'phar', 'msi', 'snap', 'flatpak', 'appimage'],
  ...['img', 'iso', 'qcow', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi', 'ova', 'dmg', 'squashfs', 'sqsh', 'sfs', 'erofs'],
]);

const compressions: ReadonlySet<string> = new Set(['gz', 'xz', 'bz2', 'zst', 'lz', 'lz4', 'lzma', 'z', 'br']);

/**
 * Whether a regular file counts as a program or library. Only its mode and its name are known of every file: a script
 * with no bit to execute it is none, and data in a directory that was copied with mode 0777 is one.
 */
export function isProgram({ path, mode }: Pick<FileEntry, 'path' | 'mode'>): boolean {
  if ((mode & 0o111) !== 0) return true;
  const dot = path.lastIndexOf('.');
  if (dot < 0 || path.length - dot > 7) return false;
  return programEndings.has(path.slice(dot + 1).toLowerCase()) || /\.so(?:\.\d+)+$/.test(path);
}

/** Whether a file is an archive by its name: `x.tar.gz`, `x.deb`, `x.qcow2`. */
export function isArchive(path: string): boolean {
  const parts = path.slice(path.lastIndexOf('/') + 1).split('.');
  if (parts.length < 2) return false;
  const last = (parts.at(-1) as string).toLowerCase();
  if (archiveEndings.has(last)) return true;
  const before = parts.length > 2 ? (parts.at(-2) as string).toLowerCase() : '';
  return compressions.has(last) && (before === 'tar' || before === 'cpio' || before === 'img');
}
