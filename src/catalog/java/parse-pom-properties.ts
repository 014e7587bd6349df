/** What Maven calls an artifact. */
export interface MavenArtifact {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

const namePattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;
const versionPattern = /^[A-Za-z0-9_][A-Za-z0-9_.+~-]{0,127}$/;

export function isMavenName(text: string | undefined): text is string {
  return text !== undefined && namePattern.test(text);
}

export function isMavenVersion(text: string | undefined): text is string {
  return text !== undefined && versionPattern.test(text);
}

/**
 * A pom.properties, which Maven packs into `META-INF/maven/GROUP/ARTIFACT/`. Undefined where it names no artifact. Reads
 * the properties format as far as Maven writes it. Total.
 */
export function parsePomProperties(text: string): MavenArtifact | undefined {
  const values = new Map<string, string>();
  for (const line of text.slice(0, 65_536).split(/\r\n|\n|\r/)) {
    const [, key, value = ''] = /^\s*(groupId|artifactId|version)\s*[=:](.*)$/.exec(line) ?? [];
    if (key) values.set(key, value.replace(/\\(.)/g, '$1').trim());
  }
  const [group, artifact, version] = ['groupId', 'artifactId', 'version'].map((key) => values.get(key));
  return isMavenName(group) && isMavenName(artifact) && isMavenVersion(version)
    ? { group, artifact, version }
    : undefined;
}
