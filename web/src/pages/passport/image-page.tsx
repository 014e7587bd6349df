import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { imagePassportQuery } from '../../api/queries.ts';
import { ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PassportView } from './passport-view.tsx';
import { tabOf } from './tab-of.ts';

const route = getRouteApi('/images/$image');

export function ImagePage() {
  const { image } = route.useParams();
  const { tab, filter = '' } = route.useSearch();
  const navigate = useNavigate();
  const { data: passport, error } = useQuery(imagePassportQuery(image));
  if (passport === undefined)
    return <Page title="Image">{error === null ? <Waiting /> : <ErrorNotice error={error} />}</Page>;
  return (
    <PassportView
      passport={passport}
      path={`images/${encodeURIComponent(image)}`}
      place={{ tab: tabOf(tab), filter }}
      onPlace={(place) =>
        void navigate({
          to: '/images/$image',
          params: { image },
          search: { tab: place.tab, filter: place.filter || undefined },
          replace: true,
        })
      }
    />
  );
}
