import { anchoredMatches } from './anchored-search.ts';
import { type InspectRuleId, inspectRules } from './rules.ts';
import { isPlaceholder, isSecretName, secretAssignment, secretPatterns } from './secret-patterns.ts';

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

/**
 * Credentials in a text, in order of where they stand. `assignments`: also `NAME=value` where the name says that the value
 * is secret, which is right for environments and .env files, and wrong for prose. Takes time in proportion to the text.
 */
export function findSecrets(text: string, { assignments = false } = {}): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  let more = 0;
  for (const { pattern, whole, secret, start, end } of patternMatches(text)) {
    if (found.length >= mostOfText) {
      more++;
      continue;
    }
    const { rule, name, shown, confidence } = pattern;
    const beginning = shown > 0 ? ` ${secret.slice(0, shown)}…` : '';
    const detail = `${name}${beginning}, ${secret.length} characters, line ${lineOf(text, start)}`;
    found.push({ rule: isKeyRule(rule) ? keyRule(whole) : rule, confidence, detail, start, end });
  }
  const known = [...found];
  for (const { name, start, end } of assignments ? assignmentMatches(text) : []) {
    if (known.some((other) => other.start < end && other.end > start)) continue;
    if (found.length >= mostOfText) {
      more++;
      continue;
    }
    const detail = `the value of ${name}, ${end - start} characters, line ${lineOf(text, start)}`;
    found.push({ rule: 'inspect/secret/password', confidence: 'likely', detail, start, end });
  }
  found.sort((a, b) => a.start - b.start);
  const last = found.at(-1);
  if (last && more > 0) found[found.length - 1] = { ...last, detail: `${last.detail}, and ${more} more secrets` };
  return found;
}

/**
 * Where in the text everything stands that must not be shown, however much it is; in no order. Also what is part of a
 * longer word, which is no finding, but may be a secret.
 */
export function* secretSpans(text: string): Generator<{ readonly start: number; readonly end: number }> {
  yield* patternMatches(text, 'anywhere');
  yield* assignmentMatches(text);
}

function* patternMatches(text: string, where: 'pattern' | 'anywhere' = 'pattern') {
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

function lineOf(text: string, at: number): number {
  let line = 1;
  for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', end + 1)) line++;
  return line;
}

/** Severity as the rule has it, but what is merely likely to be a test key or an example weighs less. */
export function severityOf(rule: InspectRuleId, path: string | undefined) {
  const isExample =
    path !== undefined && /\/(?:tests?|testdata|fixtures?|examples?|samples?|__tests__|spec|docs?)\//.test(path);
  return isExample ? ('low' as const) : inspectRules[rule].severity;
}
