import type { LaunchFinding, LaunchVerdict } from '../model/index.ts';

/** As much as a terminal shows of an engine's error without breaking it off. */
const longest = 600;
const mostTold = 3;
const remedyOfOpen =
  'Make readable what could not be looked at, or have a policy say what is done with what no rule knows, and try again.';

/**
 * What who asked is told, in one line: what is in the way, by which rule, and what to do about it. Empty where it is allowed.
 * Engines put words of their own before it.
 */
export function compileLaunchMessage(verdict: LaunchVerdict, id: string): string {
  if (verdict.outcome === 'allow') return '';
  const refused = verdict.findings.filter(({ excepted, observed }) => !excepted && !observed);
  const told = refused.slice(0, mostTold).map(describe);
  const more = refused.length > mostTold ? `and ${refused.length - mostTold} more` : undefined;
  const open = verdict.cause === undefined ? undefined : `not decided: ${verdict.cause}`;
  const remedy = refused[0] ? `${refused[0].remedy}.` : remedyOfOpen;
  const end = `${remedy} Details: portwarden explain ${id}`;
  const reasons = [...told, more, verdict.outcome === 'undecided' || told.length === 0 ? open : undefined];
  const reason = oneLine(reasons.filter((each) => each !== undefined).join('; '));
  return `${shorten(reason, longest - oneLine(end).length - 2)}. ${oneLine(end)}`;
}

function describe({ rule, path, evidence, title }: LaunchFinding): string {
  const what = evidence === '' ? title : evidence;
  return path === '' ? `${what} (${rule})` : `${path}: ${what} (${rule})`;
}

/** Nothing from outside may move the cursor of who reads it. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/\.\./g, '.');
}

function shorten(text: string, length: number): string {
  const bare = text.replace(/[.\s]+$/, '');
  return bare.length <= length ? bare : `${bare.slice(0, Math.max(length, 20) - 1).toWellFormed()}…`;
}
