/**
 * The main attributes of a manifest, by name in lower case (JAR File Specification, "JAR Manifest"): a line that begins
 * with a space goes on with the one before it; an empty line ends them. Total.
 */
export function parseManifest(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  let name = '';
  for (const line of text.slice(0, longest).split(/\r\n|\n|\r/)) {
    if (line === '') break;
    if (line.startsWith(' ')) {
      const value = attributes.get(name);
      if (value !== undefined && value.length < longestValue) attributes.set(name, value + line.slice(1));
      continue;
    }
    const colon = line.indexOf(':');
    name = colon > 0 ? line.slice(0, colon).toLowerCase() : '';
    if (name !== '' && !attributes.has(name)) attributes.set(name, line.slice(colon + 1).trim());
  }
  return attributes;
}

/** Digests of files come after the main attributes, and may be megabytes. */
const longest = 256 * 1024;
const longestValue = 4096;
