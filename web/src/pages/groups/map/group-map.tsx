import { type KeyboardEvent, type MouseEvent, useMemo, useRef, useState } from 'react';
import { IconButton } from '../../../parts/button.tsx';
import { plural } from '../../../parts/format.ts';
import { drawOrder } from './draw-order.ts';
import { layOutMap, type MapLayout } from './lay-out-map.ts';
import css from './map.module.css';
import type { MapGraph } from './map-graph.ts';
import { EdgeLine, NodeShape, Patterns, ProjectBox, ProjectName } from './map-parts.tsx';
import { routeEdges } from './route-edges.ts';
import { useMapView } from './use-map-view.ts';

interface GroupMapProps {
  readonly label: string;
  readonly graph: MapGraph;
  readonly selectedEdge?: string | undefined;
  readonly focused?: string | undefined;
  /** The project to be seen when another map is asked for. */
  readonly aim?: string | undefined;
  /** What the map was asked for: while that is the same, news of traffic leave what is in sight where it is. */
  readonly asked?: string | undefined;
  /** IDs of the API of edges where something was refused just now. */
  readonly live?: ReadonlySet<string> | undefined;
  readonly onNode: (id: string) => void;
  readonly onEdge: (id: string) => void;
  readonly onProject?: (project: string) => void;
}

/** Who is there and what is between them; not what was seen. */
const shapeOf = ({ nodes, edges }: MapGraph): string =>
  JSON.stringify([nodes.map(({ id, project, side, label }) => [id, project, side, label]), edges.map(({ id }) => id)]);

/** Around both ends of an edge. */
function boxOfEdge({ edges }: MapGraph, { nodes }: MapLayout, edge: string | undefined) {
  const { from = '', to = '' } = edges.find(({ id }) => id === edge) ?? {};
  const [a, b] = [nodes.get(from), nodes.get(to)];
  if (a === undefined || b === undefined) return undefined;
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    ...{
      x,
      y,
      width: Math.max(a.x + a.width, b.x + b.width) - x,
      height: Math.max(a.y + a.height, b.y + b.height) - y,
    },
  };
}

/** Names in the boxes are left out below this scale: nobody could read them. */
const namesFrom = 0.34;
const step = 60;

/**
 * Groups and what may pass between them, for the pointer; a table beside it says the same to whoever has none. Arrows move
 * it, plus and minus zoom, 0 shows all of it.
 */
export function GroupMap(props: GroupMapProps) {
  const { label, graph, selectedEdge, focused, aim, asked, live, onNode, onEdge, onProject } = props;
  const box = useRef<HTMLDivElement>(null);
  const shape = shapeOf(graph);
  // biome-ignore lint/correctness/useExhaustiveDependencies: where things are goes by the shape alone
  const layout = useMemo(() => layOutMap(graph), [shape]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  const routes = useMemo(() => routeEdges(graph, layout), [shape, layout]);
  const drawn = useMemo(() => drawOrder(graph), [graph]);
  const { view, zoom, move, fit, wasDragged, pointers } = useMapView(box, layout, asked, {
    part: layout.projects.find(({ project }) => project === aim),
    chosen: boxOfEdge(graph, layout, selectedEdge),
  });
  const [pointed, setPointed] = useState<string>();
  const edgeNear = graph.edges.find(({ id }) => id === (pointed ?? selectedEdge));
  const nodeNear = edgeNear === undefined ? (pointed ?? focused) : undefined;
  const isNear = ({ id, from, to }: { id: string; from: string; to: string }) =>
    edgeNear === undefined ? from === nodeNear || to === nodeNear : id === edgeNear.id;
  const hasNear = edgeNear !== undefined || graph.nodes.some(({ id }) => id === nodeNear);
  const nearNodes = new Set(hasNear ? drawn.filter(isNear).flatMap(({ from, to }) => [from, to]) : []);
  if (nodeNear !== undefined) nearNodes.add(nodeNear);

  const named = view.scale >= namesFrom;

  const onClick = (event: MouseEvent) => {
    if (wasDragged() || !(event.target instanceof Element)) return;
    const part = event.target.closest<SVGElement>('[data-node], [data-edge], [data-project]');
    const { node, edge, project } = part?.dataset ?? {};
    if (node !== undefined) onNode(node);
    else if (edge !== undefined) onEdge(edge);
    else if (project !== undefined) onProject?.(project);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== box.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = {
      ArrowLeft: () => move(step, 0),
      ArrowRight: () => move(-step, 0),
      ArrowUp: () => move(0, step),
      ArrowDown: () => move(0, -step),
      '+': () => zoom(1.25),
      '=': () => zoom(1.25),
      '-': () => zoom(0.8),
      '0': fit,
    }[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  return (
    <div className={css.frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields */}
      <div
        ref={box}
        className={css.map}
        role="group"
        aria-label={`${label}. Arrows move it, plus and minus zoom, 0 shows all of it.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what moves has to be reached by keyboard
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onPointerOver={(event) => {
          const part =
            event.target instanceof Element ? event.target.closest<SVGElement>('[data-node], [data-edge]') : null;
          setPointed(part?.dataset.node ?? part?.dataset.edge);
        }}
        onPointerLeave={() => setPointed(undefined)}
        {...pointers}
      >
        <svg
          className={css.drawing}
          role="img"
          aria-label={`${plural(graph.nodes.length, 'node')} and ${plural(graph.edges.length, 'edge')}`}
          data-near={hasNear || undefined}
          data-names={named || undefined}
        >
          <Patterns />
          <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
            {layout.projects.map((project) => (
              <ProjectBox key={project.id} box={project} />
            ))}
            {drawn.map((edge) => {
              const curve = routes.get(edge.id);
              if (curve === undefined) return null;
              return (
                <EdgeLine
                  key={edge.id}
                  edge={edge}
                  curve={curve}
                  near={hasNear && isNear(edge)}
                  selected={edge.id === selectedEdge}
                  live={edge.kind !== 'allowed' && edge.of.some((id) => live?.has(id))}
                />
              );
            })}
            {layout.projects.map((project) => (
              <ProjectName key={project.id} box={project} scale={named ? 1 : view.scale} named={named} />
            ))}
            {graph.nodes.map((node) => {
              const place = layout.nodes.get(node.id);
              if (place === undefined) return null;
              return <NodeShape key={node.id} node={node} box={place} near={nearNodes.has(node.id)} />;
            })}
          </g>
        </svg>
      </div>
      <div className={css.controls}>
        <IconButton icon="plus" label="Zoom in" onClick={() => zoom(1.3)} />
        <IconButton icon="minus" label="Zoom out" onClick={() => zoom(0.77)} />
        <IconButton icon="whole" label="Show all of the map" onClick={fit} />
      </div>
    </div>
  );
}
