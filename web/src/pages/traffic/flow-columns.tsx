import { Link } from '@tanstack/react-router';
import type { FlowView } from '../../api/wire.ts';
import { formatAgo, formatCount, formatTime } from '../../parts/format.ts';
import type { Column } from '../../parts/grid-table.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { describePeer, describePort, outcomeWords } from '../groups/group-words.ts';

export const FlowOutcome = ({ outcome }: Pick<FlowView, 'outcome'>) => {
  const [tone, word, meaning] = outcomeWords[outcome];
  return <StateMark tone={tone} word={word} meaning={meaning} />;
};

interface PartyProps {
  readonly name: string;
  readonly groups: readonly string[];
  /** Said in the second line where it has no groups. */
  readonly note: string;
}
const Party = ({ name, groups, note }: PartyProps) => (
  <div className="clip" style={{ lineHeight: 1.3 }} title={name}>
    <span style={{ fontWeight: 550 }}>{name}</span>
    <div className="quiet clip" style={{ fontSize: 11.5 }}>
      {groups.map((group, index) => (
        <span key={group}>
          {index > 0 && ', '}
          <Link to="/groups/$name" params={{ name: group }} tabIndex={-1} style={{ color: 'inherit' }}>
            {group}
          </Link>
        </span>
      ))}
      {groups.length === 0 && note}
    </div>
  </div>
);

const Container = ({ container, host }: FlowView) => (
  <Party name={container.name} groups={container.groups} note={host} />
);
const Peer = ({ peer, listed }: FlowView) => (
  <Party
    name={describePeer(peer)}
    groups={peer.container?.groups ?? []}
    note={listed === null ? (peer.kind === 'container' ? 'in no group' : 'outside') : `on the list ${listed}`}
  />
);

export const flowColumns: readonly Column<FlowView>[] = [
  { id: 'outcome', header: 'Outcome', width: '88px', cell: (flow) => <FlowOutcome outcome={flow.outcome} /> },
  {
    id: 'from',
    header: 'From',
    width: 'minmax(84px, 1fr)',
    cell: (flow) => (flow.direction === 'outbound' ? <Container {...flow} /> : <Peer {...flow} />),
  },
  {
    id: 'to',
    header: 'To',
    width: 'minmax(84px, 1fr)',
    cell: (flow) => (flow.direction === 'outbound' ? <Peer {...flow} /> : <Container {...flow} />),
  },
  { id: 'port', header: 'Port', width: '84px', cell: (flow) => <span className="mono">{describePort(flow)}</span> },
  {
    id: 'attempts',
    header: 'Times',
    width: '76px',
    align: 'end',
    from: 'medium',
    cell: ({ attempts }) => <span className="number">{formatCount(attempts)}</span>,
  },
  {
    id: 'host',
    header: 'Host',
    width: 'minmax(70px, 0.6fr)',
    from: 'wide',
    cell: ({ host }) => <span className="soft clip">{host}</span>,
  },
  {
    id: 'first',
    header: 'First',
    width: '96px',
    from: 'wide',
    cell: ({ first }) => (
      <span className="soft" title={`${formatTime(first)} UTC`}>
        {formatAgo(first)}
      </span>
    ),
  },
  {
    id: 'last',
    header: 'Last',
    width: '96px',
    from: 'medium',
    cell: ({ last }) => (
      <span className="soft" title={`${formatTime(last)} UTC`}>
        {formatAgo(last)}
      </span>
    ),
  },
];
