import { findCode } from './code/find-code.ts';
import type { FindLanguage } from './code/load-languages.ts';
import { type Patience, requestPatience } from './code/parsers.ts';
import { findDanger } from './find-danger.ts';
import type { Mark, Strictness } from './mark.ts';
import { findInjection } from './shell/find-injection.ts';
import { namesFile } from './shell/hidden-paths.ts';
import { unwrapValue } from './unwrap.ts';

/** Longer texts are looked at by their beginning and their end. */
const longest = 32_768;

export interface LookedInto {
  readonly marks: readonly Mark[];
  /** Why not all of it was looked into. */
  readonly cause?: string;
}

/** The same values come again with each start of a container; longer ones are rarely the same. */
const rememberedLength = 200;
const mostRemembered = 4096;
const remembered = new Map<string, LookedInto>();

/**
 * Code and shell in a value that should be data, through what it is wrapped in. Everything that is found is reported once for
 * each rule. Takes time in proportion to the first and last 32 K characters. Where patience is out, nothing more is parsed.
 */
export function findInValue(
  value: string,
  strictness: Strictness,
  findLanguage: FindLanguage,
  patience: Patience = { left: requestPatience },
): LookedInto {
  if (isPlain(value)) return { marks: restricted(value, strictness) };
  if (value.length > rememberedLength) return lookInto(value, strictness, findLanguage, patience);
  const key = `${strictness} ${value}`;
  const known = remembered.get(key);
  if (known) return known;
  const found = lookInto(value, strictness, findLanguage, patience);
  if (patience.left <= 0) return found;
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(key, found);
  return found;
}

function lookInto(value: string, strictness: Strictness, findLanguage: FindLanguage, patience: Patience): LookedInto {
  const { texts, cut } = unwrapValue(value.length > 2 * longest ? '' : value);
  const parts =
    value.length > 2 * longest
      ? [value.slice(0, longest), value.slice(-longest)].map((text) => ({ text, encoded: false }))
      : texts;
  const marks = new Map<string, Mark>();
  for (const { text, encoded } of parts) {
    const found = [
      ...findDanger(text, 'data'),
      ...findCode(text, findLanguage, patience),
      ...findInjection(text, strictness),
    ];
    for (const mark of found) {
      if (encoded && mark.confidence === 'guess') continue;
      const seen: Mark = encoded ? { ...mark, rule: 'input/encoded-code', what: `encoded, ${mark.what}` } : mark;
      const known = marks.get(seen.rule);
      // One that weighs less than its rule gives way to one that does not.
      if (!known || (known.severity !== undefined && seen.severity === undefined)) marks.set(seen.rule, seen);
    }
    if (marks.size >= 4) break;
  }
  const isCut = cut || value.length > 2 * longest;
  const cause = `only its beginning and end were looked into: it has ${value.length} characters`;
  return { marks: [...marks.values()], ...(isCut ? { cause } : {}) };
}

/** Names, numbers, paths, addresses: nothing in them separates, quotes or calls. Most values are of this kind. */
function isPlain(value: string): boolean {
  return (
    value.length <= 200 &&
    /^[\w./:@+,=-]*$/.test(value) &&
    !/[A-Za-z0-9+/_-]{16}|__|:\/\/|\.\.|-[A-Z]|\w\.\w+\.\w|^\s|ced0005|_\w+=|process|prototype|\.exports|document\.|xwork2|struts2|rO0AB|Kernel\.|--[a-z-]+(?:command|askpass|script|launcher|program|action)=/.test(
      value,
    )
  );
}

function restricted(value: string, strictness: Strictness): readonly Mark[] {
  return value.length < 2 || !/[/a-z]/i.test(value) || (strictness === 1 && !namesFile(value))
    ? []
    : findInjection(value, strictness);
}
