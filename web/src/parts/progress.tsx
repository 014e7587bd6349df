import css from './progress.module.css';

interface ProgressBarProps {
  readonly label: string;
  readonly done?: number;
  /** Without it, only that something happens is known. */
  readonly total?: number | undefined;
}

export function ProgressBar({ label, done = 0, total }: ProgressBarProps) {
  const share = total === undefined || total === 0 ? undefined : Math.min(100, (done / total) * 100);
  return (
    <div
      className={css.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === undefined ? undefined : Math.round(share)}
    >
      {share === undefined ? (
        <div className={css.sweep} />
      ) : (
        <div className={css.fill} style={{ width: `${share}%` }} />
      )}
    </div>
  );
}
