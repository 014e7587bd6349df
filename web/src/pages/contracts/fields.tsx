import { useId, useState } from 'react';
import form from '../../parts/form.module.css';
import css from './contracts.module.css';

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly mono?: boolean;
  readonly numeric?: boolean;
  readonly placeholder?: string;
  readonly onCommit: (value: string) => void;
}

/** Text that counts once the field is left or Enter is pressed; Esc takes it back. */
export function TextField({
  label,
  hint,
  value,
  mono = false,
  numeric = false,
  placeholder,
  onCommit,
}: TextFieldProps) {
  const [typed, setTyped] = useState<string>();
  const hintId = useId();
  const commit = () => {
    if (typed !== undefined && typed !== value) onCommit(typed);
    setTyped(undefined);
  };
  return (
    <label className={form.field}>
      {label}
      <input
        className={`${form.input} ${mono ? 'mono' : ''}`}
        value={typed ?? value}
        inputMode={numeric ? 'decimal' : undefined}
        placeholder={placeholder}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        aria-describedby={hint === undefined ? undefined : hintId}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={commit}
        onKeyDown={({ key }) => {
          if (key === 'Enter') commit();
          if (key === 'Escape') setTyped(undefined);
        }}
      />
      <Hint id={hintId} text={hint} />
    </label>
  );
}

function Hint({ id, text }: { readonly id: string; readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <span id={id} className={css.hint}>
      {text}
    </span>
  );
}

interface LinesFieldProps extends FieldProps {
  readonly values: readonly string[];
  readonly onCommit: (values: string[]) => void;
}

/** A list, an item a line. It counts once the field is left. */
export function LinesField({ label, hint, values, onCommit }: LinesFieldProps) {
  const [typed, setTyped] = useState<string>();
  const hintId = useId();
  const text = values.join('\n');
  const rows = Math.min(Math.max((typed ?? text).split('\n').length, 1), 8);
  return (
    <label className={form.field}>
      {label}
      <textarea
        className={`${css.lines} mono`}
        rows={rows}
        value={typed ?? text}
        spellCheck={false}
        autoCapitalize="none"
        aria-describedby={hint === undefined ? undefined : hintId}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={() => {
          if (typed !== undefined && typed !== text) onCommit(typed.split('\n').filter((line) => line !== ''));
          setTyped(undefined);
        }}
      />
      <Hint id={hintId} text={hint} />
    </label>
  );
}

interface SelectFieldProps extends FieldProps {
  readonly value: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly onCommit: (value: string) => void;
}

/** One of a few; what is none of them is shown too, for the server has something against it. */
export const SelectField = ({ label, value, options, onCommit }: SelectFieldProps) => (
  <label className={form.field}>
    {label}
    <select className={form.input} value={value} onChange={({ target }) => onCommit(target.value)}>
      {options.every(([each]) => each !== value) && <option value={value}>{value}</option>}
      {options.map(([each, name]) => (
        <option key={each} value={each}>
          {name}
        </option>
      ))}
    </select>
  </label>
);

interface CheckFieldProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onCommit: (checked: boolean) => void;
}

export const CheckField = ({ label, checked, onCommit }: CheckFieldProps) => (
  <label className={form.check}>
    <input type="checkbox" checked={checked} onChange={({ target }) => onCommit(target.checked)} />
    {label}
  </label>
);
