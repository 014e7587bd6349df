import type { CertificateView } from '../../api/wire.ts';
import { plural } from '../../parts/format.ts';

type Judged = Pick<CertificateView, 'state' | 'findings' | 'cause' | 'withdrawn'>;

/** The first thing that is to say of a judgement, and how many more reasons there are; empty where it simply passed. */
export function reasonOf({ state, findings, cause, withdrawn }: Judged): {
  readonly text: string;
  readonly more: number;
} {
  if (state === 'suspect') return { text: 'it ran out, and nobody has looked since', more: 0 };
  if (withdrawn !== null) return { text: withdrawn.reason, more: 0 };
  const against = findings.filter(({ excepted }) => excepted === null);
  const lines = against.map(({ rule, evidence, subject }) => `${rule}: ${evidence || subject}`);
  if (cause !== null) lines.push(cause);
  const [first] = lines;
  if (first !== undefined) return { text: first, more: lines.length - 1 };
  return { text: findings.length === 0 ? '' : `${plural(findings.length, 'finding')} by exception`, more: 0 };
}
