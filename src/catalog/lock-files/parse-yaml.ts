import { lazyLibrary } from '../../base/index.ts';

const yaml = lazyLibrary<typeof import('yaml')>('yaml');

/** More than any lock file has; what is deeper could use up the stack. */
const deepest = 64;

/** In characters: the library takes about a second for a million, and nothing else runs meanwhile. */
const longest = 4 * 1024 * 1024;

/**
 * YAML from outside as strings, lists and objects (the failsafe schema: nothing becomes a number or a date). Aliases,
 * which can make little text large, are refused, as is deep nesting, before it is parsed. Total.
 */
export function parseYaml(text: string): { readonly documents: readonly unknown[] } | { readonly reason: string } {
  if (text.length > longest) return { reason: `has more than ${longest} characters` };
  if (isDeep(text)) return { reason: `nests deeper than ${deepest} levels` };
  const options = { schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'error' } as const;
  const parsed = yaml().parseAllDocuments(text, options);
  if (!Array.isArray(parsed)) return { documents: [] };
  const documents: unknown[] = [];
  for (const document of parsed) {
    const [error] = document.errors;
    if (error) return { reason: `is not valid YAML: ${error.message}` };
    try {
      documents.push(document.toJS({ maxAliasCount: 0 }));
    } catch (cause) {
      // The library's own word for an alias that is not allowed, or leads nowhere.
      if (!(cause instanceof ReferenceError)) throw cause;
      return { reason: 'has aliases' };
    }
  }
  return { documents };
}

/**
 * An upper bound of the nesting, without a parse: brackets, wherever they stand, and what can begin a block at the start
 * of a line, a level for each two characters of it.
 */
function isDeep(text: string): boolean {
  let brackets = 0;
  for (let at = 0, start = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || at === text.length) {
      const lead = /^[ \t?:-]*/.exec(text.slice(start, Math.min(at, start + 2 * deepest + 2)))?.[0].length ?? 0;
      if (lead > 2 * deepest) return true;
      start = at + 1;
    } else if (code === 91 || code === 123) {
      if (++brackets > deepest) return true;
    } else if (code === 93 || code === 125) brackets = Math.max(0, brackets - 1);
  }
  return false;
}
