import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { alarmsQuery } from '../../api/group-queries.ts';
import { Button } from '../../parts/button.tsx';
import { plural } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { TabPanel, Tabs } from '../../parts/tabs.tsx';
import { Events } from './events.tsx';
import { Flows } from './flows.tsx';
import { Hosts } from './hosts.tsx';
import css from './traffic.module.css';
import type { TrafficSearch } from './traffic-words.ts';

const route = getRouteApi('/traffic');
const tabs = [
  { id: 'flows', name: 'Connections' },
  { id: 'events', name: 'Events' },
  { id: 'hosts', name: 'Hosts' },
] as const;

/** What containers asked for and what became of it, as it happens; and where rules hold. */
export function TrafficPage() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const change = (next: Partial<TrafficSearch>) =>
    void navigate({ to: '/traffic', search: { ...search, ...next }, replace: true });
  const { show = 'flows' } = search;
  return (
    <Page filling title="Traffic" guide="segment-a-compose-application">
      <div className={css.body}>
        <div className={css.notes}>
          <Alarm onLook={() => change({ show: 'events', kind: 'listed' })} />
          <Tabs
            label="Traffic"
            tabs={tabs}
            selected={show}
            onSelect={(id) => change({ show: id === 'flows' ? undefined : id })}
          />
        </div>
        <TabPanel id={show} className={css.panel}>
          {show === 'flows' && <Flows search={search} onChange={change} />}
          {show === 'events' && <Events search={search} onChange={change} />}
          {show === 'hosts' && <Hosts />}
        </TabPanel>
      </div>
    </Page>
  );
}

/** A container had to do with an address of a deny list, in the last day. */
function Alarm({ onLook }: { readonly onLook: () => void }) {
  const { data } = useQuery(alarmsQuery);
  const [first] = data?.items ?? [];
  if (data === undefined || first === undefined) return null;
  return (
    <Notice tone="bad" title={`${plural(data.total, 'call')} to or from bad addresses in the last 24 hours`}>
      {first.message} <Button onClick={onLook}>Look at them</Button>
    </Notice>
  );
}
