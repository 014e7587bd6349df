import { secretSpans } from './find-secrets.ts';
import { isPlaceholder, isSecretName, secretPatterns, shortestToken } from './secret-patterns.ts';

/** Texts that have neither need no closer look, and most have neither: this runs for each name and path of an image. */
const anchors = new RegExp(secretPatterns.map(({ anchor, follows }) => RegExp.escape(anchor) + follows).join('|'));
const mayAssign = /(?:PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL)[A-Z]{0,6}_?\d{0,3}=/i;
/** The shortest of all secrets with a name before them. */
const shortestAssigned = 8;

/** A byte in percent-encoding (RFC 3986, 2.1), however often its percent sign was encoded again. */
const encodedByte = /%(?:25)*([0-9a-f]{2})/gi;
const redacted = '[redacted]';

/**
 * A value as it is, but for secrets in its texts, at any depth and in keys: paths, names, versions and addresses were written
 * by whoever made the image, and may carry what must reach no report and no store. Parts without a secret are the same
 * objects. For what JSON can hold.
 */
export function redactAll<Value>(value: Value): Value {
  return redactPart(value) as Value;
}

/** Labels without secrets; the name of a label may say that its value is one. */
export function redactLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(labels).map(([name, value]) => {
    const isSecret = isSecretName(name.replaceAll(/[^A-Za-z0-9]/g, '_')) && !isPlaceholder(value);
    return [name, isSecret ? redacted : value] as const;
  });
  return redactAll(Object.fromEntries(entries));
}

function redactPart(value: unknown): unknown {
  if (typeof value === 'string') return mayHoldSecret(value) ? redactText(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? redactList(value) : redactObject(value as Readonly<Record<string, unknown>>);
}

function redactList(list: readonly unknown[]): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const part = redactPart(list[at]);
    if (part === list[at]) continue;
    changed ??= [...list];
    changed[at] = part;
  }
  return changed ?? list;
}

function redactObject(object: Readonly<Record<string, unknown>>): unknown {
  let changed: Map<string, unknown> | undefined;
  for (const key of Object.keys(object)) {
    const part = redactPart(object[key]);
    if (part !== object[key] || mayHoldSecret(key)) (changed ??= new Map()).set(key, part);
  }
  if (!changed) return object;
  const parts = new Map<string, unknown>();
  for (const [key, part] of Object.entries(object)) {
    const name = mayHoldSecret(key) ? redactText(key) : key;
    // Two keys may differ by their secrets alone: neither is lost.
    let unique = name;
    for (let copy = 2; parts.has(unique); copy++) unique = `${name} (${copy})`;
    parts.set(unique, changed.has(key) ? changed.get(key) : part);
  }
  return Object.fromEntries(parts);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function redactText(text: string): string {
  const spans = [...spansIn(text)];
  if (text.includes('%')) {
    const { decoded, origins } = decodePercent(text);
    for (const { start, end } of spansIn(decoded))
      spans.push({ start: origins[start] ?? text.length, end: origins[end] ?? text.length });
  }
  spans.sort((a, b) => a.start - b.start);
  let rest = '';
  let at = 0;
  for (const { start, end } of spans) {
    if (start >= at) rest += `${text.slice(at, start)}${redacted}`;
    at = Math.max(at, end);
  }
  return rest + text.slice(at);
}

/** By the whole text and by the parts of a path: a slash beside a key makes it look like a piece of base64. */
function* spansIn(text: string): Generator<Span> {
  yield* secretSpans(text);
  let at = 0;
  for (const part of text.split('/')) {
    for (const { start, end } of secretSpans(part)) yield { start: at + start, end: at + end };
    at += part.length + 1;
  }
}

/** The text with its bytes decoded, and where each character of that begins in the text. */
function decodePercent(text: string): { readonly decoded: string; readonly origins: readonly number[] } {
  let decoded = '';
  const origins: number[] = [];
  let at = 0;
  const copyUpTo = (end: number) => {
    decoded += text.slice(at, end);
    for (; at < end; at++) origins.push(at);
  };
  for (const match of text.matchAll(encodedByte)) {
    copyUpTo(match.index);
    decoded += byteOf(match[1]);
    origins.push(at);
    at += match[0].length;
  }
  copyUpTo(text.length);
  return { decoded, origins };
}

function byteOf(hex = ''): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function mayHoldSecret(text: string): boolean {
  if (text.length < shortestAssigned) return false;
  const looked = text.includes('%') ? text.replaceAll(encodedByte, (_, hex: string) => byteOf(hex)) : text;
  if (text.length < shortestToken && !looked.includes('=') && !looked.includes(':/')) return false;
  return anchors.test(looked) || anchors.test(text) || (looked.includes('=') && mayAssign.test(looked));
}
