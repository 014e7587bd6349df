const unitBytes: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Bytes of `1024`, `500MiB` or `1.5GiB` (IEC 80000-13); undefined for what is no such size, or none that a number holds exactly. */
export function parseSize(text: string): number | undefined {
  const [, digits = '', unit = 'B'] = /^(\d{1,15}(?:\.\d{1,6})?) ?(B|KiB|MiB|GiB|TiB)?$/.exec(text) ?? [];
  if (digits === '') return undefined;
  const bytes = Math.floor(Number(digits) * (unitBytes[unit] as number));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
