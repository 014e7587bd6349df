import type { At, InputReport, LaunchRequest } from '../model/index.ts';
import { classifyInput } from './classify-input.ts';
import { type FindSecrets, secretByName } from './find-credentials.ts';
import { isSecretName, pairedPasswords, urlPasswords } from './secrets.ts';

/** What stands in place of a secret. */
export const redacted = '[redacted]';
const blank = redacted;

/** What was asked, and what looking into all of it gave, by the same `findSecrets`. */
export interface AskedInputs {
  readonly request: LaunchRequest;
  readonly inputs: InputReport;
}

/**
 * Takes out of any text what is secret in a request, for what is quoted of it; of one that could not be read what shows by
 * itself. Whatever `findSecrets` sees goes as well.
 */
export function secretScrubber(findSecrets?: FindSecrets, asked?: AskedInputs): (text: string) => string {
  if (!asked) return (text) => withoutSpans(text, findSecrets);
  const places = placesOf(asked.inputs);
  const known = knownSecrets(asked.request, places);
  const clean = cleanTexts(asked.request, places);
  // Most texts of a launch are met twice: in their own place, and by who looks at all there are.
  const scrubbed = new Map<string, string>();
  return (text) => {
    const before = scrubbed.get(text);
    if (before !== undefined) return before;
    const rest = withoutKnown(text, known);
    const after = rest === text && clean.has(text) ? text : withoutSpans(rest, findSecrets);
    scrubbed.set(text, after);
    return after;
  };
}

/** Paths of inputs by what was found in them; contents of files are in neither. */
interface Places {
  readonly secret: ReadonlySet<string>;
  /** Looked into, and nothing there that must not be shown. */
  readonly clean: ReadonlySet<string>;
}

function placesOf({ inputs }: InputReport): Places {
  const [secret, clean] = [new Set<string>(), new Set<string>()];
  for (const input of inputs) if (input.place !== 'file') (input.secret ? secret : clean).add(input.path);
  return { secret, clean };
}

/** Values that were looked at already, by the same patterns: that takes longer than all else that is done for a record. */
function cleanTexts(request: LaunchRequest, { secret, clean }: Places): ReadonlySet<string> {
  const texts = new Set<string>();
  const add = (path: string, value: string | undefined): void => {
    // What is longer was looked at by its beginning, and what begins like a key is none to everybody.
    if (value === undefined || value.length > 100_000 || value.includes('-----BEGIN')) return;
    if (clean.has(path) && !secret.has(path)) texts.add(value);
  };
  for (const list of argumentLists(request)) for (const { path, value } of list) add(path, value);
  for (const { path, value } of request.environment) add(path, value);
  for (const [name, value] of Object.entries(request.workload.labels)) add(`labels.${name}`, value);
  return texts;
}

function argumentLists({ entrypoint = [], command = [], scripts }: LaunchRequest): readonly (readonly At<string>[])[] {
  return [entrypoint, command, ...scripts.map((script) => script.command)];
}

/**
 * A copy for records in which nothing secret is left: what the report calls secret, values of secret-named variables and
 * flags, passwords in URLs, whatever `findSecrets` sees, and the same values wherever else they stand. Contents of files are
 * replaced by their length and kind. `scrub`: the scrubber of the same request, where there is one already.
 */
export function redactLaunch(
  request: LaunchRequest,
  report: InputReport,
  findSecrets?: FindSecrets,
  scrub = secretScrubber(findSecrets, { request, inputs: report }),
): LaunchRequest {
  const { secret: secretPaths } = placesOf(report);
  const at = (values: readonly At<string>[]): readonly At<string>[] =>
    values.map((each, index) => {
      const value = argument(each.value, secretPaths.has(each.path), values[index - 1]?.value, scrub);
      return value === each.value ? each : { path: each.path, value };
    });
  const byName = <Entry extends At<string> & { readonly name: string }>(entries: readonly Entry[]): readonly Entry[] =>
    entries.map((entry) => ({
      ...entry,
      name: scrub(entry.name),
      value: isSecretName(entry.name) ? blank : scrub(entry.value),
    }));
  const record = (values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        scrub(name),
        isSecretName(name) || secretPaths.has(`labels.${name}`) ? blank : scrub(value),
      ]),
    );
  return scrubAll(
    {
      ...request,
      workload: { ...request.workload, labels: record(request.workload.labels) },
      ...(request.entrypoint === undefined ? {} : { entrypoint: at(request.entrypoint) }),
      ...(request.command === undefined ? {} : { command: at(request.command) }),
      scripts: request.scripts.map((script) => ({ ...script, command: at(script.command) })),
      environment: request.environment.map((variable) => {
        if (variable.value === undefined) return variable;
        const isSecret = secretPaths.has(variable.path) || isSecretName(variable.name);
        const value = isSecret ? blankOf(variable.value) : scrub(variable.value);
        return value === variable.value ? variable : { ...variable, value };
      }),
      files: request.files.map((file) =>
        file.content === undefined
          ? file
          : { ...file, content: `[${file.content.length} characters, ${classifyInput(file.content)}]` },
      ),
      mounts: request.mounts.map((mount) =>
        mount.options === undefined ? mount : { ...mount, options: record(mount.options) },
      ),
      others: byName(request.others),
      sysctls: byName(request.sysctls),
    },
    scrub,
  );
}

