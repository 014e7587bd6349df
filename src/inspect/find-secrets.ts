import { anchoredMatches } from './anchored-search.ts';
import { type InspectRuleId, inspectRules } from './rules.ts';
import { isPlaceholder, isSecretName, secretAssignment, secretPatterns, shortestToken } from './secret-patterns.ts';

export interface FoundSecret {
  readonly rule: InspectRuleId;
  readonly confidence: 'certain' | 'likely' | 'guess';
  /** What and where, without the secret: `AWS access key AKIA…, 20 characters, line 3`. */
  readonly detail: string;
  /** Where the secret stands in the text. */
  readonly start: number;
  readonly end: number;
}

/** More of one text are counted with the last. */
const mostOfText = 50;

export interface SecretOptions {
  /** Also `NAME=value` where the name says that the value is secret: right for environments and .env files, wrong for prose. */
  readonly assignments?: boolean;
}

/** Credentials in a text, in order of where they stand. Takes time in proportion to the text. */
export function findSecrets(text: string, options: SecretOptions = {}): readonly FoundSecret[] {
  const list = new SecretList(options);
  list.add(text, 1, { from: 0, until: text.length });
  return list.found();
}

/** The secrets of one text that is shown in parts. */
export class SecretList {
  readonly #assignments: boolean;
  readonly #found: FoundSecret[] = [];
  #more = 0;

  constructor({ assignments = false }: SecretOptions) {
    this.#assignments = assignments;
  }

  /** Those that begin in the part given of this text, which begins with the line of that number. */
  add(text: string, firstLine: number, part: { readonly from: number; readonly until: number }): void {
    const known: Span[] = [];
    const take = (start: number, end: number, describe: (line: number) => Omit<FoundSecret, 'start' | 'end'>) => {
      known.push({ start, end });
      if (start < part.from || start >= part.until) return;
      if (this.#found.length >= mostOfText) this.#more++;
      else this.#found.push({ ...describe(firstLine + lineBreaks(text, start)), start, end });
    };
    const before = this.#found.length;
    for (const { pattern, whole, secret, start, end } of patternMatches(text)) {
      const { rule, name, shown, confidence } = pattern;
      take(start, end, (line) => {
        const beginning = shown > 0 ? ` ${secret.slice(0, shown)}…` : '';
        const detail = `${name}${beginning}, ${secret.length} characters, line ${line}`;
        return { rule: isKeyRule(rule) ? keyRule(whole) : rule, confidence, detail };
      });
    }
    const patterned = [...known];
    for (const { name, start, end } of this.#assignments ? assignmentMatches(text) : []) {
      if (patterned.some((other) => other.start < end && other.end > start)) continue;
      take(start, end, (line) => {
        const detail = `the value of ${name}, ${end - start} characters, line ${line}`;
        return { rule: 'inspect/secret/password', confidence: 'likely', detail };
      });
    }
    const added = this.#found.splice(before).sort((a, b) => a.start - b.start);
    this.#found.push(...added);
  }

  /** `start` and `end` are those in the part in which it was found. */
  found(): readonly FoundSecret[] {
    const last = this.#found.at(-1);
    if (!last || this.#more === 0) return this.#found;
    return [...this.#found.slice(0, -1), { ...last, detail: `${last.detail}, and ${this.#more} more secrets` }];
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where in the text everything stands that must not be shown, however much it is; in no order. Also what is part of a
 * longer word, which is no finding, but may be a secret.
 */
export function* secretSpans(text: string): Generator<Span> {
  yield* patternMatches(text, 'anywhere');
  yield* assignmentMatches(text);
}

/** Secrets that are told by themselves, whatever name they have, and what each is. */
export function findSecretSpans(text: string): Iterable<Span & { readonly name: string }> {
  return hasNoSecret(text) ? [] : namedSpans(text);
}

function* namedSpans(text: string): Generator<Span & { readonly name: string }> {
  for (const { pattern, start, end } of patternMatches(text)) yield { start, end, name: pattern.name };
}

/** Any of the anchors: for a short text one search instead of one for each. */
const anyAnchor = new RegExp(
  [...new Set(secretPatterns.map(({ anchor }) => anchor.replace(/[^\w ]/g, String.raw`\$&`)))].join('|'),
);
const shortText = 256;

function hasNoSecret(text: string): boolean {
  if (text.length >= shortText) return false;
  // Passwords of addresses and of registries may be shorter, and have one of these.
  return (text.length < shortestToken && !text.includes('=') && !text.includes(':/')) || !anyAnchor.test(text);
}

function* patternMatches(text: string, where: 'pattern' | 'anywhere' = 'pattern') {
  if (hasNoSecret(text)) return;
  for (const pattern of secretPatterns) {
    for (const match of anchoredMatches(text, pattern, pattern[where])) {
      const [whole] = match;
      const secret = match.groups?.secret ?? whole;
      if (isKeyRule(pattern.rule) ? !isKey(secret) : isPlaceholder(secret)) continue;
      const start = match.index + whole.lastIndexOf(secret);
      yield { pattern, whole, secret, start, end: start + secret.length };
    }
  }
}

function* assignmentMatches(text: string) {
  for (const match of text.matchAll(secretAssignment)) {
    const { name = '', secret = '' } = match.groups ?? {};
    if (!isSecretName(name) || isPlaceholder(secret)) continue;
    const start = match.index + name.length + 1;
    yield { name, start, end: start + secret.length };
  }
}

function isKeyRule(rule: InspectRuleId): boolean {
  return rule === 'inspect/secret/private-key';
}

/** Documentation shows the beginning of a key and dots. */
function isKey(base64: string): boolean {
  return base64.replace(/\\[nr]|[^A-Za-z0-9+/=]/g, '').length >= 64;
}

function keyRule(text: string): InspectRuleId {
  const isEncrypted = /BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED|bcrypt/.test(text) || isEncryptedOpenSsh(text);
  return isEncrypted ? 'inspect/secret/encrypted-private-key' : 'inspect/secret/private-key';
}

/** openssh-key-v1 names its cipher first: `none` where the key is in the clear. */
function isEncryptedOpenSsh(text: string): boolean {
  const [, body] = /BEGIN OPENSSH PRIVATE KEY-----(?:\\[nr]|\s){1,8}([A-Za-z0-9+/]{40})/.exec(text) ?? [];
  if (body === undefined) return false;
  const bytes = Buffer.from(body, 'base64').toString('latin1');
  return bytes.startsWith('openssh-key-v1\0') && !bytes.includes('none', 15);
}

/** Before that place. */
export function lineBreaks(text: string, before: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < before; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Severity as the rule has it, but what is merely likely to be a test key or an example weighs less. */
export function severityOf(rule: InspectRuleId, path: string | undefined) {
  const isExample =
    path !== undefined && /\/(?:tests?|testdata|fixtures?|examples?|samples?|__tests__|spec|docs?)\//.test(path);
  return isExample ? ('low' as const) : inspectRules[rule].severity;
}
