import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { hostPassportQuery } from '../../api/queries.ts';
import { ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PassportView } from '../passport/passport-view.tsx';
import { tabOf } from '../passport/tab-of.ts';

const route = getRouteApi('/hosts/$host');

/** A machine's own packages: a passport like that of an image. */
export function HostPage() {
  const { host } = route.useParams();
  const { tab, filter = '' } = route.useSearch();
  const navigate = useNavigate();
  const { data: passport, error } = useQuery(hostPassportQuery(host));
  if (passport === undefined)
    return <Page title={host}>{error === null ? <Waiting /> : <ErrorNotice error={error} />}</Page>;
  return (
    <PassportView
      passport={passport}
      path={`hosts/${encodeURIComponent(host)}`}
      place={{ tab: tabOf(tab), filter }}
      onPlace={(place) =>
        void navigate({
          to: '/hosts/$host',
          params: { host },
          search: { tab: place.tab, filter: place.filter || undefined },
          replace: true,
        })
      }
    />
  );
}
