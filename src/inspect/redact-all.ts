import { redactSecrets } from './find-secrets.ts';
import { secretPatterns } from './secret-patterns.ts';

/** Texts that have neither need no closer look, and most have neither: this runs for each name and path of an image. */
const anchors = new RegExp([...new Set(secretPatterns.map(({ anchor }) => anchor))].map(RegExp.escape).join('|'));
const mayAssign = /(?:PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL)[A-Z]{0,6}_?\d{0,3}=/i;
/** The shortest of all secrets with a name before them, and of all that are told by themselves; addresses aside. */
const [shortestAssigned, shortestToken] = [8, 20];

/**
 * A value as it is, but for secrets in its texts, at any depth and in keys: paths, names, versions and addresses were written
 * by whoever made the image, and may carry what must reach no report and no store. Parts without a secret are the same
 * objects. For what JSON can hold.
 */
export function redactAll<Value>(value: Value): Value {
  return redactPart(value) as Value;
}

function redactPart(value: unknown): unknown {
  if (typeof value === 'string') return mayHoldSecret(value) ? redactText(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    let changed: unknown[] | undefined;
    for (let at = 0; at < value.length; at++) {
      const part = redactPart(value[at]);
      if (part === value[at]) continue;
      changed ??= [...value];
      changed[at] = part;
    }
    return changed ?? value;
  }
  const object = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(object))
    if (redactPart(object[key]) !== object[key] || mayHoldSecret(key)) return redactObject(object);
  return value;
}

function redactObject(object: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(Object.entries(object).map(([key, part]) => [redactText(key), redactPart(part)]));
}

/** By itself and by the parts of a path: a slash beside a key makes it look like a piece of base64. */
function redactText(text: string): string {
  return redactSecrets(text).split('/').map(redactSecrets).join('/');
}

function mayHoldSecret(text: string): boolean {
  if (text.length < shortestAssigned) return false;
  if (text.length < shortestToken && !text.includes('=') && !text.includes('://')) return false;
  return anchors.test(text) || (text.includes('=') && mayAssign.test(text));
}
