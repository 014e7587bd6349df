import { memo } from 'react';
import { formatCount, plural } from '../../../parts/format.ts';
import { type DrawnEdge, widthOf } from './draw-order.ts';
import type { EdgeCurve } from './edge-path.ts';
import css from './map.module.css';
import type { MapEdgeKind, MapNode } from './map-graph.ts';
import type { PlacedBox } from './place-boxes.ts';

const kinds: readonly MapEdgeKind[] = ['allowed', 'refused', 'observed', 'opened', 'closed'];

export const Patterns = () => (
  <defs>
    {kinds.map((kind) => (
      <marker
        key={kind}
        id={`arrow-${kind}`}
        viewBox="0 0 8 8"
        refX="3"
        refY="4"
        markerWidth="9"
        markerHeight="9"
        markerUnits="userSpaceOnUse"
        orient="auto"
      >
        <path className={css.arrow} data-kind={kind} d="M0,0.5L8,4L0,7.5z" />
      </marker>
    ))}
    <pattern id="uncharted" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect className={css.hatchGround} width="6" height="6" />
      <rect className={css.hatchLine} width="1.4" height="6" />
    </pattern>
  </defs>
);

interface NodeShapeProps {
  readonly node: MapNode;
  readonly box: PlacedBox;
  readonly near: boolean;
}

export const NodeShape = memo(({ node, box, near }: NodeShapeProps) => {
  const { kind, label, count, observes } = node;
  const { x, y, width, height } = box;
  const number = count === undefined ? '' : kind === 'project' ? plural(count, 'group') : formatCount(count);
  const isRound = kind === 'addresses' || kind === 'name' || kind === 'host';
  const inset = isRound ? 14 : 10;
  // Letters of a font that is wide.
  const room = Math.floor((width - 2 * inset - (number === '' ? 0 : number.length * 7 + 8)) / 8);
  return (
    <g
      className={css.node}
      data-node={node.id}
      data-kind={kind}
      data-near={near || undefined}
      transform={`translate(${x} ${y})`}
    >
      <title>{describeNode(node)}</title>
      {kind === 'project' && <rect className={css.behind} x={4} y={4} width={width} height={height} rx={6} />}
      <rect
        className={css.shape}
        width={width}
        height={height}
        rx={isRound ? height / 2 : 6}
        data-observes={observes || undefined}
      />
      <text className={css.name} x={inset} y={height / 2}>
        {label.length > room ? `${label.slice(0, Math.max(1, room - 1))}…` : label}
      </text>
      {number !== '' && (
        <text className={css.count} x={width - 10} y={height / 2}>
          {number}
        </text>
      )}
    </g>
  );
});

const nodeWords = {
  group: 'group',
  default: 'default group',
  project: 'compose project',
  addresses: 'addresses',
  name: 'DNS name',
  host: 'host',
} as const satisfies Record<MapNode['kind'], string>;

/** `group shop-web, 3 containers, observes`. */
export function describeNode({ kind, label, count, observes }: MapNode): string {
  const many = count === undefined ? [] : [kind === 'project' ? plural(count, 'group') : plural(count, 'container')];
  return [`${nodeWords[kind]} ${label}`, ...many, ...(observes ? ['only observes'] : [])].join(', ');
}

interface EdgeLineProps {
  readonly edge: DrawnEdge;
  readonly curve: EdgeCurve;
  readonly near: boolean;
  readonly selected: boolean;
  /** It happens now. */
  readonly live: boolean;
}

export const EdgeLine = memo(({ edge, curve: { path, middle }, near, selected, live }: EdgeLineProps) => {
  return (
    <g
      className={css.edge}
      data-edge={edge.id}
      data-kind={edge.kind}
      data-seen={edge.seen > 0 || undefined}
      data-busy={edge.busy || undefined}
      data-near={near || undefined}
      data-selected={selected || undefined}
      data-live={live || undefined}
    >
      <path className={css.grip} d={path} />
      <path className={css.line} d={path} strokeWidth={widthOf(edge.seen)} markerEnd={`url(#arrow-${edge.kind})`} />
      {near && edge.seen > 0 && (
        <text className={css.seen} x={middle.x} y={middle.y}>
          {formatCount(edge.seen)}
        </text>
      )}
    </g>
  );
});

interface ProjectBoxProps {
  readonly box: PlacedBox & { readonly project: string };
  readonly scale: number;
  /** Whether the names of its groups can be read; if not, its own is all that is. */
  readonly named: boolean;
}

export const ProjectBox = memo(({ box: { project, x, y, width, height } }: Pick<ProjectBoxProps, 'box'>) => (
  <g className={css.project} data-project={project}>
    <title>Compose project {project}: fold it</title>
    <rect className={css.box} x={x} y={y} width={width} height={height} rx={9} />
  </g>
));

/** Over the lines that cross it. */
export const ProjectName = memo(({ box, scale, named }: ProjectBoxProps) => {
  const { project, x, y, width, height } = box;
  const size = named ? 14 : Math.min(15 / scale, width / Math.max(4, project.length * 0.6), height * 0.7);
  return (
    <text
      className={css.projectName}
      x={named ? x + 12 : x + width / 2}
      y={named ? y + 14 : y + height / 2}
      textAnchor={named ? 'start' : 'middle'}
      fontSize={size}
    >
      {project}
    </text>
  );
});
