import { useMemo, useState } from 'react';
import type { RegistryDiff } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { formatCount, plural } from '../../parts/format.ts';
import { MatrixCell } from './matrix-cell.tsx';
import css from './registries.module.css';
import { type RowChoice, rowsShown } from './rows-shown.ts';
import { ScrollBox } from './scroll-box.tsx';
import { wordsOf } from './words-of.ts';

interface MatrixProps {
  readonly diff: RegistryDiff;
  readonly choice: RowChoice;
}

/** More rows than this are put into the page when asked for: a table of ten thousand would hold it up. */
const atOnce = 200;

/** A row for each tag, a column for each registry. */
export function Matrix({ diff, choice }: MatrixProps) {
  const [most, setMost] = useState(atOnce);
  const { registries } = diff;
  const { repository, all } = choice;
  const rows = useMemo(() => rowsShown(diff, { repository, all }), [diff, repository, all]);
  if (rows.length === 0) return <Nothing diff={diff} choice={choice} />;
  return (
    <>
      <ScrollBox label="Tags by registry">
        <table className={`${css.table} ${css.matrix}`}>
          <caption className="visually-hidden">What each registry has of each tag</caption>
          <thead>
            <tr>
              <th scope="col">Repository and tag</th>
              {registries.map(({ name, host }) => (
                <th key={name} scope="col" title={host}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((row) => (
              <tr key={`${row.repository}:${row.tag}`}>
                <th scope="row">
                  <span className="soft">{row.repository}</span>:<wbr />
                  {row.tag}
                </th>
                {registries.map(({ name }, at) => (
                  <MatrixCell key={name} cell={row.cells[at]} words={wordsOf(registries, row, at)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {rows.length > most && (
        <div className={css.tools}>
          <Button onClick={() => setMost(most + atOnce)}>
            Show {formatCount(Math.min(atOnce, rows.length - most))} more
          </Button>
          <span className="quiet">
            {formatCount(most)} of {plural(rows.length, 'row')} shown
          </span>
        </div>
      )}
    </>
  );
}

/** Why there is no row: nothing was there, nothing fits, nothing differs, or nothing that could be looked at does. */
function Nothing({ diff: { rows, unknown }, choice }: Pick<MatrixProps, 'diff' | 'choice'>) {
  if (rows.length === 0) return <p className="soft">No tag was found to compare.</p>;
  if (choice.all) return <p className="soft">No tag fits.</p>;
  if (choice.repository !== '') return <p className="soft">No tag that fits is known to differ.</p>;
  return <p className="soft">{unknown > 0 ? 'Nothing that could be looked at differs.' : 'Nothing differs.'}</p>;
}
