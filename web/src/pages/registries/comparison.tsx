import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useDeferredValue } from 'react';
import { registryDiffQuery } from '../../api/registry-queries.ts';
import type { RegistryDiff } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { Choice } from '../../parts/choice.tsx';
import { FilterBox } from '../../parts/filter-box.tsx';
import { formatTime } from '../../parts/format.ts';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Comparing } from './comparing.tsx';
import { Matrix } from './matrix.tsx';
import css from './registries.module.css';
import { Summary } from './summary.tsx';

const route = getRouteApi('/registries');
const shown = [
  { value: undefined, name: 'Differences only' },
  { value: 'all', name: 'All tags' },
] as const;

/** Asks, when told to, where the same tag is not the same in all registries, and shows what came of it last. */
export function Comparison() {
  const client = useQueryClient();
  const { data, error, isFetching, dataUpdatedAt, refetch } = useQuery(registryDiffQuery);
  const at = `Compared at ${formatTime(new Date(dataUpdatedAt).toISOString())} UTC`;
  return (
    <Panel title="The same tag in all registries" aside={data === undefined ? undefined : at}>
      <div className={css.stack}>
        <div className={css.tools}>
          <Button main={data === undefined} disabled={isFetching} onClick={() => void refetch()}>
            {data === undefined ? 'Compare now' : 'Compare again'}
          </Button>
          {isFetching ? (
            <Comparing onStop={() => void client.cancelQueries({ queryKey: registryDiffQuery.queryKey })} />
          ) : (
            data === undefined && (
              <p className="soft">
                Reads every repository that has certified tags in each registry: no layers, but with many tags it takes
                a while.
              </p>
            )
          )}
        </div>
        {error !== null && !isFetching && <ErrorNotice error={error} />}
        {data !== undefined && <Compared diff={data} />}
      </div>
    </Panel>
  );
}

function Compared({ diff }: { readonly diff: RegistryDiff }) {
  const { repository = '', show } = route.useSearch();
  const navigate = useNavigate();
  const change = (next: { repository?: string | undefined; show?: 'all' | undefined }) =>
    void navigate({
      to: '/registries',
      search: { repository: repository || undefined, show, ...next },
      replace: true,
    });
  // Typing goes on while ten thousand rows are looked through.
  const wanted = useDeferredValue(repository);
  return (
    <>
      <Summary diff={diff} />
      <div className={css.tools}>
        <Choice label="Tags shown" options={shown} value={show} onChoose={(chosen) => change({ show: chosen })} />
        <FilterBox
          label="Filter by repository"
          value={repository}
          onChange={(text) => change({ repository: text || undefined })}
        />
      </div>
      <Matrix key={`${wanted} ${show}`} diff={diff} choice={{ repository: wanted, all: show === 'all' }} />
    </>
  );
}
