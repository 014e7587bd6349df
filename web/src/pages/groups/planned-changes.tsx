import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { FlowView, GroupMap as GroupMapAnswer, GroupPlan, PlannedEdge } from '../../api/wire.ts';
import { formatAgo, formatCount, plural } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Source } from './edge-panel.tsx';
import { describePeer, describePort, describeRecordings, groupOf } from './group-words.ts';
import css from './groups.module.css';
import { Legend } from './legend.tsx';
import { GroupMap } from './map/group-map.tsx';
import page from './plan-page.module.css';
import { plannedGraph } from './planned-graph.ts';
import { Remarks } from './remarks.tsx';

interface PlannedChangesProps {
  readonly plan: GroupPlan;
  readonly map: GroupMapAnswer | undefined;
}

/** What would be opened, what closed, and what of what was seen would break. */
export function PlannedChanges({ plan, map }: PlannedChangesProps) {
  const { opened, closed, moreEdges, broken, moreBroken, recordings, remarks, changes } = plan;
  const changed = changes.filter(({ change }) => change !== 'none').length;
  const brokenTotal = broken.length + moreBroken;
  return (
    <>
      <p role="status">
        {plural(changed, 'document')} would change: {plural(opened.length, 'connection')} opened,{' '}
        {formatCount(closed.length)} closed
        {moreEdges > 0 && `, and ${formatCount(moreEdges)} more of both`}.
      </p>
      <Notice
        tone={brokenTotal > 0 ? 'bad' : 'calm'}
        title={
          brokenTotal > 0
            ? `${plural(brokenTotal, 'kind')} of connections seen until now would be refused.`
            : 'Nothing seen until now would be refused.'
        }
      >
        {describeRecordings(recordings)} What was not seen in that time may still break.
      </Notice>
      {broken.length > 0 && (
        <Panel title="Would break" aside={plural(brokenTotal, 'kind of connection', 'kinds of connections')}>
          <ul className={css.list}>
            {broken.map((flow) => (
              <Broken
                key={`${flow.container.id} ${flow.direction} ${describePeer(flow.peer)} ${describePort(flow)}`}
                flow={flow}
              />
            ))}
          </ul>
        </Panel>
      )}
      {opened.length + closed.length > 0 && (
        <Panel title="Map of what would change">
          <PlannedMap plan={plan} map={map} />
        </Panel>
      )}
      <Edges title="Opened" tone="opened" edges={opened} none="Nothing would be opened." />
      <Edges title="Closed" tone="closed" edges={closed} none="Nothing would be closed." />
      <Remarks remarks={remarks} />
    </>
  );
}

function PlannedMap({ plan, map }: PlannedChangesProps) {
  const navigate = useNavigate();
  const graph = useMemo(() => plannedGraph(plan, map), [plan, map]);
  return (
    <div className={page.map}>
      <GroupMap
        label="Map of what would change"
        graph={graph}
        onNode={(id) => {
          const group = groupOf(graph.nodes.find((node) => node.id === id)?.of ?? '');
          if (group !== undefined) window.open(`/groups/${encodeURIComponent(group)}`, '_blank', 'noopener');
        }}
        onEdge={(id) => {
          const edge = graph.edges.find((each) => each.id === id)?.of[0];
          const row = document.getElementById(rowId(edge ?? ''));
          if (row !== null) row.scrollIntoView({ block: 'center' });
          else if (edge !== undefined) void navigate({ to: '/groups', search: { edge } });
        }}
      />
      <Legend graph={graph} />
    </div>
  );
}

const rowId = (edge: string): string => `planned-${edge}`;

interface EdgesProps {
  readonly title: string;
  readonly tone: 'opened' | 'closed';
  readonly edges: readonly PlannedEdge[];
  readonly none: string;
}

const Edges = ({ title, tone, edges, none }: EdgesProps) => (
  <Panel title={title} aside={plural(edges.length, 'connection')}>
    {edges.length === 0 ? (
      <p className="soft">{none}</p>
    ) : (
      <ul className={css.list}>
        {edges.map(({ id, from, to, connections, sources }) => (
          <li key={id} id={rowId(id)}>
            <span className={page.mark} data-tone={tone}>
              {tone === 'opened' ? '+' : '−'}
            </span>{' '}
            <strong>
              {from.name} → {to.name}
            </strong>{' '}
            <code>{connections}</code>
            <div className="soft">
              {sources.map((source, index) => (
                <span key={`${source.document} ${source.path}`}>
                  {index > 0 && ', '}
                  <Source source={source} />
                </span>
              ))}
            </div>
          </li>
        ))}
      </ul>
    )}
  </Panel>
);

function Broken({ flow }: { readonly flow: FlowView }) {
  const { container, peer, direction, attempts, last, edge } = flow;
  const [from, to] =
    direction === 'outbound' ? [container.name, describePeer(peer)] : [describePeer(peer), container.name];
  return (
    <li>
      <strong>
        {from} → {to}
      </strong>{' '}
      {describePort(flow)}
      <div className="soft">
        seen {formatCount(attempts)}×, last {formatAgo(last)}
        {edge !== null && (
          <>
            {' '}
            <Link to="/traffic" search={{ edge }}>
              in the traffic
            </Link>
          </>
        )}
      </div>
    </li>
  );
}
