import { useMemo, useRef, useState } from 'react';
import type { ContractSight } from '../../api/wire.ts';
import { Choice } from '../../parts/choice.tsx';
import { FilterBox } from '../../parts/filter-box.tsx';
import { Notice } from '../../parts/notice.tsx';
import { type ContractFields, inSteadyOrder, type ListPlace, type Row, rowsOf } from './contract-fields.ts';
import css from './contracts.module.css';
import { General } from './general.tsx';
import { InputList } from './input-list.tsx';
import type { ContractText } from './use-contract-text.ts';

interface InputsProps {
  readonly fields: ContractFields;
  readonly sight: ContractSight | undefined;
  readonly onChange: ContractText['change'];
  /** The name of an input that is opened. */
  readonly wanted: string | undefined;
  readonly isBusy: boolean;
}

const shown = [
  { value: 'all', name: 'All' },
  { value: 'look', name: 'To look at' },
  { value: 'unseen', name: 'Never seen' },
] as const;
type Shown = (typeof shown)[number]['value'];

const places: readonly ListPlace[] = ['variable', 'argument', 'mount', 'file', 'port', 'user'];

function isShown({ state }: Row, show: Shown): boolean {
  if (show === 'look') return state === 'unfit' || state === 'unlisted';
  return show === 'all' || state === 'unseen';
}

/** Each input with what the contract says of it, beside what was seen. */
export function Inputs({ fields, sight, onChange, wanted, isBusy }: InputsProps) {
  const [show, setShow] = useState<Shown>('all');
  const [search, setSearch] = useState('');
  // Until something is known there is no order to keep.
  const view = sight === undefined ? 'none' : `${sight.days} ${show}`;
  const order = useRef({ view, ranks: new Map<string, number>() });
  const lists = useMemo(() => {
    if (order.current.view !== view) order.current = { view, ranks: new Map() };
    const { ranks } = order.current;
    return places.map((place) => ({ place, rows: inSteadyOrder(rowsOf(place, fields, sight?.inputs), ranks) }));
  }, [fields, sight, view]);
  const text = search.trim().toLowerCase();
  const isNarrowed = show !== 'all' || text !== '';
  const narrowed = lists.map(({ place, rows }) => ({
    place,
    all: rows,
    rows: rows.filter((row) => isShown(row, show) && row.name.toLowerCase().includes(text)),
  }));
  const isNone = isNarrowed && narrowed.every(({ rows }) => rows.length === 0);
  return (
    <div className={css.inputs} aria-busy={isBusy}>
      <General
        fields={fields}
        onChange={onChange}
        entrypoint={sight?.inputs.find(({ place }) => place === 'entrypoint')}
      />
      <div className={css.tools}>
        <Choice<Shown> label="Inputs shown" options={shown} value={show} onChoose={setShow} />
        <FilterBox label="Filter inputs" value={search} onChange={setSearch} />
      </div>
      {isNone && (
        <Notice
          tone="calm"
          title={show === 'look' ? 'Nothing to look at: all that was seen fits.' : 'No input is like that.'}
        />
      )}
      {narrowed
        .filter(({ rows }) => !isNarrowed || rows.length > 0)
        .map(({ place, all, rows }) => (
          <InputList
            key={place}
            place={place}
            rows={rows}
            all={all}
            isOpen={fields.lists[place] === undefined}
            wanted={wanted}
            onChange={onChange}
          />
        ))}
    </div>
  );
}
