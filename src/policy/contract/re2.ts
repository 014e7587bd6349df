import { lazyLibrary } from '../../base/index.ts';

const cel = lazyLibrary<typeof import('@bufbuild/cel')>('@bufbuild/cel');

type Program = (bindings: Record<string, string>) => unknown;
let program: Program | undefined;

/**
 * Whether the whole of a text is what a pattern says, by RE2, the expressions of CEL: linear in the text whatever the
 * pattern is. Undefined where the pattern is none. Total.
 */
export function re2Matches(pattern: string, text: string): boolean | undefined {
  try {
    const { celEnv, plan, parse, CelScalar } = cel();
    program ??= plan(
      celEnv({ variables: { text: CelScalar.STRING, pattern: CelScalar.STRING } }),
      parse('text.matches(pattern)'),
    ) as Program;
    // First by itself, so that no ")" of the pattern closes what is put around it.
    if (typeof program({ text: '', pattern }) !== 'boolean') return undefined;
    const matches = program({ text, pattern: `\\A(?:${pattern})\\z` });
    return typeof matches === 'boolean' ? matches : undefined;
  } catch {
    // What cannot be compiled says nothing of any text.
    return undefined;
  }
}
