import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { flowsQuery, groupQuery } from '../../api/group-queries.ts';
import type { GroupDetail } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { offerDraft } from '../../parts/draft.ts';
import { Figure, FigureStrip } from '../../parts/figure.tsx';
import { formatAgo, formatCount, formatTime, plural } from '../../parts/format.ts';
import { ErrorNotice, Notice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { GroupMode } from './group-mode.tsx';
import page from './group-page.module.css';
import { groupOf, nameNodes } from './group-words.ts';
import { Legend } from './legend.tsx';
import { GroupMap } from './map/group-map.tsx';
import { readMap } from './map/read-map.ts';
import { Members } from './members.tsx';
import { SuggestGroups } from './no-groups.tsx';
import { Refused } from './refused.tsx';
import { Remarks } from './remarks.tsx';
import { Rules } from './rules.tsx';

const route = getRouteApi('/groups/$name');

/** One group: who is in it, whom it may talk to, what it was refused, and what may be done about that. */
export function GroupPage() {
  const { name } = route.useParams();
  const { data, error } = useQuery(groupQuery(name));
  if (data !== undefined) return <Group group={data} />;
  return <Page title={name}>{error !== null ? <ErrorNotice error={error} /> : <Waiting />}</Page>;
}

function Group({ group }: { readonly group: GroupDetail }) {
  const { name, isBuiltIn, isDefault, members, hosts, rules, remarks, lastDay, text } = group;
  const navigate = useNavigate();
  const edit = () => {
    if (text === null) return;
    offerDraft(text);
    void navigate({ to: '/policy' });
  };
  return (
    <Page
      title={name}
      lead={<GroupMode group={group} />}
      guide="segment-a-compose-application"
      aside={
        <>
          <Link to="/groups" search={{ focus: `group:${name}` }}>
            On the map
          </Link>
          {text !== null && <Button onClick={edit}>Change its document</Button>}
        </>
      }
    >
      <Applied group={group} />
      {isBuiltIn && (
        <Notice tone="warn" title="No group that somebody wrote has these containers: all they do passes.">
          Write groups for them, from what was seen; or write one with <code>default: true</code>.
          <SuggestGroups />
        </Notice>
      )}
      <FigureStrip label="In the last 24 hours">
        <Figure label="Containers" value={formatCount(members)} note={`on ${plural(hosts.length, 'host')}`} />
        <Figure
          label="Rules"
          value={formatCount(rules.inbound + rules.outbound)}
          note={`${rules.inbound} in, ${rules.outbound} out`}
        />
        <Figure label="Passed" value={formatCount(lastDay.allowed)} note="in 24 hours" />
        <Figure label="Would be refused" value={formatCount(lastDay.observed)} note="passed, since it observes" />
        <Figure
          label="Refused"
          value={formatCount(lastDay.refused)}
          note="in 24 hours"
          tone={lastDay.refused > 0 ? 'bad' : undefined}
        />
      </FigureStrip>
      <Remarks remarks={remarks} />
      <RefusedOf group={group} />
      <Panel title="Neighbors">
        <Neighbors group={group} />
      </Panel>
      <Rules group={group} direction="inbound" />
      <Rules group={group} direction="outbound" />
      <Members group={group} />
      {isDefault && !isBuiltIn && <p className="quiet">Its members are all containers that no other group has.</p>}
    </Page>
  );
}

function Applied({ group: { appliedAt, appliedBy } }: { readonly group: GroupDetail }) {
  if (appliedAt === null) return null;
  return (
    <p className="soft" title={`${formatTime(appliedAt)} UTC`}>
      Applied {formatAgo(appliedAt)}
      {appliedBy !== null && ` by ${appliedBy}`}
    </p>
  );
}

function RefusedOf({ group }: { readonly group: GroupDetail }) {
  const { data, error } = useQuery(flowsQuery({ group: group.name }));
  return (
    <Panel
      title="Refused attempts"
      aside={
        <Link to="/traffic" search={{ group: group.name }}>
          All its traffic
        </Link>
      }
    >
      {error !== null ? (
        <ErrorNotice error={error} />
      ) : data === undefined ? (
        <Waiting />
      ) : (
        <Refused edges={group.edges} nameOf={nameNodes(group.nodes)} flows={data.items} />
      )}
    </Panel>
  );
}

function Neighbors({ group: { name, nodes, edges } }: { readonly group: GroupDetail }) {
  const navigate = useNavigate();
  // Of its neighbors alone, projects say nothing: it would be one box.
  const graph = useMemo(
    () =>
      readMap(
        nodes.map((node) => ({ ...node, project: '' })),
        edges,
      ),
    [nodes, edges],
  );
  if (edges.length === 0)
    return <p className="soft">It may talk to nobody, nobody may talk to it, and nobody tried.</p>;
  return (
    <div className={page.map}>
      <GroupMap
        label={`Map of the neighbors of ${name}`}
        graph={graph}
        onNode={(id) => {
          const other = groupOf(graph.nodes.find((node) => node.id === id)?.of ?? '');
          if (other !== undefined) void navigate({ to: '/groups/$name', params: { name: other } });
        }}
        onEdge={(id) => {
          const edge = graph.edges.find((each) => each.id === id)?.of[0];
          void navigate({ to: '/groups', search: { focus: `group:${name}`, edge } });
        }}
      />
      <Legend graph={graph} />
    </div>
  );
}
