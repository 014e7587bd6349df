/** No engine makes a longer one (Linux PATH_MAX). */
export const longestPath = 4096;
const longestName = 255;

/**
 * The name of a tar entry as an absolute path: `./usr//bin/` is `/usr/bin`, the root is `/`. Undefined for a name that
 * leads out of the root, is too long, or holds a control character that no path of ours may carry on.
 */
export function layerPath(name: string): string | undefined {
  let path = name;
  if (path.startsWith('./')) path = path.slice(1);
  else if (!path.startsWith('/')) path = `/${path}`;
  const last = path.length - 1;
  if (last > 0 && path.charCodeAt(last) === 47) path = path.slice(0, last);
  if (path.length > longestPath || path.includes('\0')) return undefined;
  if (path.includes('//') || path.includes('/.')) {
    const cleaned = cleanPath(path);
    if (cleaned === undefined) return undefined;
    path = cleaned;
  }
  return path;
}

/** Removes empty, `.` and `..` parts; undefined where `..` would leave the root. */
function cleanPath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return `/${parts.join('/')}`;
}

/** Whether every name in the path is one that a file system takes. */
export function hasLongName(path: string): boolean {
  if (path.length <= longestName) return false;
  return path.split('/').some((name) => Buffer.byteLength(name) > longestName);
}

/** An absolute path whose `..` stop at the root, as they do in a root directory. */
export function pathInRoot(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}
