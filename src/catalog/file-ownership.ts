import type { ImageContents, InstalledComponent } from '../model/index.ts';

/** By path: the package URL of the distribution package that owns it. */
export type FileOwners = ReadonlyMap<string, string>;

/**
 * Who owns the files that witness `components`. Packages name their files as they were before /bin, /lib and /sbin
 * became links into /usr, so paths are compared after the links at the root. Work grows with the owned files, memory
 * with the witnesses only.
 */
export function findFileOwners(
  components: readonly InstalledComponent[],
  owned: Iterable<readonly [purl: string, paths: readonly string[]]>,
  contents: Pick<ImageContents, 'files' | 'entry' | 'resolve'>,
): FileOwners {
  const witnesses = new Set(components.flatMap((component) => component.locations));
  const owners = new Map<string, string>();
  if (witnesses.size === 0) return owners;
  const links = rootLinks(contents);
  for (const [purl, paths] of owned) {
    for (const path of paths) {
      const actual = actualPath(path, links);
      if (witnesses.has(actual)) owners.set(actual, purl);
    }
  }
  return owners;
}

/** Where a path that a package names lies in the image. */
export function actualPath(path: string, links: ReadonlyMap<string, string>): string {
  if (links.size === 0) return path;
  const slash = path.indexOf('/', 1);
  const target = links.get(path.slice(0, slash));
  return target === undefined ? path : target + path.slice(slash);
}

const rootDirectories = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libo32', '/libx32'];

/** `/lib` → `/usr/lib` and the like, where the image has it so. */
export function rootLinks(contents: Pick<ImageContents, 'entry' | 'resolve'>): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  for (const path of rootDirectories) {
    if (contents.entry(path)?.type !== 'symlink') continue;
    const target = contents.resolve(path);
    if (target?.type === 'directory') links.set(path, target.path);
  }
  return links;
}

/** Marks a component that lies wholly in files of distribution packages: it counts through the package alone. */
export function markOwned(component: InstalledComponent, owners: FileOwners): InstalledComponent {
  const ownedBy = component.locations.map((path) => owners.get(path));
  const first = ownedBy[0];
  return first !== undefined && !ownedBy.includes(undefined) ? { ...component, ownedBy: first } : component;
}
