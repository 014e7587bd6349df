import type { FeedFormat } from '../../model/index.ts';

/** How much of a document is looked at. */
export const headBytes = 64 * 1024;

/**
 * The format of a document by its first bytes, whatever its name: the keys of its outermost objects tell. Undefined
 * where it is none that is known.
 */
export function detectFormat(head: Uint8Array): FeedFormat | undefined {
  const text = Buffer.from(head.subarray(0, headBytes))
    .toString('utf8')
    .replace(/^\u{feff}/u, '')
    .trimStart();
  if (/^(?:#[^\n]*\n)*cve,epss,percentile\s/i.test(text)) return 'epss';
  if (!/^[{[]/.test(text)) return undefined;
  if (/^\[\s*\]\s*$/.test(text)) return 'osv';
  const { outer, inner } = keysOf(text.startsWith('[') ? text.slice(1) : text);
  if (outer.has('@context') && outer.has('statements')) return 'openvex';
  if (outer.has('document') && inner.has('csaf_version')) return 'csaf-vex';
  if (outer.has('vulnerabilities') && outer.has('catalogVersion')) return 'kev';
  if (outer.has('cveID') && outer.has('dateAdded')) return 'kev';
  if (outer.has('distroversion') || outer.has('reponame') || outer.has('apkurl')) return 'alpine-secdb';
  if (
    outer.has('id') &&
    ['schema_version', 'modified', 'affected', 'published', 'aliases', 'details', 'summary'].some((key) =>
      outer.has(key),
    )
  ) {
    return 'osv';
  }
  if ([...inner].some((key) => /^(?:CVE|TEMP)-/.test(key))) return 'debian-tracker';
  return undefined;
}

/** Keys of the outermost objects and of the objects right within them. A line that ends within a text starts anew. */
function keysOf(text: string): { readonly outer: ReadonlySet<string>; readonly inner: ReadonlySet<string> } {
  const outer = new Set<string>();
  const inner = new Set<string>();
  const token = /"((?:[^"\\\n]|\\.)*)"(\s*:)?|[{}[\]]|"[^"\n]*\n/g;
  let depth = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [all, key, colon] = match;
    if (key === undefined) depth = all.startsWith('"') ? 0 : Math.max(0, depth + ('{['.includes(all) ? 1 : -1));
    else if (colon && depth === 1) outer.add(key);
    else if (colon && depth === 2) inner.add(key);
  }
  return { outer, inner };
}
