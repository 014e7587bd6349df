import type { CertificateStateView } from '../api/wire.ts';
import { StateMark, type StateTone } from './state-mark.tsx';

const states = {
  certified: ['good', 'It was judged by its policy and passed'],
  suspect: ['doubtful', 'Its certificate ran out, and nobody has looked since'],
  withdrawn: ['turned', 'It passed once; what became known since turned that'],
  refused: ['bad', 'Its policy has something against it'],
  undecided: ['unknown', 'It could not be decided, so it may not pass'],
} as const satisfies Record<CertificateStateView, readonly [StateTone, string]>;

/** What an image is held for. */
export const CertificateState = ({ state }: { readonly state: CertificateStateView }) => {
  const [tone, meaning] = states[state];
  return <StateMark tone={tone} word={state} meaning={meaning} />;
};
