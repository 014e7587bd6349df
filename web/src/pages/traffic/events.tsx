import { useNavigate } from '@tanstack/react-router';
import { trafficEventRows } from '../../api/group-queries.ts';
import { usePagedRows } from '../../api/paged-rows.ts';
import type { TrafficEventView } from '../../api/wire.ts';
import { Choice } from '../../parts/choice.tsx';
import { formatAgo, formatTime, plural } from '../../parts/format.ts';
import type { Column } from '../../parts/grid-table.tsx';
import { Empty } from '../../parts/notice.tsx';
import { PagedTable } from '../../parts/paged-table.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { eventWords } from '../groups/group-words.ts';
import { RecordedHosts } from './recorded-hosts.tsx';
import css from './traffic.module.css';
import type { TrafficSearch } from './traffic-words.ts';

const kinds = [
  { value: undefined, name: 'All' },
  { value: 'listed', name: 'Bad addresses' },
  { value: 'refused', name: 'Refused' },
  { value: 'new-peer', name: 'New peers' },
  { value: 'spoofed', name: 'Forged' },
  { value: 'foreign-change', name: 'Rules changed' },
] as const;

const columns: readonly Column<TrafficEventView>[] = [
  {
    id: 'kind',
    header: 'What',
    width: '112px',
    cell: ({ kind }) => {
      const [tone, word, meaning] = eventWords[kind];
      return <StateMark tone={tone} word={word} meaning={meaning} />;
    },
  },
  {
    id: 'message',
    header: 'What happened',
    width: 'minmax(120px, 3fr)',
    cell: ({ message }) => (
      <span className={css.message} title={message}>
        {message}
      </span>
    ),
  },
  {
    id: 'host',
    header: 'Host',
    width: 'minmax(70px, 0.6fr)',
    from: 'medium',
    cell: ({ host }) => <span className="soft clip">{host}</span>,
  },
  {
    id: 'at',
    header: 'When',
    width: '84px',
    cell: ({ at }) => (
      <span className="soft" title={`${formatTime(at)} UTC`}>
        {formatAgo(at)}
      </span>
    ),
  },
];

interface EventsProps {
  readonly search: TrafficSearch;
  readonly onChange: (next: Partial<TrafficSearch>) => void;
}

/** What a person may want to know at once, the newest first. */
export function Events({ search: { kind, host }, onChange }: EventsProps) {
  const navigate = useNavigate();
  const rows = usePagedRows<TrafficEventView>(['traffic', 'events', kind, host], (limit, offset, signal) =>
    trafficEventRows({ kind, host }, limit, offset, signal),
  );
  return (
    <>
      <div className={css.tools}>
        <Choice label="Events shown" options={kinds} value={kind} onChoose={(chosen) => onChange({ kind: chosen })} />
        <RecordedHosts host={host} onChoose={(chosen) => onChange({ host: chosen })} />
        <span className="quiet">{rows.loading ? '' : plural(rows.total, 'event')}</span>
      </div>
      <PagedTable
        label="Events"
        columns={columns}
        rows={rows}
        rowHeight={46}
        onOpen={({ flow }) => {
          if (flow !== null && flow.edge !== null)
            void navigate({ to: '/groups', search: { edge: flow.edge, view: 'connections' } });
        }}
        empty={
          <Empty icon="bell" title="Nothing happened.">
            A refused attempt, the first connection of a group to somewhere new, and any with an address of a deny list
            appear here; notifications may tell of them as well.
          </Empty>
        }
      />
    </>
  );
}
