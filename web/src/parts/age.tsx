import css from './age.module.css';
import { formatAge, formatTime } from './format.ts';

interface AgeProps {
  readonly days: number | null;
  readonly created?: string | null;
}

/** How old something is; warm after half a year, warmer after two. */
export function Age({ days, created }: AgeProps) {
  if (days === null) {
    return (
      <span className="quiet" title="The image does not say when it was made">
        not known
      </span>
    );
  }
  const old = days >= 730 ? 'ancient' : days >= 180 ? 'old' : undefined;
  return (
    <span
      className={css.age}
      data-old={old}
      title={typeof created === 'string' ? `${formatTime(created)} UTC` : undefined}
    >
      {formatAge(days)}
    </span>
  );
}
