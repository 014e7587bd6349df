import type { Impact } from '../../api/wire.ts';
import { formatCount } from '../../parts/format.ts';
import css from './advisory-page.module.css';

const height = 72;

/** Containers that ran what is known to be affected now, a bar for each day. */
export function ImpactChart({ history }: Pick<Impact, 'history'>) {
  const most = Math.max(1, ...history.map(({ running }) => running));
  const [first, last] = [history[0], history.at(-1)];
  if (first === undefined || last === undefined) return <p className="quiet">Nothing that is here has it.</p>;
  const said = `${formatCount(last.running)} ran today; at most ${formatCount(most)} in the last ${history.length} days`;
  return (
    <figure className={css.chart}>
      <svg viewBox={`0 0 ${history.length * 6} ${height}`} preserveAspectRatio="none" role="img" aria-label={said}>
        {history.map(({ day, running }, index) => {
          const tall = running === 0 ? 1 : Math.max(2, (running / most) * height);
          return (
            <rect
              key={day}
              x={index * 6}
              y={height - tall}
              width={4.6}
              height={tall}
              data-zero={running === 0 || undefined}
            >
              <title>{`${day}: ${formatCount(running)}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption>
        <span>{first.day}</span>
        <span>{said}</span>
        <span>{last.day}</span>
      </figcaption>
    </figure>
  );
}
