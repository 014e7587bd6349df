import { useCallback, useId, useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Choice } from '../../parts/choice.tsx';
import form from '../../parts/form.module.css';
import { plural } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { canBeAdded, type ListPlace, lineFor, listPaths, type Row } from './contract-fields.ts';
import { addTo, setIn } from './contract-text.ts';
import css from './contracts.module.css';
import { InputRow } from './input-row.tsx';
import type { ContractText } from './use-contract-text.ts';

const words: Readonly<Record<ListPlace, { readonly title: string; readonly one: string; readonly hint: string }>> = {
  variable: { title: 'Variables', one: 'a variable', hint: 'LOG_LEVEL' },
  argument: { title: 'Arguments', one: 'an argument', hint: '--port, or nothing for a word without a flag' },
  mount: { title: 'Mounts', one: 'a mount', hint: '/data' },
  file: { title: 'Config files', one: 'a config file', hint: '/etc/web/config.json' },
  port: { title: 'Ports', one: 'a port', hint: '8080' },
  user: { title: 'Users', one: 'a user', hint: '1000:1000' },
};

interface InputListProps {
  readonly place: ListPlace;
  readonly rows: readonly Row[];
  /** Those that are not shown too. */
  readonly all: readonly Row[];
  /** It has no list of these: any may be passed. */
  readonly isOpen: boolean;
  readonly wanted: string | undefined;
  readonly onChange: ContractText['change'];
}

/** One list of a contract, and what was seen that belongs into it. */
export function InputList({ place, rows, all, isOpen, wanted, onChange }: InputListProps) {
  const { title } = words[place];
  const path = listPaths[place];
  const [more, setMore] = useState(false);
  const [added, setAdded] = useState<string>();
  const add = useCallback(
    (row: Pick<Row, 'place' | 'name' | 'input'>) => onChange((text) => withLine(text, row)),
    [onChange],
  );
  const addable = all.filter((row) => (row.state === 'unlisted' || row.state === 'open') && canBeAdded(row));
  const listed = all.filter(({ line }) => line !== undefined).length;
  const atOnce = 60;
  const few = more || rows.length <= atOnce + 10 ? rows : rows.slice(0, atOnce);
  return (
    <Panel title={title} aside={isOpen ? 'any may be passed' : plural(listed, 'line')}>
      <div className={css.listTools}>
        <Choice
          label={`${title} that may be passed`}
          options={choices}
          value={isOpen ? 'any' : 'listed'}
          onChoose={(chosen) => {
            if ((chosen === 'any') === isOpen) return;
            onChange((text) =>
              setIn(text, path, chosen === 'any' ? undefined : place === 'variable' || place === 'file' ? {} : []),
            );
          }}
        />
        {addable.length > 0 && (
          <Button icon="plus" onClick={() => onChange((text) => addable.reduce(withLine, text))}>
            Add {addable.length === 1 ? 'the one' : `all ${addable.length}`} seen and not listed
          </Button>
        )}
      </div>
      {few.length > 0 && (
        <ul className={css.rows} aria-label={title}>
          {few.map((row) => (
            <InputRow
              key={row.key}
              row={row}
              isWanted={wanted === row.name || (added === row.name && row.line !== undefined)}
              onAdd={add}
              onChange={onChange}
            />
          ))}
        </ul>
      )}
      {few.length === 0 && (
        <p className="quiet">
          {isOpen ? 'Any may be passed, and none was seen.' : 'None may be passed, and none was seen.'}
        </p>
      )}
      {few.length < rows.length && (
        <div className={css.more}>
          <Button onClick={() => setMore(true)}>Show the other {rows.length - few.length}</Button>
        </div>
      )}
      <AddLine
        place={place}
        known={new Set(all.filter(({ line }) => line).map(({ name }) => name))}
        onAdd={(row) => {
          add(row);
          setAdded(row.name);
        }}
      />
    </Panel>
  );
}

const choices = [
  { value: 'listed', name: 'Only these' },
  { value: 'any', name: 'Any' },
] as const;

/** The text with a line more. */
function withLine(text: string, row: Pick<Row, 'place' | 'name' | 'input'>): string {
  const path = listPaths[row.place];
  const isMap = row.place === 'variable' || row.place === 'file';
  return isMap ? setIn(text, [...path, row.name], lineFor(row)) : addTo(text, path, lineFor(row));
}

function AddLine({
  place,
  known,
  onAdd,
}: {
  readonly place: ListPlace;
  readonly known: ReadonlySet<string>;
  readonly onAdd: (row: Pick<Row, 'place' | 'name' | 'input'>) => void;
}) {
  const id = useId();
  const [name, setName] = useState('');
  const { one, hint } = words[place];
  const isTwice = known.has(name.trim()) && place !== 'argument';
  const isNone = name === '' && place !== 'argument';
  return (
    <form
      className={css.add}
      onSubmit={(event) => {
        event.preventDefault();
        if (isTwice || isNone) return;
        onAdd({ place, name: name.trim(), input: undefined });
        setName('');
      }}
    >
      <label htmlFor={id} className="visually-hidden">
        Add {one}
      </label>
      <input
        id={id}
        className={`${form.input} mono`}
        value={name}
        placeholder={hint}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        onChange={({ target }) => setName(target.value.trimStart())}
      />
      <Button type="submit" icon="plus" disabled={isTwice || isNone}>
        Add {one}
      </Button>
      {isTwice && <span className="quiet">It is listed already.</span>}
    </form>
  );
}
