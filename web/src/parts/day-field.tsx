import css from './day-field.module.css';

interface DayFieldProps {
  readonly id: string;
  /** A day, or an instant of it; empty for none. */
  readonly value: string;
  /** What is meant where no day is chosen. */
  readonly empty: string;
  readonly inputClass?: string | undefined;
  readonly onChange: (day: string) => void;
}

/** The browser's own date field, which says in words what it means while it is empty. */
export const DayField = ({ id, value, empty, inputClass, onChange }: DayFieldProps) => (
  <span className={css.field} data-empty={value === '' || undefined}>
    <input
      id={id}
      className={inputClass}
      type="date"
      value={value.slice(0, 10)}
      max="9999-12-31"
      title="Any time of that day, in UTC"
      onChange={(event) => onChange(event.target.value)}
      onClick={(event) => event.currentTarget.showPicker()}
    />
    {value === '' && (
      <span className={css.empty} aria-hidden="true">
        {empty}
      </span>
    )}
  </span>
);
