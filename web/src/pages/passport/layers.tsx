import type { Passport } from '../../api/wire.ts';
import { formatBytes, formatCount, plural, shortDigest } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import css from './facts.module.css';

/** From the lowest up, each as large as it is. */
export function Layers({ passport }: { readonly passport: Passport }) {
  const { facts } = passport;
  if (facts === null) return null;
  const largest = Math.max(1, ...facts.layers.map((layer) => layer.size));
  const baseLayers = facts.baseImage?.layers ?? 0;
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
            <span className="soft">{broughtBy(passport, index)}</span>
            <span className={css.by} title={layer.diffId}>
              {index < baseLayers && <span className={css.base}>base</span>}
              {layer.createdBy ?? shortDigest(layer.diffId)}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** What a layer brought, in a few words. */
function broughtBy({ components, findings, observations }: Passport, layer: number): string {
  const brought = components.filter((component) => component.layer === layer && component.ownedBy === null).length;
  const flaws = new Set(findings.filter(({ evidence }) => evidence.layer === layer).map(({ advisory }) => advisory))
    .size;
  const seen = observations.filter((observation) => observation.layer === layer).length;
  return [
    ...(brought > 0 ? [plural(brought, 'component')] : []),
    ...(flaws > 0 ? [plural(flaws, 'flaw')] : []),
    ...(seen > 0 ? [`${formatCount(seen)} seen in files`] : []),
  ].join(', ');
}
