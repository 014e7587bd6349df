export interface PythonPackage {
  /** Normalized (PEP 503). */
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly string[];
}

/** A package, or why the text is none. */
export type PythonMetadata = { readonly package: PythonPackage } | { readonly reason: string };

/** Core metadata specification, "Name"; a trailing separator is refused by it. */
const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?$/;
/** Wider than PEP 440, so that an old version is reported and found to be incomparable, not lost. */
const versionPattern = /^[A-Za-z0-9][A-Za-z0-9._+!~-]{0,254}$/;

/** The form in which names are compared (PEP 503, "Normalized Names"). */
export function normalizePythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/**
 * The headers of METADATA, PKG-INFO or a single .egg-info file (core metadata specifications). Licenses are, in this
 * order: License-Expression, the classifiers, License where it is a name and not a text. Total.
 */
export function parsePythonMetadata(text: string): PythonMetadata {
  const headers = parseHeaders(text);
  const name = headers.get('name')?.[0]?.value ?? '';
  const version = headers.get('version')?.[0]?.value ?? '';
  if (!namePattern.test(name)) return { reason: 'has no valid name' };
  if (!versionPattern.test(version)) return { reason: 'has no valid version' };
  return { package: { name: normalizePythonName(name), version, licenses: licensesOf(headers) } };
}

interface Header {
  readonly value: string;
  folded: boolean;
}

const wanted: ReadonlySet<string> = new Set(['name', 'version', 'license', 'license-expression', 'classifier']);
const mostClassifiers = 500;

function parseHeaders(text: string): ReadonlyMap<string, readonly Header[]> {
  const headers = new Map<string, Header[]>();
  let last: Header | undefined;
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const line = text.slice(at, Math.min(end, at + 4096)).replace(/\r$/, '');
    at = end + 1;
    // After the first empty line comes the description, which may say anything.
    if (line === '') break;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (last) last.folded = true;
      continue;
    }
    const colon = line.indexOf(':');
    const key = line.slice(0, Math.max(0, colon)).toLowerCase();
    last = undefined;
    if (!wanted.has(key)) continue;
    last = { value: line.slice(colon + 1).trim(), folded: false };
    const values = headers.get(key);
    if (!values) headers.set(key, [last]);
    else if (values.length < mostClassifiers) values.push(last);
  }
  return headers;
}

function licensesOf(headers: ReadonlyMap<string, readonly Header[]>): readonly string[] {
  const expression = headers.get('license-expression')?.[0]?.value;
  if (expression) return [expression];
  const classified = (headers.get('classifier') ?? [])
    .map(({ value }) => /^License :: (?:OSI Approved :: )?(.+)$/.exec(value)?.[1])
    .filter((name): name is string => name !== undefined && name !== 'OSI Approved');
  if (classified.length > 0) return [...new Set(classified)].sort();
  const license = headers.get('license')?.[0];
  const isName = license && !license.folded && license.value.length <= 100 && !/^(?:UNKNOWN)?$/i.test(license.value);
  return isName ? [license.value] : [];
}
