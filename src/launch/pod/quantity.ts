/** A number as Kubernetes writes it, exact: `coefficient` × 10 to the power of `exponent`. */
export interface Quantity {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const binary: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/**
 * Reads `100m`, `1.5Gi`, `1e3`, `.5`, `-1` (apimachinery, api/resource/quantity.go, "serialization format"). Exact, where
 * Kubernetes rounds up what is finer than n. Undefined for anything else, and for what has more than 60 characters or an exponent beyond 99.
 */
export function parseQuantity(text: string): Quantity | undefined {
  if (text.length > 60) return undefined;
  const known = parsed.get(text);
  if (known) return known;
  const quantity = readQuantity(text);
  // The same few come again and again; those of an attacker may not fill the memory.
  if (quantity && parsed.size < 1024) parsed.set(text, quantity);
  return quantity;
}

const parsed = new Map<string, Quantity>();

function readQuantity(text: string): Quantity | undefined {
  const [matched, sign, whole = '', , fraction = '', suffix = ''] =
    /^([+-]?)(\d*)(\.(\d*))?([a-zA-Z]{0,2}|[eE][+-]?\d{1,2})$/.exec(text) ?? [];
  if (matched === undefined || (whole === '' && fraction === '')) return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const exponent = fraction.length === 0 ? 0 : -fraction.length;
  const factor = Object.hasOwn(binary, suffix) ? binary[suffix] : undefined;
  if (factor !== undefined) return { coefficient: digits * factor, exponent };
  if (/^[eE][+-]?\d/.test(suffix)) return { coefficient: digits, exponent: exponent + Number(suffix.slice(1)) };
  const power = Object.hasOwn(decimal, suffix) ? decimal[suffix] : undefined;
  return power === undefined ? undefined : { coefficient: digits, exponent: exponent + power };
}

/** The next whole number that is not smaller; of memory, bytes. */
export function ceilQuantity({ coefficient, exponent }: Quantity): bigint {
  if (exponent >= 0) return coefficient * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  const quotient = coefficient / divisor;
  return coefficient > 0n && coefficient % divisor !== 0n ? quotient + 1n : quotient;
}

/** The nearest number that JavaScript has. */
export function quantityToNumber({ coefficient, exponent }: Quantity): number {
  return Number(`${coefficient}e${exponent}`);
}
