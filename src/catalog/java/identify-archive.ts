import type { ComponentEvidence } from '../../model/index.ts';
import { isMavenName, isMavenVersion, type MavenArtifact } from './parse-pom-properties.ts';

/** What an archive is, or has packed into itself. Without a group it is not known whose artifact it is. */
export interface JavaArtifact extends Omit<MavenArtifact, 'group'> {
  readonly group?: string;
  /** Absent: certain. */
  readonly evidence?: ComponentEvidence;
  /** Of the archive itself, not of what was packed into it. */
  readonly license?: string;
}

export interface ArchiveClues {
  /** The file's own name: `commons-io-2.11.0.jar`. */
  readonly fileName: string;
  /** One for each pom.properties. */
  readonly poms: readonly MavenArtifact[];
  readonly manifest: ReadonlyMap<string, string>;
}

/**
 * The artifacts of an archive. Where Maven left its own word, that is certain; of several, the one that the file is
 * named for is the archive, the others were shaded into it. Otherwise manifest and file name tell, less surely.
 */
export function identifyArchive({ fileName, poms, manifest }: ArchiveClues): readonly JavaArtifact[] {
  const stem = fileName.replace(/\.[A-Za-z]+$/, '');
  const own = poms.length === 1 ? poms[0] : ownPom(stem, poms);
  const license = licenseOf(manifest);
  const packed = poms
    .filter((pom) => pom !== own)
    .map((pom) => ({ ...pom, evidence: likely(`packed into ${fileName}`) }));
  if (own) return [{ ...own, ...license }, ...packed];
  const guessed = guess(stem, manifest);
  return guessed ? [{ ...guessed, ...license }, ...packed] : packed;
}

/** The longest name counts: `log4j-core` is no `log4j`. */
function ownPom(stem: string, poms: readonly MavenArtifact[]): MavenArtifact | undefined {
  const named = poms.filter(({ artifact }) => stem === artifact || stem.startsWith(`${artifact}-`));
  return named.sort((a, b) => b.artifact.length - a.artifact.length)[0];
}

function guess(stem: string, manifest: ReadonlyMap<string, string>): JavaArtifact | undefined {
  const stated = ['implementation-version', 'bundle-version'].map((key) => manifest.get(key)).find(isMavenVersion);
  const { artifact, version, numbered, agreed } = splitName(stem, stated);
  if (!isMavenName(artifact) || !isMavenVersion(version)) return undefined;
  const vendor = manifest.get('implementation-vendor-id');
  if (isMavenName(vendor) && vendor.includes('.')) {
    const note = 'named by its manifest and its file name';
    return {
      group: vendor,
      artifact,
      version,
      evidence: agreed ? likely(note) : { ...likely(note), confidence: 'guess' },
    };
  }
  const group = knownGroup(artifact) ?? bundleGroup(artifact, manifest.get('bundle-symbolicname'));
  const note = !numbered ? 'named by its manifest' : 'named by its file name';
  return { ...(group ? { group } : {}), artifact, version, evidence: { ...likely(note), confidence: 'guess' } };
}

/** Name and version of `log4j-1.2-1.2.17`: the version that the manifest states counts where the name has it, or its beginning. */
function splitName(stem: string, stated: string | undefined) {
  if (stated === undefined) {
    const [, artifact = stem, version] = /^(.{1,200}?)-(\d[\w.+~-]{0,127})$/.exec(stem) ?? [];
    return { artifact, version, numbered: version !== undefined, agreed: false };
  }
  const agreed = stem.endsWith(`-${stated}`);
  const rest = agreed ? stem.slice(0, -stated.length - 1) : stem;
  const [, artifact = rest, series] = /^(.{1,200}?)-(\d[\w.+~-]{0,127})$/.exec(rest) ?? [];
  if (series === undefined || stated.startsWith(`${series}.`))
    return { artifact, version: stated, numbered: agreed || series !== undefined, agreed };
  return agreed
    ? { artifact: rest, version: stated, numbered: true, agreed }
    : { artifact, version: series, numbered: true, agreed };
}

function likely(note: string): ComponentEvidence {
  return { kind: 'installed', confidence: 'likely', note };
}

/** Old libraries are their own group, and were built before Maven packed its word into archives. */
function knownGroup(artifact: string): string | undefined {
  if (
    /^commons-(?:beanutils|cli|codec|collections|dbcp|digester|fileupload|httpclient|io|lang|logging|net|pool)$/.test(
      artifact,
    )
  )
    return artifact;
  if (/^(?:log4j|junit|dom4j|jdom|xerces|xalan|antlr|velocity|axis|struts)$/.test(artifact)) return artifact;
  return /^spring-(?:aop|beans|context|core|expression|jdbc|orm|tx|web|webmvc)$/.test(artifact)
    ? 'org.springframework'
    : undefined;
}

/** `com.google.guava` of `com.google.guava.guava`. */
function bundleGroup(artifact: string, symbolicName = ''): string | undefined {
  const name = symbolicName.split(';', 1)[0]?.trim() ?? '';
  const group = name.endsWith(`.${artifact}`) ? name.slice(0, -artifact.length - 1) : undefined;
  return isMavenName(group) && group.includes('.') ? group : undefined;
}

function licenseOf(manifest: ReadonlyMap<string, string>): { readonly license?: string } {
  const license = manifest.get('bundle-license')?.split(/[;,]/, 1)[0]?.trim() ?? '';
  return license !== '' && license.length <= 200 && !license.startsWith('<<') ? { license } : {};
}
