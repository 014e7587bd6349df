import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { flowsQuery } from '../../api/group-queries.ts';
import type { FlowView, GroupEdge, TrafficSourceView } from '../../api/wire.ts';
import { IconButton } from '../../parts/button.tsx';
import { formatAgo, formatCount, formatTime, plural } from '../../parts/format.ts';
import { ErrorNotice } from '../../parts/notice.tsx';
import { DraftRules } from './draft-rules-button.tsx';
import {
  describeAttempts,
  describePeer,
  describePort,
  groupOf,
  groupOfDocument,
  type NameOf,
  outcomeWords,
} from './group-words.ts';
import css from './groups.module.css';

interface EdgePanelProps {
  /** Several where the map has one line for all between two projects. */
  readonly edges: readonly GroupEdge[];
  readonly nameOf: NameOf;
  /** What was seen there alone. */
  readonly host: string | undefined;
  readonly onChoose: (id: string) => void;
  readonly onClose: () => void;
}

/** Of a line of the map: the rules that decide, what they let pass, and what was seen. */
export function EdgePanel({ edges, nameOf, host, onChoose, onClose }: EdgePanelProps) {
  const [first] = edges;
  if (first === undefined) return null;
  return (
    <section className={css.panel} aria-label="Connection">
      <div className={css.panelHead}>
        <h2>{edges.length === 1 ? 'Connection' : plural(edges.length, 'connection')}</h2>
        <IconButton icon="close" label="Close the connection" onClick={onClose} />
      </div>
      {edges.length === 1 ? (
        <OneEdge edge={first} nameOf={nameOf} host={host} />
      ) : (
        <SeveralEdges edges={edges} nameOf={nameOf} onChoose={onChoose} />
      )}
    </section>
  );
}

const SeveralEdges = ({ edges, nameOf, onChoose }: Pick<EdgePanelProps, 'edges' | 'nameOf' | 'onChoose'>) => (
  <ul className={css.list}>
    {edges.map((edge) => (
      <li key={edge.id}>
        <button type="button" className={css.pick} onClick={() => onChoose(edge.id)}>
          {nameOf(edge.from)} → {nameOf(edge.to)}
        </button>
        <div className="soft">{edge.connections === 'none' ? 'nothing is allowed' : edge.connections}</div>
        <div className={edge.attempts.refused > 0 ? css.bad : 'quiet'}>{describeAttempts(edge.attempts)}</div>
      </li>
    ))}
  </ul>
);

function OneEdge({ edge, nameOf, host }: Pick<EdgePanelProps, 'nameOf' | 'host'> & { readonly edge: GroupEdge }) {
  const { from, to, connections, isPartial, sources, attempts } = edge;
  const { data, error } = useQuery(flowsQuery({ edge: edge.id, host }));
  const wasRefused = attempts.refused + attempts.observed > 0;
  return (
    <>
      <p className={css.ends}>
        <End id={from} nameOf={nameOf} /> <span aria-hidden="true">→</span> <span className="visually-hidden">to</span>{' '}
        <End id={to} nameOf={nameOf} />
      </p>
      <dl className={css.facts}>
        <dt>Allowed</dt>
        <dd>
          {connections === 'none' ? 'nothing' : connections}
          {isPartial && <div className="quiet">not each member of one reaches each of the other so</div>}
        </dd>
        <dt>Seen</dt>
        <dd className={attempts.refused > 0 ? css.bad : undefined}>{describeAttempts(attempts)}</dd>
        {data !== undefined && data.items.length > 0 && <Times flows={data.items} />}
      </dl>
      <h3>Rules that let it pass</h3>
      {sources.length === 0 ? (
        <p className="soft">None: what is not listed is refused.</p>
      ) : (
        <ul className={css.list}>
          {sources.map((source) => (
            <li key={`${source.document} ${source.path}`}>
              <Source source={source} />
            </li>
          ))}
        </ul>
      )}
      {wasRefused && <DraftRules edge={edge} flows={data?.items ?? []} />}
      <h3>What was seen</h3>
      {error !== null && <ErrorNotice error={error} />}
      {data?.items.length === 0 && <p className="soft">Nothing, since it is recorded.</p>}
      <ul className={css.list}>
        {data?.items.slice(0, 6).map((flow) => (
          <FlowLine
            key={`${flow.container.id} ${flow.direction} ${describePeer(flow.peer)} ${flow.port} ${flow.outcome}`}
            flow={flow}
          />
        ))}
      </ul>
      {data !== undefined && data.total > 0 && (
        <p>
          <Link to="/traffic" search={{ edge: edge.id, host }}>
            {data.total === 1 ? 'In the traffic' : `All ${formatCount(data.total)} in the traffic`}
          </Link>
        </p>
      )}
    </>
  );
}

function End({ id, nameOf }: { readonly id: string; readonly nameOf: NameOf }) {
  const group = groupOf(id);
  if (group === undefined) return <strong>{nameOf(id)}</strong>;
  return (
    <Link to="/groups/$name" params={{ name: group }}>
      <strong>{group}</strong>
    </Link>
  );
}

function Times({ flows }: { readonly flows: readonly FlowView[] }) {
  const first = flows.map((flow) => flow.first).reduce((a, b) => (a < b ? a : b));
  const last = flows.map((flow) => flow.last).reduce((a, b) => (a > b ? a : b));
  return (
    <>
      <dt>First</dt>
      <dd title={`${formatTime(first)} UTC`}>{formatAgo(first)}</dd>
      <dt>Last</dt>
      <dd title={`${formatTime(last)} UTC`}>{formatAgo(last)}</dd>
    </>
  );
}

/** Where a rule stands: the document, which has a page where it is a group, and the place in it. */
export function Source({ source: { document, path, at } }: { readonly source: TrafficSourceView }) {
  const group = groupOfDocument(document);
  return (
    <>
      {group === undefined ? (
        document
      ) : (
        <Link to="/groups/$name" params={{ name: group }}>
          {document}
        </Link>
      )}{' '}
      <code>{path}</code>
      {at !== null && <span className="quiet"> {at}</span>}
    </>
  );
}

function FlowLine({ flow }: { readonly flow: FlowView }) {
  const { container, peer, direction, outcome, attempts, last } = flow;
  const [from, to] =
    direction === 'outbound' ? [container.name, describePeer(peer)] : [describePeer(peer), container.name];
  return (
    <li>
      {from} → {to}, {describePort(flow)}
      <div className={outcome === 'refused' ? css.bad : 'quiet'}>
        {outcomeWords[outcome][1]} {formatCount(attempts)}×, last {formatAgo(last)}
      </div>
    </li>
  );
}
