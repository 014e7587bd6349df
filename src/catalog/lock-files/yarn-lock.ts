import { badEntry, type LockedPackage, type LockFile } from './lock-format.ts';
import { cleanNpmVersion } from './npm-lock.ts';

const local = /^(?:workspace|link|portal|file):|^\.{0,2}\//;

/**
 * yarn.lock, of Yarn 1 and of those after it, which both write an entry as a line of what is asked for with its fields
 * below, the one in a form of its own and the others in YAML. They are read line by line: what YAML has beyond that
 * Yarn does not write. Total.
 */
export function parseYarnLock(text: string): LockFile {
  const packages: LockedPackage[] = [];
  const bad: string[] = [];
  let asked = '';
  let version = '';
  let resolution = '';
  let isKnown = /^(?:# yarn lockfile v1|__metadata:)/m.test(text);
  const finish = () => {
    if (asked === '' || asked === '__metadata') return;
    const { name, range } = splitDescriptor(resolution || firstOf(asked));
    const cleaned = cleanNpmVersion(version);
    if (local.test(range)) return;
    if (cleaned === undefined || name === '') bad.push(badEntry(asked));
    else packages.push({ name, version: cleaned });
  };
  for (const line of text.split('\n')) {
    const key = /^([^\s#].*):\s*$/.exec(line)?.[1];
    if (key !== undefined) {
      finish();
      [asked, version, resolution] = [key, '', ''];
      continue;
    }
    const [, field, value = ''] = /^ {2}(version|resolution):? "?([^"\r]*)"?\r?$/.exec(line) ?? [];
    if (field === 'version') version = value.trim();
    else if (field === 'resolution') resolution = value;
    if (field !== undefined) isKnown = true;
  }
  finish();
  return isKnown ? { packages, bad } : { reason: 'is no lock file of Yarn' };
}

/** `"@a/b@^1.0.0", "@a/b@^1.1.0"` → the first. */
function firstOf(asked: string): string {
  return (asked.split(',', 1)[0] ?? '').replace(/^"|"$/g, '');
}

/** `name@RANGE`; behind an alias, `name@npm:real@RANGE`, is the real name. A patch is of the package before it. */
function splitDescriptor(descriptor: string): { readonly name: string; readonly range: string } {
  const at = descriptor.indexOf('@', 1);
  if (at < 0) return { name: '', range: '' };
  const range = descriptor.slice(at + 1);
  const real = /^npm:(@?[^@]+)@/.exec(range)?.[1];
  return { name: real ?? descriptor.slice(0, at), range };
}
