import { useQuery } from '@tanstack/react-query';
import { registriesQuery } from '../../api/registry-queries.ts';
import { formatCount } from '../../parts/format.ts';
import { Empty, ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Comparison } from './comparison.tsx';
import { RegistryTable } from './registry-table.tsx';

/** The registries that have a document, and what is not the same in all of them. */
export function RegistriesPage() {
  const { data, error } = useQuery(registriesQuery);
  const count = data?.items.length;
  return (
    <Page
      title="Registries"
      guide="registries-diff"
      lead={count === undefined ? undefined : `${formatCount(count)} with a document`}
    >
      {error !== null && <ErrorNotice error={error} />}
      {data === undefined && error === null && <Waiting>Asking the registries…</Waiting>}
      {count === 0 && (
        <Empty icon="registries" title="No registry has a document." command="portwarden apply -f registry.yaml">
          A document says where a registry is, which of its repositories only certified images enter, and whom it
          trusts.
        </Empty>
      )}
      {data !== undefined && data.items.length > 0 && (
        <Panel title="What they trust, and whether they answer">
          <RegistryTable registries={data.items} />
        </Panel>
      )}
      {data !== undefined && data.items.length > 1 && <Comparison />}
    </Page>
  );
}
