import { Dialog } from '../parts/dialog.tsx';
import css from './help.module.css';
import { destinations } from './navigation.tsx';

const groups: readonly { readonly name: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  {
    name: 'Anywhere',
    keys: [
      ['/', 'Search: who runs …'],
      ['f', 'Filter this page'],
      ['?', 'This overview'],
      ['Esc', 'Close, or let go'],
    ],
  },
  { name: 'Go to', keys: destinations.map(({ key, name }) => [`g ${key}`, name]) },
  {
    name: 'In a table',
    keys: [
      ['↑ ↓', 'Move'],
      ['PgUp PgDn', 'Move by a page'],
      ['Home End', 'First and last row'],
      ['Enter', 'Open'],
    ],
  },
  {
    name: 'On a map',
    keys: [
      ['← → ↑ ↓', 'Move it'],
      ['+ -', 'Nearer, farther'],
      ['0', 'All of it'],
    ],
  },
];

export const Help = ({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) => (
  <Dialog title="Keyboard" open={open} onClose={onClose}>
    <div className={css.groups}>
      {groups.map((group) => (
        <section key={group.name} className={css.group}>
          <h3>{group.name}</h3>
          <dl className={css.keys}>
            {group.keys.map(([keys, meaning]) => (
              <div key={keys} style={{ display: 'contents' }}>
                <dt>
                  {keys.split(' ').map((key) => (
                    <span key={key}>
                      <kbd>{key}</kbd>{' '}
                    </span>
                  ))}
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  </Dialog>
);
