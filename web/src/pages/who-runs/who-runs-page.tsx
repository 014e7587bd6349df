import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import { usePagedRows } from '../../api/paged-rows.ts';
import { type WhoRunsQuestion, whoRunsQuery, whoRunsRows } from '../../api/queries.ts';
import type { RunningContainer } from '../../api/wire.ts';
import { searchId } from '../../parts/component-search.tsx';
import { Empty, ErrorNotice } from '../../parts/notice.tsx';
import { PagedTable } from '../../parts/paged-table.tsx';
import { Answer } from './answer.tsx';
import { columns } from './columns.tsx';
import { Examples } from './examples.tsx';
import { Question } from './question.tsx';
import css from './who-runs-page.module.css';

const route = getRouteApi('/who-runs');

/** Who runs this component, in which version, now or on a day. The address is the question: it can be shared. */
export function WhoRunsPage() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const question: WhoRunsQuestion = { name: search.name ?? '', version: search.version, at: search.at };
  const answer = useQuery(whoRunsQuery(question));
  const ask = useCallback(
    (asked: WhoRunsQuestion) =>
      void navigate({
        to: '/who-runs',
        search: { name: asked.name || undefined, version: asked.version || undefined, at: asked.at || undefined },
        replace: asked.name === question.name,
      }),
    [navigate, question.name],
  );
  const blank = question.name === '';
  useEffect(() => {
    document.title = blank ? 'Who runs… · Portwarden' : `Who runs ${question.name} · Portwarden`;
    if (blank) document.getElementById(searchId)?.focus();
  }, [blank, question.name]);
  return (
    <div className={css.page} data-blank={blank || undefined}>
      <Question question={question} onAsk={ask} />
      {blank && <Examples onAsk={ask} />}
      {answer.error !== null && <ErrorNotice error={answer.error} />}
      {!blank && answer.error === null && answer.data !== undefined && (
        <Answer answer={answer.data} question={question} />
      )}
      {!blank && answer.error === null && answer.data !== undefined && <Containers question={question} />}
    </div>
  );
}

function Containers({ question }: { readonly question: WhoRunsQuestion }) {
  const navigate = useNavigate();
  const rows = usePagedRows<RunningContainer>(['who-runs', question], (limit, offset, signal) =>
    whoRunsRows(question, limit, offset, signal),
  );
  return (
    <div className={css.table}>
      <PagedTable
        label={`Containers with ${question.name}`}
        columns={columns}
        rows={rows}
        onOpen={(row) =>
          void navigate({
            to: '/images/$image',
            params: { image: row.digest },
            search: { tab: 'components', filter: question.name },
          })
        }
        empty={<Nobody question={question} />}
      />
    </div>
  );
}

const Nobody = ({ question }: { readonly question: WhoRunsQuestion }) => (
  <Empty
    icon="search"
    title={
      question.at === undefined ? 'No container is known to run it.' : 'No container is known to have run it then.'
    }
  >
    Names are those of components or of their source packages, as their ecosystem spells them.
  </Empty>
);
