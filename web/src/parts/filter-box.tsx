import css from './filter-box.module.css';
import { Icon } from './icon.tsx';

/** The filter of the page; the key `f` finds it by this ID. */
export const filterId = 'page-filter';

interface FilterBoxProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export const FilterBox = ({ label, value, onChange }: FilterBoxProps) => (
  <label className={css.box}>
    <Icon name="search" size={15} />
    <span className="visually-hidden">{label}</span>
    <input
      id={filterId}
      className={css.input}
      type="search"
      value={value}
      placeholder={label}
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && value === '') event.currentTarget.blur();
      }}
    />
  </label>
);
