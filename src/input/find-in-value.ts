import { findCode } from './code/find-code.ts';
import type { FindLanguage } from './code/load-languages.ts';
import { type Patience, requestPatience } from './code/parsers.ts';
import { findDanger } from './find-danger.ts';
import type { Mark, Strictness } from './mark.ts';
import { findMetadataAddress } from './metadata-address.ts';
import { findInjection } from './shell/find-injection.ts';
import { namesFile } from './shell/hidden-paths.ts';
import { unwrapValue } from './unwrap.ts';

/** What is behind is not looked into. Variables and arguments of Linux end at 128 K. */
const longest = 1_048_576;
/** Longer texts are looked at in pieces that overlap: some detectors count what they look at. */
const piece = 32_768;
const overlap = 1024;

export interface LookedInto {
  readonly marks: readonly Mark[];
  /** Why not all of it was looked into. */
  readonly cause?: string;
}

/**
 * Code and shell in a value that should be data, through what it is wrapped in. Everything that is found is reported once for
 * each rule. Takes time in proportion to the first 1 M characters. Where patience is out, nothing more is parsed.
 */
export function findInValue(
  value: string,
  strictness: Strictness,
  findLanguage: FindLanguage,
  patience: Patience = { left: requestPatience },
): LookedInto {
  if (isPlain(value)) return { marks: restricted(value, strictness) };
  return lookInto(value, strictness, findLanguage, patience);
}

function lookInto(value: string, strictness: Strictness, findLanguage: FindLanguage, patience: Patience): LookedInto {
  const { texts, cut } = unwrapValue(value.length > longest ? value.slice(0, longest) : value);
  const marks = new Map<string, Mark>();
  const add = (mark: Mark, encoded: boolean): void => {
    if (encoded && mark.confidence === 'guess') return;
    const seen: Mark = encoded ? { ...mark, rule: 'input/encoded-code', what: `encoded, ${mark.what}` } : mark;
    const known = marks.get(seen.rule);
    // One that weighs less than its rule gives way to one that does not.
    if (!known || (known.severity !== undefined && seen.severity === undefined)) marks.set(seen.rule, seen);
  };
  for (const { text, encoded } of texts) {
    for (const part of pieces(text))
      for (const mark of findInText(part, strictness, findLanguage, patience)) add(mark, encoded);
    if (marks.size >= 4) break;
  }
  const cause =
    value.length > longest
      ? `only its first ${longest} characters were looked into: it has ${value.length}`
      : cut
        ? 'it holds more, or is packed more deeply, than is looked into'
        : undefined;
  return { marks: [...marks.values()], ...(cause === undefined ? {} : { cause }) };
}

function findInText(
  text: string,
  strictness: Strictness,
  findLanguage: FindLanguage,
  patience: Patience,
): readonly Mark[] {
  if (isPlain(text)) return restricted(text, strictness);
  const address = findMetadataAddress(text);
  return [
    ...findDanger(text, 'data'),
    ...findCode(text, findLanguage, patience),
    ...findInjection(text, strictness),
    ...(address === undefined ? [] : [address]),
  ];
}

function* pieces(text: string): Generator<string> {
  if (text.length <= 2 * piece) yield text;
  else for (let at = 0; at < text.length; at += piece - overlap) yield text.slice(at, at + piece);
}

/** Names, numbers, paths, addresses: nothing in them separates, quotes or calls. Most values are of this kind. */
function isPlain(value: string): boolean {
  return (
    value.length <= 200 &&
    /^[\w./:@+,=-]*$/.test(value) &&
    !/[A-Za-z0-9+/_-]{16}|[A-Za-z0-9+/]{6}={1,2}$|(?:[0-9a-f]{2}[:,]){5}|(?:\d{2,3},){5}|^(?:[A-Za-z0-9+/]{4}){2,3}$|\+[-/]|^-.*(?:Command=|!|\/tmp\/|\/dev\/shm|\/proc\/|pager=|agentpath:|:On(?:OutOf|Error))|__|:\/\/|\.\.|-[A-Z]|\w\.\w+\.\w|^\s|ced0005|_\w+=|process|prototype|\.exports|document\.|xwork2|struts2|rO0AB|Kernel\.|--[a-z-]+(?:command|askpass|script|launcher|program|action)=/.test(
      value,
    )
  );
}

function restricted(value: string, strictness: Strictness): readonly Mark[] {
  return value.length < 2 || !/[/a-z]/i.test(value) || (strictness === 1 && !namesFile(value))
    ? []
    : findInjection(value, strictness);
}
