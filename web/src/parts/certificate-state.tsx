import type { CertificateStateView } from '../api/wire.ts';
import css from './certificate-state.module.css';

const meanings = {
  certified: 'It was judged by its policy and passed',
  suspect: 'Its certificate ran out, and nobody has looked since',
  withdrawn: 'It passed once; what became known since turned that',
  refused: 'Its policy has something against it',
  undecided: 'It could not be decided, so it may not pass',
} as const satisfies Record<CertificateStateView, string>;

/** What an image is held for. What could not be decided is hatched, like all that nobody has surveyed. */
export const CertificateState = ({ state }: { readonly state: CertificateStateView }) => (
  <span className={css.state} data-state={state} title={meanings[state]}>
    {state}
  </span>
);