/** An empty value tells nobody anything. */
function blankOf(value: string): string {
  return value === '' ? '' : blank;
}

function argument(
  value: string,
  isSecret: boolean,
  before: string | undefined,
  scrub: (text: string) => string,
): string {
  const named = secretByName('argument', undefined, value, before === undefined ? undefined : { value: before });
  if (named === undefined) return isSecret && scrub(value) === value ? blank : scrub(value);
  return value.length === named.value.length ? blank : `${value.slice(0, value.length - named.value.length)}${blank}`;
}

/** Values that are secret in one place, to be taken out of all others. Short ones are words of anything. */
function knownSecrets(request: LaunchRequest, { secret, clean }: Places): readonly string[] {
  const known = new Set<string>();
  const add = (value: string): void => {
    if (value.length >= 6 && value.length < 20_000) known.add(value);
  };
  const isClean = (path: string): boolean => clean.has(path) && !secret.has(path);
  for (const { name, value, path } of request.environment) {
    if (value === undefined || isClean(path)) continue;
    if (secretByName('variable', name, value, undefined) !== undefined) add(value);
    else if (secret.has(path)) for (const { start, end } of spans(value)) add(value.slice(start, end));
  }
  for (const list of argumentLists(request)) {
    for (const [index, { value, path }] of list.entries()) {
      if (isClean(path)) continue;
      const named = secretByName('argument', undefined, value, list[index - 1]);
      if (named !== undefined) add(named.value);
      for (const { start, end } of spans(value)) add(value.slice(start, end));
    }
  }
  return [...known].sort((a, b) => b.length - a.length).slice(0, 500);
}

function withoutKnown(text: string, known: readonly string[]): string {
  let result = text;
  for (const secret of known) if (result.includes(secret)) result = result.replaceAll(secret, blank);
  return result;
}

function* spans(text: string): Generator<{ readonly start: number; readonly end: number }> {
  yield* urlPasswords(text);
  yield* pairedPasswords(text);
}

function withoutSpans(text: string, findSecrets: FindSecrets | undefined): string {
  const found: { readonly start: number; readonly end: number }[] = [];
  if (/[=:@]/.test(text)) for (const span of spans(text)) found.push(span);
  if (findSecrets) for (const span of findSecrets(text)) found.push(span);
  if (text.includes('-----BEGIN')) for (const span of keys(text)) found.push(span);
  if (found.length === 0) return text;
  found.sort((a, b) => a.start - b.start);
  let result = '';
  let done = 0;
  for (const { start, end } of found) {
    if (end <= done) continue;
    if (start >= done) result += `${text.slice(done, start)}${blank}`;
    done = end;
  }
  return result + text.slice(done);
}

function* keys(text: string): Generator<{ readonly start: number; readonly end: number }> {
  let done = 0;
  for (const { index } of text.matchAll(/-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY/g)) {
    if (index < done) continue;
    const end = text.indexOf('-----END', index);
    done = end === -1 ? text.length : Math.min(text.length, end + 60);
    yield { start: index, end: done };
  }
}

/** Whatever other text there is: paths of mounts, references, names. Bounded by what parsers of launches let through. */
function scrubAll<Value>(value: Value, scrub: (text: string) => string): Value {
  const visit = (node: unknown, depth: number): unknown => {
    if (typeof node === 'string') return node.includes(blank) ? node : scrub(node);
    if (depth > 12 || typeof node !== 'object' || node === null) return node;
    return Array.isArray(node) ? visitList(node, depth + 1) : visitObject(node as Record<string, unknown>, depth + 1);
  };
  // Most parts have nothing to hide: they stay the same objects.
  const visitList = (list: readonly unknown[], depth: number): readonly unknown[] => {
    let changed: unknown[] | undefined;
    for (let at = 0; at < list.length; at++) {
      const part = visit(list[at], depth);
      if (part !== list[at]) (changed ??= [...list])[at] = part;
    }
    return changed ?? list;
  };
  const visitObject = (object: Readonly<Record<string, unknown>>, depth: number): unknown => {
    let changed: Map<string, unknown> | undefined;
    for (const key of Object.keys(object)) {
      const part = visit(object[key], depth);
      if (part !== object[key]) (changed ??= new Map(Object.entries(object))).set(key, part);
    }
    return changed ? Object.fromEntries(changed) : object;
  };
  return visit(value, 0) as Value;
}
