import { StateMark, type StateTone } from './state-mark.tsx';

const outcomes: Readonly<Record<string, readonly [StateTone, word: string, meaning: string]>> = {
  allow: ['good', 'let start', 'Nothing is against it'],
  observed: ['doubtful', 'observed', 'It was let start, since the policy only observes; enforced, it would not be'],
  deny: ['bad', 'refused', 'A policy has something against it'],
  undecided: ['unknown', 'undecided', 'It could not be decided, so it may not start'],
};

/** What was decided of a launch. */
export const LaunchOutcome = ({ outcome }: { readonly outcome: string }) => {
  const [tone, word, meaning] = outcomes[outcome] ?? ['unknown', outcome, ''];
  return <StateMark tone={tone} word={word} meaning={meaning} />;
};
