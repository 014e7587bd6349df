/** A document that tests break in one place after the other. Paths are dotted: `verificationMaterial.tlogEntries.0.logId`. */
export type JsonDocument = { [key: string]: unknown };

export function valueAt(document: JsonDocument, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as JsonDocument)[key], document);
}

/** Sets it; takes it out where the value is undefined. */
export function setAt(document: JsonDocument, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() as string;
  const holder = (keys.length === 0 ? document : valueAt(document, keys.join('.'))) as JsonDocument;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
}
