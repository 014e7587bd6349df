import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { groupMapQuery, groupsQuery } from '../../api/group-queries.ts';
import { useLive } from '../../api/live.ts';
import type { GroupList, GroupMap as GroupMapAnswer } from '../../api/wire.ts';
import { plural } from '../../parts/format.ts';
import { ErrorNotice, Notice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { chooseGraph, foldGraph, projectNames } from './choose-graph.ts';
import { ConnectionTable } from './connection-table.tsx';
import { EdgePanel } from './edge-panel.tsx';
import { GroupTable } from './group-table.tsx';
import { GroupTools } from './group-tools.tsx';
import { describeRecordings, groupOf, nameNodes } from './group-words.ts';
import css from './groups.module.css';
import { Legend } from './legend.tsx';
import { GroupMap } from './map/group-map.tsx';
import { projectOf } from './map/narrow-graph.ts';
import { readMap } from './map/read-map.ts';
import { NoGroups } from './no-groups.tsx';

const route = getRouteApi('/groups');

/** Who may talk to whom, and who does: a map, and tables that say the same. */
export function GroupsPage() {
  const { days, host } = route.useSearch();
  const groups = useQuery(groupsQuery);
  const map = useQuery(groupMapQuery(Number(days ?? 1), host));
  const lead = groups.data && plural(groups.data.total, 'group');
  const error = groups.error ?? map.error;
  if (groups.data === undefined || map.data === undefined) {
    return (
      <Page title="Groups" lead={lead} guide="segment-a-compose-application">
        {error !== null ? <ErrorNotice error={error} /> : <Waiting />}
      </Page>
    );
  }
  if (groups.data.items.every(({ isBuiltIn }) => isBuiltIn)) return <NoGroups list={groups.data} />;
  return <Groups list={groups.data} map={map.data} error={error} />;
}

interface GroupsProps {
  readonly list: GroupList;
  readonly map: GroupMapAnswer;
  readonly error: Error | null;
}

function Groups({ list, map, error }: GroupsProps) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const whole = useMemo(() => readMap(map.nodes, map.edges), [map]);
  const { focus, project, host, mode, only, edge, view } = search;
  const chosen = useMemo(() => chooseGraph(whole, { focus, project, mode, only }), [whole, focus, project, mode, only]);
  const graph = useMemo(() => foldGraph(chosen, { focus, project }, open), [chosen, focus, project, open]);
  const { traffic } = useLive();
  const live = useMemo(() => new Set(traffic.flatMap(({ edge: of }) => of ?? [])), [traffic]);
  const change = (next: Partial<typeof search>) =>
    void navigate({ to: '/groups', search: { ...search, ...next }, replace: true });
  const [aim, setAim] = useState<string>();
  const toggle = (name: string) => {
    setAim(name);
    setOpen((before) => new Set(before.has(name) ? [...before].filter((each) => each !== name) : [...before, name]));
  };
  const onNode = (id: string) => {
    const folded = projectOf(id);
    const of = graph.nodes.find((node) => node.id === id)?.of;
    if (folded !== undefined) toggle(folded);
    else if (of === undefined) return;
    else if (groupOf(of) === undefined) change({ focus: of === focus ? undefined : of, edge: undefined });
    else void navigate({ to: '/groups/$name', params: { name: groupOf(of) ?? '' } });
  };
  const drawnEdge = graph.edges.find(({ id, of }) => id === edge || of.some((each) => each === edge));
  const shownIds = new Set(chosen.edges.flatMap(({ of }) => of));
  const shown = map.edges.filter(({ id }) => shownIds.has(id));
  const selected = map.edges.filter(({ id }) => id === edge || (drawnEdge?.id === edge && drawnEdge?.of.includes(id)));
  const nameOf = useMemo(() => nameNodes(map.nodes), [map]);
  const nodeIds = new Set(chosen.nodes.map(({ of }) => of));
  return (
    <Page
      filling
      title="Groups"
      lead={plural(list.total, 'group')}
      guide="segment-a-compose-application"
      aside={
        <GroupTools
          nodes={map.nodes}
          projects={projectNames(whole)}
          hosts={hostsOf(list)}
          search={search}
          onChange={change}
        />
      }
    >
      <div className={css.body}>
        <div className={css.notes}>
          {error !== null && <ErrorNotice error={error} />}
          <Remarks list={list} map={map} />
        </div>
        <div className={css.split} data-with={selected.length > 0 || undefined}>
          {view === undefined && (
            <div className={css.mapPart}>
              <GroupMap
                label="Map of groups"
                graph={graph}
                selectedEdge={drawnEdge?.id}
                focused={graph.nodes.find(({ of }) => of !== undefined && of === focus)?.id}
                aim={aim}
                asked={JSON.stringify([focus, project, host, mode, only, [...open]])}
                live={live}
                onNode={onNode}
                onEdge={(id) => change({ edge: id })}
                onProject={toggle}
              />
              <Legend graph={graph} />
            </div>
          )}
          {view === 'connections' && (
            <ConnectionTable edges={shown} nameOf={nameOf} onOpen={(id) => change({ edge: id })} />
          )}
          {view === 'list' && <GroupTable groups={list.items.filter(({ name }) => nodeIds.has(`group:${name}`))} />}
          {selected.length > 0 && (
            <EdgePanel
              nameOf={nameOf}
              edges={selected}
              host={host}
              onChoose={(id) => change({ edge: id })}
              onClose={() => change({ edge: undefined })}
            />
          )}
        </div>
      </div>
    </Page>
  );
}

/** Where groups have containers. */
const hostsOf = ({ items }: GroupList): readonly string[] =>
  [...new Set(items.flatMap(({ hosts }) => hosts.map(({ host }) => host)))].toSorted();

/** What stands in the way of taking the map for the whole truth. */
function Remarks({
  list: { items, outOfReach, ungrouped, denyLists },
  map: { more, recordings },
}: Omit<GroupsProps, 'error'>) {
  const defaultGroup = items.find(({ isDefault }) => isDefault)?.name ?? '';
  const stale = denyLists.filter(({ isStale }) => isStale);
  return (
    <>
      {stale.length > 0 && (
        <Notice
          tone="warn"
          title={`Deny lists that could not be read when they were due: ${stale.map(({ name }) => name).join(', ')}`}
        >
          {stale.find(({ problem }) => problem !== null)?.problem}
        </Notice>
      )}
      <p className={css.said}>
        {outOfReach > 0 && (
          <span className={css.doubt}>
            No rule holds for some traffic of {plural(outOfReach, 'container')}:{' '}
            <Link to="/traffic" search={{ show: 'hosts' }}>
              why, and what to do
            </Link>
          </span>
        )}
        {ungrouped > 0 && (
          <span>
            {plural(ungrouped, 'container')} in no group but the{' '}
            <Link to="/groups/$name" params={{ name: defaultGroup }}>
              default
            </Link>
            .
          </span>
        )}
        <span>{describeRecordings(recordings)}</span>
        <LatestNews />
        {more > 0 && <span>{plural(more, 'connection')} that nobody used left out.</span>}
      </p>
    </>
  );
}

/** What was told last, for a few moments. */
function LatestNews() {
  const { traffic } = useLive();
  const last = traffic.at(-1);
  return (
    <span role="status" className={css.news}>
      {last !== undefined && `Just now: ${last.message}`}
    </span>
  );
}
