import type { MapGraph } from './map/map-graph.ts';
import { foldProjects, keepEdges, keepNodes } from './map/narrow-graph.ts';

export interface MapChoice {
  /** ID of a node of the API: with its neighbors alone. */
  readonly focus?: string | undefined;
  readonly project?: string | undefined;
  readonly mode?: 'enforce' | 'observe' | undefined;
  readonly only?: 'refused' | undefined;
}

/** With more groups than this, projects are drawn as one each until they are opened. */
const foldFrom = 45;

/** What is asked for. */
export function chooseGraph(graph: MapGraph, { focus, project, mode, only }: MapChoice): MapGraph {
  let chosen = graph;
  if (only === 'refused') chosen = keepEdges(chosen, ({ kind }) => kind === 'refused' || kind === 'observed');
  if (project !== undefined) chosen = keepNodes(chosen, (node) => node.project === project);
  if (mode !== undefined) {
    chosen = keepNodes(chosen, ({ side, observes }) => side === 'within' && observes === (mode === 'observe'));
  }
  if (focus !== undefined) chosen = keepNodes(chosen, ({ of }) => of === focus);
  return chosen;
}

/** As it is drawn: so that names can be read, projects are folded where there is much and nothing is looked for. */
export function foldGraph(graph: MapGraph, choice: MapChoice, open: ReadonlySet<string>): MapGraph {
  if (choice.focus !== undefined) return graph;
  const groups = graph.nodes.filter(({ side }) => side === 'within').length;
  if (groups <= foldFrom) return foldProjects(graph, (project) => !open.has(project));
  return foldProjects(graph, (project) => open.has(project) || project === choice.project);
}

/** Those that have at least two groups can be folded, and chosen. */
export function projectNames({ nodes }: MapGraph): readonly string[] {
  return [...new Set(nodes.flatMap(({ project }) => (project === '' ? [] : project)))].toSorted();
}
