import type { OriginFilter } from '../../api/queries.ts';
import { Choice } from '../../parts/choice.tsx';
import { DayField } from '../../parts/day-field.tsx';
import css from './containers-page.module.css';
import { nameOf, originFilterOf, originFilters } from './origin-words.ts';
import { type LengthId, lengthIds } from './time-window.ts';

export interface WhenSearch {
  readonly at?: string | undefined;
  readonly show?: string | undefined;
  readonly back?: string | undefined;
  readonly origin?: OriginFilter | undefined;
}
interface WhenProps {
  readonly search: WhenSearch;
  readonly length: LengthId;
  /** Whether the origin of what runs is known. */
  readonly withOrigin: boolean;
  readonly onChange: (next: WhenSearch) => void;
}

const shown = [
  { value: 'running', name: 'Running now' },
  { value: 'all', name: 'All remembered' },
] as const;
const lengths = lengthIds.map((id) => ({ value: id, name: id }));

/** Which containers: those that run now, that ran on a day, or all; and how far back is drawn. */
export function When({ search, length, withOrigin, onChange }: WhenProps) {
  const { at, show, origin } = search;
  return (
    <div className={css.tools}>
      <Choice
        label="Which containers"
        options={shown}
        value={show === 'all' ? show : at === undefined ? 'running' : undefined}
        onChoose={(value) => onChange({ at: undefined, show: value === 'all' ? value : undefined, origin: undefined })}
      />
      <div className={css.day}>
        <label htmlFor="containers-at">ran on</label>
        <DayField
          id="containers-at"
          value={at ?? ''}
          empty="any day"
          onChange={(day) => onChange({ at: day || undefined, show: undefined, origin: undefined })}
        />
        {at !== undefined && (
          <span className="quiet">{at.includes('T') ? `at ${at.slice(11, 16)} UTC` : 'at any time of it, UTC'}</span>
        )}
      </div>
      {(withOrigin || origin !== undefined) && (
        <label className={css.day}>
          origin
          {/* Certificates are of now, and so is what may be asked of it. */}
          <select
            value={origin ?? ''}
            onChange={({ target }) =>
              onChange({ at: undefined, show: undefined, origin: originFilterOf(target.value) })
            }
          >
            <option value="">any</option>
            {originFilters.map((each) => (
              <option key={each} value={each}>
                {each === 'ad-hoc' ? 'ad hoc: all but certified' : nameOf[each]}
              </option>
            ))}
          </select>
        </label>
      )}
      <div className={css.length}>
        <Choice
          label="How far back"
          options={lengths}
          value={length}
          onChoose={(id) => onChange({ back: id === 'all' ? undefined : id })}
        />
      </div>
    </div>
  );
}
