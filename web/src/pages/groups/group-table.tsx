import { Link, useNavigate } from '@tanstack/react-router';
import type { GroupView } from '../../api/wire.ts';
import { formatCount, plural } from '../../parts/format.ts';
import { type Column, GridTable } from '../../parts/grid-table.tsx';
import { Empty } from '../../parts/notice.tsx';
import { GroupMode } from './group-mode.tsx';
import css from './groups.module.css';

const columns: readonly Column<GroupView>[] = [
  {
    id: 'name',
    header: 'Group',
    width: 'minmax(110px, 1.6fr)',
    cell: ({ name, isDefault }) => (
      <>
        <Link to="/groups/$name" params={{ name }} tabIndex={-1} style={{ fontWeight: 550 }}>
          {name}
        </Link>
        {isDefault && <span className="quiet"> has what no other has</span>}
      </>
    ),
  },
  { id: 'mode', header: 'Mode', width: '98px', cell: (group) => <GroupMode group={group} /> },
  {
    id: 'members',
    header: 'Containers',
    width: 'minmax(90px, 1fr)',
    from: 'medium',
    cell: ({ members, hosts }) => (
      <span title={hosts.map((each) => `${each.host}: ${each.members}`).join(', ')}>
        {formatCount(members)} <span className="quiet">on {plural(hosts.length, 'host')}</span>
      </span>
    ),
  },
  {
    id: 'rules',
    header: 'Rules',
    width: 'minmax(90px, 1fr)',
    from: 'wide',
    cell: ({ rules }) => (
      <span className="soft">
        {rules.inbound} in, {rules.outbound} out
      </span>
    ),
  },
  {
    id: 'remarks',
    header: 'Remarks',
    width: '84px',
    align: 'end',
    from: 'wide',
    cell: ({ remarks }) => <span className={remarks.length === 0 ? 'quiet' : css.doubt}>{remarks.length}</span>,
  },
  {
    id: 'passed',
    header: 'Passed',
    width: '80px',
    align: 'end',
    from: 'medium',
    cell: ({ lastDay }) => <span className="number">{formatCount(lastDay.allowed)}</span>,
  },
  {
    id: 'refused',
    header: 'Refused',
    width: '72px',
    align: 'end',
    cell: ({ lastDay }) => (
      <span className={lastDay.refused === 0 ? 'quiet' : css.bad}>{formatCount(lastDay.refused)}</span>
    ),
  },
];

/** The groups by name, with what was seen of each in a day. */
export function GroupTable({ groups }: { readonly groups: readonly GroupView[] }) {
  const navigate = useNavigate();
  if (groups.length === 0) return <Empty icon="groups" title="No group is like that." />;
  return (
    <GridTable
      label="Groups"
      columns={columns}
      count={groups.length}
      rowAt={(index) => groups[index]}
      onOpen={({ name }) => void navigate({ to: '/groups/$name', params: { name } })}
    />
  );
}
