import { useLive } from '../../api/live.ts';
import type { Overview } from '../../api/wire.ts';
import { formatBytes, formatCount, shortReference } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { ProgressBar } from '../../parts/progress.tsx';
import css from './overview-page.module.css';

/** What is being read now, as it is read; gone when there is nothing to read. */
export function Reading({ overview }: { readonly overview: Overview }) {
  const { reading: live } = useLive();
  const { current, waiting, failed, running } = overview.reading;
  if (waiting === 0 && running === 0 && current.length === 0) return null;
  return (
    <Panel
      title="Reading images"
      aside={`${formatCount(waiting)} waiting${failed > 0 ? ` · ${formatCount(failed)} failed` : ''}`}
    >
      <div className={css.reading}>
        <ProgressBar label="Images read" done={overview.images.read} total={overview.images.known} />
        {current.map(({ source, bytes, totalBytes }) => {
          const seen = live.get(source);
          const done = Math.max(bytes, seen?.bytes ?? 0);
          const total = totalBytes ?? seen?.totalBytes;
          return (
            <div key={source}>
              <div className={css.source}>
                <span className="clip">{shortReference(source)}</span>
                <span className="quiet">
                  {formatBytes(done)}
                  {total !== undefined && ` of ${formatBytes(total)}`}
                </span>
              </div>
              <ProgressBar label={`Reading ${source}`} done={done} total={total} />
            </div>
          );
        })}
      </div>
    </Panel>
  );
}
