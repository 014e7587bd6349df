import type { ReactNode } from 'react';
import { DayField } from '../../parts/day-field.tsx';
import css from './containers-page.module.css';
import { type LengthId, lengthIds } from './time-window.ts';

export interface WhenSearch {
  readonly at?: string | undefined;
  readonly show?: string | undefined;
  readonly back?: string | undefined;
}
interface WhenProps {
  readonly search: WhenSearch;
  readonly length: LengthId;
  readonly onChange: (next: WhenSearch) => void;
}

/** Which containers: those that run now, that ran on a day, or all; and how far back is drawn. */
export function When({ search, length, onChange }: WhenProps) {
  const { at, show } = search;
  return (
    <div className={css.tools}>
      <div className={css.choice} role="group" aria-label="Which containers">
        <Choice
          pressed={show !== 'all' && at === undefined}
          onPress={() => onChange({ at: undefined, show: undefined })}
        >
          Running now
        </Choice>
        <Choice pressed={show === 'all'} onPress={() => onChange({ at: undefined, show: 'all' })}>
          All remembered
        </Choice>
      </div>
      <div className={css.day}>
        <label htmlFor="containers-at">ran on</label>
        <DayField
          id="containers-at"
          value={at ?? ''}
          empty="any day"
          onChange={(day) => onChange({ at: day || undefined, show: undefined })}
        />
        {at !== undefined && (
          <span className="quiet">{at.includes('T') ? `at ${at.slice(11, 16)} UTC` : 'at any time of it, UTC'}</span>
        )}
      </div>
      <div className={`${css.choice} ${css.length}`} role="group" aria-label="How far back">
        {lengthIds.map((id) => (
          <Choice key={id} pressed={id === length} onPress={() => onChange({ back: id === 'all' ? undefined : id })}>
            {id}
          </Choice>
        ))}
      </div>
    </div>
  );
}

interface ChoiceProps {
  readonly pressed: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}
const Choice = ({ pressed, onPress, children }: ChoiceProps) => (
  <button type="button" aria-pressed={pressed} onClick={onPress}>
    {children}
  </button>
);
