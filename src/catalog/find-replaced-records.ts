import type {
  BillOfMaterials,
  ComponentEcosystem,
  FileEntry,
  HiddenFile,
  ImageContents,
  ReplacedRecord,
} from '../model/index.ts';
import { apkCataloger } from './apk/apk-cataloger.ts';
import { dpkgCataloger } from './dpkg/dpkg-cataloger.ts';
import { statusDirectory } from './dpkg/file-lists.ts';
import { distributionOf } from './os-release/distribution-of.ts';
import { parseOsRelease } from './os-release/parse-os-release.ts';
import { osReleaseWants } from './os-release/read-distribution.ts';
import { countRpmHeaders, isRpmDatabase, rpmCataloger } from './rpm/rpm-cataloger.ts';

interface DatabaseKind {
  readonly ecosystem: ComponentEcosystem;
  readonly paths: readonly string[];
  /** How many packages a database has; undefined where that cannot be told. */
  count(bytes: Uint8Array, path: string): number | undefined;
}

const exact = (patterns: readonly string[]) => patterns.filter((pattern) => !pattern.includes('*'));

const kinds: readonly DatabaseKind[] = [
  { ecosystem: 'deb', paths: exact(dpkgCataloger.wants), count: (bytes) => countLines(bytes, /^Package:/gm) },
  { ecosystem: 'apk', paths: exact(apkCataloger.wants), count: (bytes) => countLines(bytes, /^P:/gm) },
  { ecosystem: 'rpm', paths: exact(rpmCataloger.wants).filter(isRpmDatabase), count: countRpmHeaders },
];

/**
 * What says which software an image has, and was taken away or replaced by an upper layer, so that the image looks like
 * less or like another one. A layer that installs writes its database anew with more packages, and one that tidies up
 * after a build takes away what the build brought: both are as it should be, so a database is held against that layer
 * below which had the fewest packages.
 */
export function findReplacedRecords(
  contents: ImageContents,
  { components, distribution }: Pick<BillOfMaterials, 'components' | 'distribution'>,
): readonly ReplacedRecord[] {
  const counts = Map.groupBy(components, ({ ecosystem }) => ecosystem);
  const databases = kinds.flatMap((kind) => replacedDatabase(contents, kind, counts.get(kind.ecosystem)?.length ?? 0));
  return [...databases, ...removedStatusFiles(contents), ...changedDistribution(contents, distribution)];
}

function replacedDatabase(contents: ImageContents, kind: DatabaseKind, packagesNow: number): readonly ReplacedRecord[] {
  const hidden = kind.paths.flatMap((path) => contents.hiddenVersions(path)).filter(({ entry }) => entry.size > 0);
  const last = hidden.toSorted((a, b) => a.entry.layer - b.entry.layer).at(-1);
  if (last === undefined) return [];
  const { path } = last.entry;
  const visible = contents.entry(path);
  const counted = countPackages(kind, last);
  const had = `${counted === undefined ? 'a database' : `${counted} packages`} in ${layerName(last.entry)}`;
  const say = (of: ReplacedRecord['kind'], now: string): readonly ReplacedRecord[] => [
    { kind: of, path, layer: last.hiddenBy, detail: `${had}; ${now}` },
  ];
  if (counted === 0) return [];
  if (packagesNow === 0 && visible?.type !== 'file' && visible?.type !== 'symlink')
    return say('package-database-removed', `layer ${last.hiddenBy + 1} took it away, and no package is known now`);
  if (visible?.type === 'symlink' && last.entry.type === 'file')
    return say(
      'package-database-replaced',
      `now a symlink to ${visible.linkTarget}, by which ${packagesNow} packages are known`,
    );
  if (!isFarLess(kind, hidden, visible, packagesNow)) return [];
  return say('package-database-replaced', `now ${packagesNow} packages`);
}

/** Less than half of what there were at any time; of a database that cannot be counted, less than a quarter of its size. */
function isFarLess(
  kind: DatabaseKind,
  hidden: readonly HiddenFile[],
  visible: FileEntry | undefined,
  packagesNow: number,
): boolean {
  if (packagesNow === 0) return true;
  const counts = hidden.map((version) => countPackages(kind, version));
  const known = counts.flatMap((count) => count || []);
  if (known.length > 0) return packagesNow * 2 < Math.min(...known);
  if (counts.every((count) => count === 0)) return false;
  const sizes = hidden.filter(({ entry }) => entry.path === visible?.path).map(({ entry }) => entry.size);
  return sizes.length > 0 && visible !== undefined && visible.size * 4 < Math.min(...sizes);
}

/** Undefined where its bytes were not kept, too. */
function countPackages(kind: DatabaseKind, { entry, bytes }: HiddenFile): number | undefined {
  return bytes && kind.count(bytes, entry.path);
}

function countLines(bytes: Uint8Array, record: RegExp): number {
  return Buffer.from(bytes).toString('latin1').match(record)?.length ?? 0;
}

/**
 * A distroless image has a file for each package, and whoever adds to it has no tool that would take one away: one that is
 * gone was removed by hand.
 */
function removedStatusFiles(contents: ImageContents): readonly ReplacedRecord[] {
  const gone = contents
    .hiddenVersions(`${statusDirectory}*`)
    .filter(({ entry, bytes }) => bytes && countLines(bytes, /^Package:/gm) > 0 && !contents.resolve(entry.path));
  const last = gone.toSorted((a, b) => a.hiddenBy - b.hiddenBy).at(-1);
  if (last === undefined) return [];
  const names = [...new Set(gone.map(({ entry }) => entry.path.slice(statusDirectory.length)))].sort();
  const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
  const detail = `${names.length} ${names.length === 1 ? 'package' : 'packages'} (${shown}); layer ${last.hiddenBy + 1} took away what says so`;
  return [{ kind: 'package-database-removed', path: statusDirectory.slice(0, -1), layer: last.hiddenBy, detail }];
}

/** An upgrade within a release is none: releases are told apart as advisories tell them apart. */
function changedDistribution(contents: ImageContents, now: BillOfMaterials['distribution']): readonly ReplacedRecord[] {
  const nameOf = (of: { readonly id: string; readonly release: string } | undefined) =>
    of ? `${of.id} ${of.release}` : 'no distribution';
  const changed = osReleaseWants
    .slice(0, 2)
    .flatMap((path) => contents.hiddenVersions(path))
    .flatMap(({ entry, hiddenBy, bytes }) => {
      const before = bytes && distributionOf(parseOsRelease(new TextDecoder().decode(bytes)));
      if (!before || nameOf(before) === nameOf(now)) return [];
      const detail = `${nameOf(before)} in ${layerName(entry)}, now ${nameOf(now)}`;
      return [{ kind: 'distribution-changed' as const, path: entry.path, layer: hiddenBy, detail }];
    });
  return changed.slice(-1);
}

function layerName({ layer }: FileEntry): string {
  return `layer ${layer + 1}`;
}
