import { type CodedError, messageOf } from '../../src/base/index.ts';

/** The parsers of outside bytes, each as one function that is fed whatever an attacker might write. */
export interface FuzzTarget {
  /** `room/what`, as `npm run fuzz` and a failure name it. */
  readonly name: string;
  /** The source files whose parsers it feeds, below src/: how test/architecture sees that none was forgotten. */
  readonly covers: readonly string[];
  /** Well-formed inputs, small; each must be taken without a refusal. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** Words of the format, to be put into inputs. */
  readonly words?: readonly string[];
  /** The typed refusals of its room. Whatever else is thrown is a finding. */
  readonly refuses?: readonly (abstract new (
    ...args: never[]
  ) => Error)[];
  /** What came out, so that inputs with an outcome of a new kind are kept. Throws where an invariant breaks. */
  run(bytes: Uint8Array): unknown | Promise<unknown>;
}

export type FuzzOutcome =
  | { readonly kind: 'value'; readonly shape: string }
  | { readonly kind: 'refused'; readonly shape: string };

/** A parser did with an input what it must not. */
export class FuzzFinding extends Error {}

/** Longest that one input may take. Far above what any takes, so that a loaded machine finds nothing. */
export const slowestCase = 10_000;

/** Feeds one input. Throws FuzzFinding for anything but a value or a typed refusal, and for what takes too long. */
export async function tryInput(target: FuzzTarget, bytes: Uint8Array): Promise<FuzzOutcome> {
  const begun = performance.now();
  const outcome = await settle(target, bytes);
  const took = performance.now() - begun;
  if (took > slowestCase) throw new FuzzFinding(`${target.name} took ${Math.round(took)} ms for ${bytes.length} bytes`);
  return outcome;
}

async function settle(target: FuzzTarget, bytes: Uint8Array): Promise<FuzzOutcome> {
  try {
    return { kind: 'value', shape: shapeOf(await target.run(bytes)) };
  } catch (error) {
    if (target.refuses?.some((type) => error instanceof type)) return { kind: 'refused', shape: refusalShape(error) };
    throw new FuzzFinding(`${target.name} threw ${String(error)}`, { cause: error });
  }
}

/** The code of a refusal and its message without what changes from input to input. */
function refusalShape(error: unknown): string {
  const words = messageOf(error)
    .replace(/"[^"]*"|\d+/g, '')
    .slice(0, 80);
  return `${(error as Partial<CodedError>).code ?? ''} ${words}`;
}

/** The structure of a value to a small depth: which keys, how many items roughly, which types. */
function shapeOf(value: unknown, depth = 3): string {
  if (Array.isArray(value)) {
    const size = Math.min(value.length, 4);
    return depth === 0 ? `[${size}]` : `[${size}:${value.slice(0, 3).map((item) => shapeOf(item, depth - 1))}]`;
  }
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name}${Math.min(value.size, 4)}`;
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).slice(0, 20);
    return `{${entries.map(([key, item]) => (depth === 0 ? key : `${key}:${shapeOf(item, depth - 1)}`))}}`;
  }
  // A problem's code tells more than that it is a text.
  return typeof value === 'string' && /^[a-z]+(\/[a-z-]+)+$/.test(value) ? value : typeof value;
}
