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

/** With its dot. */
const longestEnding = 9;

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
  const dot = path.lastIndexOf('.');
  if (dot < 0 || path.length - dot > longestEnding || path.includes('/', dot)) return false;
  const last = path.slice(dot + 1).toLowerCase();
  if (archiveEndings.has(last)) return true;
  return compressions.has(last) && /\.(?:tar|cpio|img)$/i.test(path.slice(-longestEnding - 6, dot));
}
