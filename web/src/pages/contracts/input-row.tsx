import { memo, useEffect, useId, useRef, useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { formatAgo, plural } from '../../parts/format.ts';
import { Icon } from '../../parts/icon.tsx';
import { StateMark, type StateTone } from '../../parts/state-mark.tsx';
import { visibleText } from '../../parts/visible-text.ts';
import { canBeAdded, describeLine, lineFor, type Row } from './contract-fields.ts';
import css from './contracts.module.css';
import { RowForm } from './row-form.tsx';
import { Seen } from './seen.tsx';
import type { ContractText } from './use-contract-text.ts';

const states: Readonly<Record<Row['state'], readonly [StateTone, word: string, meaning: string]>> = {
  unfit: ['bad', 'does not fit', 'In some starts the contract has something against it'],
  unlisted: ['turned', 'not listed', 'It was passed, and the contract has no line for it'],
  fits: ['good', 'fits', 'All that was seen of it is as the contract says'],
  unseen: ['unknown', 'never seen', 'The contract lists it, and no recorded start passed it'],
  unread: ['unknown', 'not looked at', 'Recorded starts were not looked at yet'],
  open: ['unknown', 'any allowed', 'The contract says nothing of these: any may be passed'],
};

interface InputRowProps {
  readonly row: Row;
  readonly isWanted: boolean;
  readonly onAdd: (row: Row) => void;
  readonly onChange: ContractText['change'];
}

/** What the contract says of one input, beside what was seen; opened, with the controls to change it. */
export const InputRow = memo(
  function InputRow({ row, isWanted, onAdd, onChange }: InputRowProps) {
    const [isOpen, setOpen] = useState(isWanted);
    const id = useId();
    const element = useRef<HTMLLIElement>(null);
    useEffect(() => {
      if (isWanted) element.current?.scrollIntoView({ block: 'center' });
    }, [isWanted]);
    const { place, name, line, input, state } = row;
    const [tone, word, meaning] = states[state];
    const shown = name === '' ? 'words without a flag' : visibleText(name);
    return (
      <li ref={element} className={css.row} data-open={isOpen || undefined}>
        <div className={css.rowHead}>
          <button
            type="button"
            className={css.toggle}
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="down" size={14} />
            <StateMark tone={tone} word={word} meaning={meaning} />
            <span className={css.name}>
              <code className={name === '' ? 'quiet' : undefined}>
                <bdi>{shown}</bdi>
              </code>
            </span>
            <span className={line ? css.says : 'quiet clip'}>
              {line ? visibleText(describeLine(place, line.fields)) : offered(row)}
            </span>
            <span className={`${css.seenBrief} soft`}>{state === 'unread' ? '' : briefOf(input)}</span>
          </button>
          {!line && canBeAdded(row) && (
            <Button icon="plus" aria-label={`Add ${shown}`} onClick={() => onAdd(row)}>
              Add
            </Button>
          )}
        </div>
        {isOpen && (
          <div id={id} className={css.rowBody}>
            <section aria-label={`What the contract says of ${shown}`}>
              <h3>The contract says</h3>
              {line ? (
                <RowForm place={place} line={line} input={input} onChange={onChange} />
              ) : (
                <p className="soft">
                  {canBeAdded(row)
                    ? state === 'open'
                      ? 'Nothing: any of these may be passed. Adding it closes the list: what else was seen has to be added too.'
                      : 'Nothing: it is not listed.'
                    : 'Nothing, and it cannot: a document has no words for this name.'}
                </p>
              )}
            </section>
            <section aria-label={`What was seen of ${shown}`}>
              <h3>Seen in recorded starts</h3>
              {state === 'unread' ? <p className="quiet">They were not looked at yet.</p> : <Seen input={input} />}
            </section>
          </div>
        )}
      </li>
    );
  },
  (a, b) => a.isWanted === b.isWanted && a.onChange === b.onChange && isSame(a.row, b.row),
);

/** Rows are made anew with each change of the text: those that say the same need not be drawn again. */
function isSame(a: Row, b: Row): boolean {
  return a.state === b.state && a.input === b.input && JSON.stringify(a.line) === JSON.stringify(b.line);
}

function offered(row: Row): string {
  if (!canBeAdded(row)) return 'cannot be listed';
  const line = lineFor(row);
  return typeof line === 'object' && line !== null
    ? `as ${visibleText(describeLine(row.place, line as Row['name'] & object))}`
    : '';
}

function briefOf(input: Row['input']): string {
  if (!input?.seen) return 'not seen';
  const { starts, lastAt } = input.seen;
  const against = input.listed ? input.unfit.reduce((sum, each) => sum + each.starts, 0) : 0;
  const many =
    against > 0
      ? `not in ${Math.min(against, Math.max(starts, against))} of ${plural(starts, 'start')}`
      : plural(starts, 'start');
  return `${many}, ${formatAgo(lastAt)}`;
}
