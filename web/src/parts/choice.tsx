import css from './choice.module.css';

interface ChoiceProps<Value> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly name: string }[];
  /** None is pressed where it is no option. */
  readonly value: Value | undefined;
  readonly onChoose: (value: Value) => void;
}

/** One of a few, all in sight. */
export const Choice = <Value,>({ label, options, value, onChoose }: ChoiceProps<Value>) => (
  <div className={css.choice} role="group" aria-label={label}>
    {options.map((option) => (
      <button
        key={option.name}
        type="button"
        aria-pressed={option.value === value}
        onClick={() => onChoose(option.value)}
      >
        {option.name}
      </button>
    ))}
  </div>
);
