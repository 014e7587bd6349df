/**
 * Short names of the licenses in a machine-readable debian/copyright (the first lines of the "License" fields of
 * copyright-format 1.0), in Debian's spelling; empty for free text, of which nothing is guessed. Total.
 */
export function parseCopyright(text: string): readonly string[] {
  if (!/^Format(?:-Specification)?:.*(?:copyright-format|dep-?5)/im.test(text.slice(0, headerLength))) return [];
  const names = new Set<string>();
  // These files are most of the text of a Debian system: look for the fields instead of reading each line.
  for (let at = text.indexOf(field); at >= 0 && names.size < mostNames; at = text.indexOf(field, at + 1)) {
    const start = at + field.length;
    const end = text.indexOf('\n', start);
    const name = text.slice(start, end < 0 ? undefined : end).trim();
    if (name !== '' && name.length <= longestName) names.add(name.replace(/\s+/g, ' '));
  }
  return [...names].sort();
}

const field = '\nLicense:';
const headerLength = 2048;
const longestName = 200;
const mostNames = 50;
