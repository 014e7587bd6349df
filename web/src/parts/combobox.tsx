import { type KeyboardEvent, useId, useState } from 'react';
import css from './combobox.module.css';

export interface ComboboxOption {
  readonly key: string;
  readonly value: string;
  readonly detail: string;
}
interface ComboboxProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly inputClass?: string | undefined;
  readonly options: readonly ComboboxOption[];
  readonly onChange: (value: string) => void;
  /** A suggestion was taken, or Enter was pressed on what is typed. */
  readonly onChoose: (value: string) => void;
}

/** A text box with suggestions, after the combobox pattern of the ARIA Authoring Practices 1.2. */
export function Combobox({ id, label, value, placeholder, inputClass, options, onChange, onChoose }: ComboboxProps) {
  const listId = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const shown = open && options.length > 0;
  const choose = (chosen: string) => {
    setOpen(false);
    setActive(-1);
    onChoose(chosen);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setOpen(true);
      if (options.length > 0)
        setActive((now) => (now + step + options.length + (now < 0 && step < 0 ? 1 : 0)) % options.length);
    } else if (event.key === 'Enter') {
      choose((shown ? options[active]?.value : undefined) ?? value);
    } else if (event.key === 'Escape') {
      if (shown) setOpen(false);
      else event.currentTarget.blur();
    } else return;
    event.preventDefault();
  };
  return (
    <div className={css.box}>
      <input
        id={id}
        className={inputClass}
        type="text"
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={listId}
        aria-activedescendant={shown && active >= 0 ? `${listId}-${active}` : undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={value}
        placeholder={placeholder}
        onChange={(event) => {
          onChange(event.target.value);
          setActive(-1);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setOpen(false)}
      />
      {shown && (
        <ul id={listId} className={css.list} role="listbox" aria-label="Suggestions">
          {options.map((option, index) => (
            <li
              key={option.key}
              id={`${listId}-${index}`}
              className={css.option}
              role="option"
              aria-selected={index === active}
              onPointerMove={() => setActive(index)}
              onPointerDown={(event) => {
                event.preventDefault();
                choose(option.value);
              }}
            >
              <span>{option.value}</span>
              <span className={css.detail}>{option.detail}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
