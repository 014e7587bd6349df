import type { At, InputReport, LaunchRequest } from '../model/index.ts';
import { classifyInput } from './classify-input.ts';
import { type FindSecrets, secretByName } from './find-credentials.ts';
import { isSecretName, pairedPasswords, urlPasswords } from './secrets.ts';

/** What stands in place of a secret. */
export const redacted = '[redacted]';
const blank = redacted;

/**
 * Takes out of any text what is secret in a request, for what is quoted of it; of one that could not be read what shows by
 * itself. Whatever `findSecrets` sees goes as well.
 */
export function secretScrubber(
  findSecrets?: FindSecrets,
  asked?: { readonly request: LaunchRequest; readonly inputs: InputReport },
): (text: string) => string {
  const known = asked ? knownSecrets(asked.request, secretPathsOf(asked.inputs)) : [];
  const scrub = (text: string) => withoutSpans(withoutKnown(text, known), findSecrets);
  if (!asked) return scrub;
  // Most texts of a launch are met twice: in their own place, and by who looks at all there are.
  const scrubbed = new Map<string, string>();
  return (text) => {
    const before = scrubbed.get(text);
    if (before !== undefined) return before;
    const after = scrub(text);
    scrubbed.set(text, after);
    return after;
  };
}

function secretPathsOf({ inputs }: InputReport): ReadonlySet<string> {
  return new Set(inputs.filter(({ secret, place }) => secret && place !== 'file').map(({ path }) => path));
}

/**
 * A copy for records in which nothing secret is left: what the report calls secret, values of secret-named variables and
 * flags, passwords in URLs, whatever `findSecrets` sees, and the same values wherever else they stand. Contents of files are
 * replaced by their length and kind.
 */
export function redactLaunch(request: LaunchRequest, report: InputReport, findSecrets?: FindSecrets): LaunchRequest {
  const secretPaths = secretPathsOf(report);
  const scrub = secretScrubber(findSecrets, { request, inputs: report });
  const at = (values: readonly At<string>[]): readonly At<string>[] =>
    values.map(({ value, path }, index) => ({
      path,
      value: argument(value, secretPaths.has(path), values[index - 1]?.value, scrub),
    }));
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
      environment: request.environment.map((variable) =>
        variable.value === undefined
          ? variable
          : {
              ...variable,
              value:
                secretPaths.has(variable.path) || isSecretName(variable.name)
                  ? blankOf(variable.value)
                  : scrub(variable.value),
            },
      ),
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
function knownSecrets(request: LaunchRequest, secretPaths: ReadonlySet<string>): readonly string[] {
  const known = new Set<string>();
  const add = (value: string): void => {
    if (value.length >= 6 && value.length < 20_000) known.add(value);
  };
  const lists = [request.entrypoint ?? [], request.command ?? [], ...request.scripts.map(({ command }) => command)];
  for (const { name, value, path } of request.environment) {
    if (value !== undefined && secretByName('variable', name, value, undefined) !== undefined) add(value);
    else if (value !== undefined && secretPaths.has(path))
      for (const { start, end } of spans(value)) add(value.slice(start, end));
  }
  for (const list of lists) {
    for (const [index, { value }] of list.entries()) {
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
  const found = [...spans(text), ...(findSecrets?.(text) ?? []), ...keys(text)].sort((a, b) => a.start - b.start);
  if (found.length === 0) return text;
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
  if (!text.includes('-----BEGIN')) return;
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
    if (Array.isArray(node)) return node.map((item) => visit(item, depth + 1));
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, visit(item, depth + 1)]));
  };
  return visit(value, 0) as Value;
}
