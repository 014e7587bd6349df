import { useQuery } from '@tanstack/react-query';
import { notificationsQuery } from '../../api/queries.ts';
import { plural } from '../../parts/format.ts';
import { Empty, ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { AddTarget } from './add-target.tsx';
import css from './notifications-page.module.css';
import { TargetRow } from './target-row.tsx';

/** Who is told of what becomes known, and whether they can be reached. */
export function NotificationsPage() {
  const { data, error } = useQuery(notificationsQuery);
  const targets = data?.items;
  return (
    <Page title="Notifications" guide="notifications" lead={targets && plural(targets.length, 'target')}>
      {error !== null && <ErrorNotice error={error} />}
      {targets === undefined && error === null && <Waiting />}
      {targets?.length === 0 && (
        <Empty icon="bell" title="Nobody is told yet." command="portwarden notify add team webhook env:HOOK">
          A feed that learns of a flaw changes what is known of images that were read long ago, and a container may talk
          with an address that you listed. Whoever is added below, or on the command line, is told, and misses none:
        </Empty>
      )}
      {targets !== undefined && targets.length > 0 && (
        <ul className={css.list}>
          {targets.map((target) => (
            <TargetRow key={target.id} target={target} />
          ))}
        </ul>
      )}
      <Panel title="Tell somebody">
        <AddTarget />
      </Panel>
    </Page>
  );
}
