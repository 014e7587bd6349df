import { useMemo } from 'react';
import { formatCount, formatTime } from '../../parts/format.ts';
import { type Interval, marksOf, runningOverTime, shareOf, type TimeWindow } from './time-window.ts';
import css from './timeline.module.css';

interface TimelineProps {
  readonly intervals: readonly Interval[];
  /** How many there are, of which these may be the latest only. */
  readonly total: number;
  readonly window: TimeWindow;
  readonly at: number;
  readonly onAt: (instant: number) => void;
}

const steps = 240;
const minute = 60_000;
const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
const dayOfMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** How many ran over time, with a slider for the instant to look at. */
export function Timeline({ intervals, total, window, at, onAt }: TimelineProps) {
  const running = useMemo(() => runningOverTime(intervals, window, steps), [intervals, window]);
  const most = Math.max(1, ...running);
  const marks = useMemo(() => marksOf(window), [window]);
  const share = shareOf(at, window);
  const outline = useMemo(() => outlineOf(running, most), [running, most]);
  return (
    <div className={css.timeline}>
      <span className={css.caption}>
        running at once: at most {formatCount(most)}
        {intervals.length < total &&
          `, of the latest ${formatCount(intervals.length)} of ${formatCount(total)} intervals`}
      </span>
      <div className={css.plot}>
        <svg viewBox={`0 0 ${steps - 1} 100`} preserveAspectRatio="none" aria-hidden="true">
          <path className={css.area} d={`${outline}V100H0Z`} />
          <path className={css.line} d={outline} />
        </svg>
        {marks.map((mark) => (
          <span key={mark} className={css.mark} style={{ left: `${shareOf(mark, window) * 100}%` }}>
            {(mark % 86_400_000 === 0 ? dayOfMonth : timeOfDay).format(mark)}
          </span>
        ))}
        <div
          className={css.cursor}
          style={{ left: `${share * 100}%` }}
          data-edge={share > 0.93 ? 'end' : share < 0.07 ? 'start' : undefined}
        >
          <span className={css.flag}>{at >= window.to ? 'now' : formatTime(new Date(at).toISOString())}</span>
        </div>
        <input
          className={css.slider}
          type="range"
          aria-label="Instant to look at"
          aria-valuetext={at >= window.to ? 'now' : `${formatTime(new Date(at).toISOString())} UTC`}
          min={Math.floor(window.from / minute)}
          max={Math.ceil(window.to / minute)}
          value={Math.round(at / minute)}
          onChange={(event) => onAt(Number(event.target.value) * minute)}
        />
      </div>
    </div>
  );
}

/** Steps, not slopes: between two events the number does not change. */
function outlineOf(running: Uint32Array, most: number): string {
  const height = (count: number) => (100 - (count / most) * 100).toFixed(1);
  let path = `M0 ${height(running[0] ?? 0)}`;
  for (let step = 1; step < running.length; step += 1) path += `H${step}V${height(running[step] ?? 0)}`;
  return path;
}

/** The life of one container in the same window. */
export function Life({
  interval,
  window,
  at,
  exact,
}: {
  readonly interval: Interval;
  readonly window: TimeWindow;
  readonly at: number;
  readonly exact: boolean;
}) {
  const start = shareOf(Date.parse(interval.started), window);
  const end = interval.ended === null ? 1 : shareOf(Date.parse(interval.ended), window);
  const words = `from ${formatTime(interval.started)} to ${interval.ended === null ? 'now' : formatTime(interval.ended)} UTC`;
  return (
    <div className={css.life} role="img" aria-label={words} title={words}>
      <div
        className={css.span}
        data-ended={interval.ended !== null || undefined}
        data-open-end={!exact || undefined}
        style={{ left: `min(${start * 100}%, 100% - 4px)`, width: `${Math.max(0.2, (end - start) * 100)}%` }}
      />
      <div className={css.hair} style={{ left: `${shareOf(at, window) * 100}%` }} />
    </div>
  );
}
