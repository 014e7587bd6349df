import { posix } from 'node:path';

/**
 * The files of an installed package, as absolute paths, by the RECORD in its `.dist-info` directory: lines of path, hash
 * and size as CSV, paths from the directory above (Python packaging specifications, "Recording installed projects").
 * Total: what is no path names no file.
 */
export function parseRecord(text: string, directory: string): readonly string[] {
  const base = posix.dirname(directory);
  return text.split('\n').flatMap((line) => {
    const path = firstField(line);
    return path === '' || path.includes('\0') ? [] : [posix.resolve(base, path)];
  });
}

/** Names with a comma or a quote stand in quotes, with quotes doubled (RFC 4180). */
function firstField(line: string): string {
  if (!line.startsWith('"')) return line.split(',', 1)[0]?.trimEnd() ?? '';
  const quoted = /^"((?:[^"]|"")*)"(?:,|\r?$)/.exec(line)?.[1];
  return quoted?.replaceAll('""', '"') ?? '';
}
