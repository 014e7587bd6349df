import css from './groups.module.css';
import type { MapEdgeKind, MapGraph } from './map/map-graph.ts';

const words = {
  allowed: 'allowed, the thicker the more it was used; gray: never used',
  refused: 'refused',
  observed: 'passed, would be refused',
  opened: 'would be opened',
  closed: 'would be closed',
} as const satisfies Record<MapEdgeKind, string>;

/** What the lines mean, of those that are there. */
export function Legend({ graph }: { readonly graph: MapGraph }) {
  const there = new Set(graph.edges.map(({ kind }) => kind));
  const folded = graph.nodes.some(({ kind }) => kind === 'project');
  return (
    <ul className={css.legend} aria-label="Lines of the map">
      {(Object.keys(words) as MapEdgeKind[])
        .filter((kind) => there.has(kind))
        .map((kind) => (
          <li key={kind} data-kind={kind}>
            {words[kind]}
          </li>
        ))}
      {folded && <li>a project with its groups: click to open it</li>}
    </ul>
  );
}
