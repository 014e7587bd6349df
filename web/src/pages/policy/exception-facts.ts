import type { DocumentView } from '../../api/wire.ts';

export interface ExceptionFacts {
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
}

/** Who answers for an exception, why and until when; undefined for other kinds. A document comes as it was written. */
export function exceptionFacts({
  kind,
  document,
}: Pick<DocumentView, 'kind' | 'document'>): ExceptionFacts | undefined {
  const { spec } = document;
  if (kind !== 'Exception' || typeof spec !== 'object' || spec === null) return undefined;
  const { owner, reason, expires }: { owner?: unknown; reason?: unknown; expires?: unknown } = spec;
  if (typeof owner !== 'string' || typeof expires !== 'string') return undefined;
  return { owner, expires, reason: typeof reason === 'string' ? reason : '' };
}

/** What the state of an exception means, in words; states of `void` bring their own. */
export function describeState(state: string): string {
  const words: Readonly<Record<string, string>> = {
    active: 'active',
    requested: 'does nothing: nobody has approved it',
    early: 'does nothing yet: its approval is of a time to come',
    expired: 'does nothing: it has ended',
  };
  return words[state] ?? state.replace(/^void: /, 'does nothing: ');
}
