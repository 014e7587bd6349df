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
import { distributionOf } from './os-release/distribution-of.ts';
import { parseOsRelease } from './os-release/parse-os-release.ts';
import { osReleaseWants } from './os-release/read-distribution.ts';
import { rpmCataloger } from './rpm/rpm-cataloger.ts';

interface DatabaseKind {
  readonly ecosystem: ComponentEcosystem;
  /** Where it may lie; those with a star are found by nobody who asks for a path. */
  readonly paths: readonly string[];
  /** Begins the record of each package, where they can be counted without reading the database. */
  readonly record?: RegExp;
}

const exact = (patterns: readonly string[]) => patterns.filter((pattern) => !pattern.includes('*'));

const kinds: readonly DatabaseKind[] = [
  { ecosystem: 'deb', paths: exact(dpkgCataloger.wants), record: /^Package:/gm },
  { ecosystem: 'apk', paths: exact(apkCataloger.wants), record: /^P:/gm },
  { ecosystem: 'rpm', paths: exact(rpmCataloger.wants).filter((path) => !path.endsWith('-wal')) },
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
  return [...databases, ...changedDistribution(contents, distribution)];
}

function replacedDatabase(contents: ImageContents, kind: DatabaseKind, packagesNow: number): readonly ReplacedRecord[] {
  const hidden = kind.paths.flatMap((path) => contents.hiddenVersions(path)).filter(({ entry }) => entry.size > 0);
  const last = hidden.toSorted((a, b) => a.entry.layer - b.entry.layer).at(-1);
  if (last === undefined) return [];
  const { path } = last.entry;
  const visible = contents.entry(path);
  const counted = kind.record && countRecords(last, kind.record);
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

/** Less than half of what there were at any time; of a database that is not counted, less than a quarter of its size. */
function isFarLess(
  { record }: DatabaseKind,
  hidden: readonly HiddenFile[],
  visible: FileEntry | undefined,
  packagesNow: number,
): boolean {
  if (packagesNow === 0) return true;
  if (record !== undefined) {
    const counts = hidden.map((version) => countRecords(version, record)).filter((count) => (count ?? 0) > 0);
    return counts.length > 0 && packagesNow * 2 < Math.min(...(counts as number[]));
  }
  const sizes = hidden.filter(({ entry }) => entry.path === visible?.path).map(({ entry }) => entry.size);
  return sizes.length > 0 && visible !== undefined && visible.size * 4 < Math.min(...sizes);
}

/** Undefined where its bytes were not kept. */
function countRecords({ bytes }: HiddenFile, record: RegExp): number | undefined {
  return bytes && (Buffer.from(bytes).toString('latin1').match(record)?.length ?? 0);
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
