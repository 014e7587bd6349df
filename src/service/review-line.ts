import type { Instant } from '../base/index.ts';
import { type JsonMap, type JsonValue, LaunchError, parseStrictJson } from '../launch/index.ts';
import { type LaunchVerdict, launchForms } from '../model/index.ts';
import { problemOf, readValue } from './read-review.ts';
import { parseRuleSet, type ReviewRules, type RuleSet, reviewLaunch } from './review.ts';

/** What one line of a batch is answered with. */
export interface LineAnswer {
  readonly id: string | number | null;
  readonly outcome: LaunchVerdict['outcome'];
  readonly findings: readonly LineFinding[];
  /** Why it could not be decided. */
  readonly cause?: string;
}

export interface LineFinding {
  readonly rule: string;
  readonly severity: string;
  readonly path: string;
  readonly message: string;
}

/** A batch line may be a Pod with its ConfigMaps; everything in it is bounded again by its form. */
const lineBounds = { maxBytes: 8 * 1024 * 1024, largeIntegers: 'text' } as const;

/**
 * Answers one line `{"id", "rules"?, "pod"|"compose"|"run"|"config"|"docker": …}`; `rules` names sets, one or several, and
 * replaces those of the batch. Total: what cannot be read is refused, with what is wrong with it. Without text the line was
 * longer than what is read; `number` is its place, for who gave it no ID.
 */
export function reviewLine(text: string | undefined, number: number, rules: ReviewRules, now: Instant): LineAnswer {
  let id: LineAnswer['id'] = null;
  const name = `line ${number}`;
  try {
    if (text === undefined) throw new LaunchError('launch-limit', '', 'the line is longer than 8 MiB');
    const line = asMap(parseStrictJson(text, lineBounds));
    id = idOf(line.id);
    const forms = launchForms.filter((form) => Object.hasOwn(line, form));
    const [form] = forms;
    if (form === undefined || forms.length > 1)
      throw new LaunchError('bad-launch', '', `the line must have one of ${launchForms.join(', ')}`);
    const asked =
      line.rules === undefined || line.rules === null
        ? rules
        : { ...rules, policies: [], contracts: [], exceptions: [], sets: setsOf(line.rules) };
    const set = readValue(line[form] as JsonValue, form, name);
    return answerOf(id, reviewLaunch({ name, set, lineOf: () => undefined }, asked, now));
  } catch (error) {
    return answerOf(id, reviewLaunch({ name, problem: problemOf(error), lineOf: () => undefined }, rules, now));
  }
}

function answerOf(id: LineAnswer['id'], { outcome, findings, cause }: ReturnType<typeof reviewLaunch>): LineAnswer {
  const told = findings.map(({ rule, severity, path, evidence, title }) => ({
    rule,
    severity,
    path,
    message: evidence || title,
  }));
  return { id, outcome, findings: told, ...(cause === undefined ? {} : { cause }) };
}

function setsOf(value: JsonValue): readonly RuleSet[] {
  const names = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value];
  return names.map((name) => {
    if (typeof name !== 'string') throw new LaunchError('bad-launch', 'rules', 'must be the names of sets of rules');
    return parseRuleSet(name.trim());
  });
}

function idOf(value: JsonValue | undefined): LineAnswer['id'] {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function asMap(value: JsonValue): JsonMap {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonMap;
  throw new LaunchError('bad-launch', '', 'the line must be an object');
}
