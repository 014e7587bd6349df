import type { Passport } from '../../api/wire.ts';
import { formatBytes, shortDigest } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import css from './facts.module.css';

/** From the lowest up, each as large as it is. */
export function Layers({ passport: { facts } }: { readonly passport: Passport }) {
  if (facts === null) return null;
  const largest = Math.max(1, ...facts.layers.map((layer) => layer.size));
  return (
    <Panel title="Layers" aside="lowest first">
      <ol className={css.layers}>
        {facts.layers.map((layer, index) => (
          <li key={`${index} ${layer.diffId}`}>
            <span className="quiet">{index + 1}</span>
            <div className={css.bar}>
              <div className={css.fill} style={{ width: `${(layer.size / largest) * 100}%` }} />
            </div>
            <span style={{ textAlign: 'right' }}>{formatBytes(layer.size)}</span>
            <span className={css.by} title={layer.diffId}>
              {layer.createdBy ?? shortDigest(layer.diffId)}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
