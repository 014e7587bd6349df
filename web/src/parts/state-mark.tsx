import css from './state-mark.module.css';

export type StateTone = 'good' | 'doubtful' | 'turned' | 'bad' | 'unknown';

interface StateMarkProps {
  readonly tone: StateTone;
  readonly word: string;
  readonly meaning: string;
}

/** What something is held for, in a word. What could not be decided is hatched, like all that nobody has surveyed. */
export const StateMark = ({ tone, word, meaning }: StateMarkProps) => (
  <span className={css.mark} data-tone={tone} title={meaning}>
    {word}
  </span>
);
