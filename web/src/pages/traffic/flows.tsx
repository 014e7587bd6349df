import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { flowRows, groupsQuery, recordingsQuery } from '../../api/group-queries.ts';
import { usePagedRows } from '../../api/paged-rows.ts';
import type { FlowView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { Choice } from '../../parts/choice.tsx';
import { formatCount } from '../../parts/format.ts';
import { Empty } from '../../parts/notice.tsx';
import { PagedTable } from '../../parts/paged-table.tsx';
import { describeRecordings, oneOf } from '../groups/group-words.ts';
import { flowColumns } from './flow-columns.tsx';
import { RecordedHosts } from './recorded-hosts.tsx';
import css from './traffic.module.css';
import type { TrafficSearch } from './traffic-words.ts';

interface FlowsProps {
  readonly search: TrafficSearch;
  readonly onChange: (next: Partial<TrafficSearch>) => void;
}

const outcomes = [
  { value: undefined, name: 'All' },
  { value: 'refused', name: 'Refused' },
  { value: 'observed', name: 'Observed' },
  { value: 'allowed', name: 'Allowed' },
] as const;

/** Connections that were seen, summed up, the newest first. What is refused now appears by itself. */
export function Flows({ search, onChange }: FlowsProps) {
  const { group, host, outcome, edge, days, new: isNew } = search;
  const navigate = useNavigate();
  const filter = { group, host, outcome, edge, new: isNew, days: days === undefined ? undefined : Number(days) };
  const rows = usePagedRows<FlowView>(['flows', 'rows', filter], (limit, offset, signal) =>
    flowRows(filter, limit, offset, signal),
  );
  const { data: recordings } = useQuery(recordingsQuery);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const overflowed = recordings?.some((recording) => recording.overflowed) === true;
  return (
    <>
      <div className={css.tools}>
        <Choice
          label="Connections shown"
          options={outcomes}
          value={outcome}
          onChoose={(chosen) => onChange({ outcome: chosen })}
        />
        <GroupSelect group={group} onChoose={(chosen) => onChange({ group: chosen })} />
        <RecordedHosts host={host} onChoose={(chosen) => onChange({ host: chosen })} />
        <select
          aria-label="Seen within"
          value={days ?? ''}
          onChange={({ target }) => onChange({ days: oneOf(['1', '7', '30'], target.value) })}
        >
          <option value="">whenever seen</option>
          <option value="1">last 24 hours</option>
          <option value="7">last 7 days</option>
          <option value="30">last 30 days</option>
        </select>
        <label className={css.check}>
          <input
            type="checkbox"
            checked={isNew === 'true'}
            onChange={({ target }) => onChange({ new: target.checked ? 'true' : undefined })}
          />
          never seen before {days === undefined || days === '1' ? 'today' : 'then'}
        </label>
        {edge !== undefined && (
          <Button onClick={() => onChange({ edge: undefined })}>Of one connection: show all</Button>
        )}
        <span className="quiet">
          {rows.loading ? '' : `${formatCount(rows.total)} kinds. `}
          {recordings !== undefined && describeRecordings(recordings)}
          {overflowed && ' There were more kinds than are told apart.'}
        </span>
      </div>
      <PagedTable
        label="Connections"
        columns={flowColumns}
        rows={rows}
        rowHeight={46}
        onOpen={({ edge: of }) => {
          if (of !== null) void navigate({ to: '/groups', search: { edge: of, view: 'connections' } });
        }}
        empty={
          isFiltered ? (
            <Empty icon="traffic" title="No connection is like that.">
              Sums are kept for 30 days.
            </Empty>
          ) : (
            <Empty icon="traffic" title="No connection was seen yet." command="portwarden up">
              From the first group on, also one that only observes, an agent that runs as root counts what containers of
              its host ask for. The tab Hosts says what holds where; to start one:
            </Empty>
          )
        }
      />
    </>
  );
}

function GroupSelect({
  group,
  onChoose,
}: {
  readonly group: string | undefined;
  readonly onChoose: (name?: string) => void;
}) {
  const { data } = useQuery(groupsQuery);
  const names = new Set(data?.items.map(({ name }) => name));
  if (group !== undefined) names.add(group);
  return (
    <select aria-label="Group" value={group ?? ''} onChange={({ target }) => onChoose(target.value || undefined)}>
      <option value="">all groups</option>
      {[...names].map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
