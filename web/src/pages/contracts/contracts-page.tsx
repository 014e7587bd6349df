import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { contractsQuery } from '../../api/contract-queries.ts';
import type { ContractList, ContractRow } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { FilterBox } from '../../parts/filter-box.tsx';
import { formatAgo, formatCount, formatTime, plural } from '../../parts/format.ts';
import { type Column, GridTable } from '../../parts/grid-table.tsx';
import { ImageName } from '../../parts/image-name.tsx';
import { Empty, ErrorNotice, Notice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { visibleText } from '../../parts/visible-text.ts';
import { ContractMode } from './contract-mode.tsx';
import css from './contracts.module.css';
import { DaysChoice } from './days-choice.tsx';

const route = getRouteApi('/contracts');
/** Seven is what is looked at unless said. */
const spans = ['1', '30'] as const;

/** What may be passed to containers at start, how starts fare by it, and images that start without a contract. */
export function ContractsPage() {
  const { search = '', days: wanted } = route.useSearch();
  const days = Number(wanted ?? 7);
  const navigate = useNavigate();
  const { data, error } = useQuery(contractsQuery(days));
  const change = (next: { search?: string | undefined; days?: typeof wanted }) =>
    void navigate({ to: '/contracts', search: { search: search || undefined, days: wanted, ...next }, replace: true });
  return (
    <Page
      title="Contracts"
      guide="launch-gate"
      lead={data && plural(data.items.length, 'contract')}
      aside={
        <>
          <DaysChoice
            days={days}
            onChoose={(chosen) => change({ days: spans.find((each) => each === String(chosen)) })}
          />
          <FilterBox
            label="Filter contracts"
            value={search}
            onChange={(text) => change({ search: text || undefined })}
          />
          <Button icon="plus" onClick={() => void navigate({ to: '/contracts/edit' })}>
            New contract
          </Button>
        </>
      }
    >
      {error !== null && <ErrorNotice error={error} />}
      {data === undefined && error === null && <Waiting />}
      {data !== undefined && <Lists data={data} search={search.trim().toLowerCase()} />}
    </Page>
  );
}

function Lists({ data, search }: { readonly data: ContractList; readonly search: string }) {
  const navigate = useNavigate();
  const fits = (...texts: readonly string[]) => texts.some((text) => text.toLowerCase().includes(search));
  const items = data.items.filter(({ name, images, description }) => fits(name, description, ...images));
  const without = data.without.filter(({ image }) => fits(image));
  const isEmpty = data.items.length === 0 && data.without.length === 0;
  if (isEmpty)
    return (
      <Empty
        icon="contracts"
        title="No contract, and nothing that would need one."
        command="portwarden contract learn IMAGE"
      >
        Once a gate stands before an engine, images that start are listed here, and a contract can be learned from what
        was passed to them.
      </Empty>
    );
  return (
    <>
      {!data.whole && (
        <Notice tone="warn" title="Only the newest starts of this time were looked at.">
          There are more than are read at once: choose fewer days to have all of them.
        </Notice>
      )}
      {data.items.length > 0 && items.length === 0 && without.length === 0 && (
        <Empty icon="search" title="No contract and no image is called so." />
      )}
      {items.length > 0 && (
        <div className={css.table} style={{ height: `${Math.min(items.length * 50 + 36, 520)}px` }}>
          <GridTable
            label="Contracts"
            columns={columns}
            count={items.length}
            rowAt={(index) => items[index]}
            rowHeight={50}
            onOpen={({ name }) => void navigate({ to: '/contracts/edit', search: { name } })}
          />
        </div>
      )}
      {data.items.length === 0 && (
        <Notice tone="warn" title="No contract is in force: any value may be passed to any image.">
          Learn one below from what was seen, read it, and apply it in mode observe first.
        </Notice>
      )}
      {without.length > 0 && <Without images={without} />}
    </>
  );
}

const columns: readonly Column<ContractRow>[] = [
  {
    id: 'name',
    header: 'Contract',
    width: 'minmax(120px, 1.6fr)',
    cell: ({ name, images }) => (
      <div className="clip" style={{ lineHeight: 1.35 }}>
        <Link to="/contracts/edit" search={{ name }} tabIndex={-1} style={{ fontWeight: 550 }}>
          {visibleText(name)}
        </Link>
        <div className="quiet" style={{ fontSize: 11.5 }}>
          <ImageName reference={visibleText(images.join(', '))} />
        </div>
      </div>
    ),
  },
  { id: 'mode', header: 'What does not fit', width: '132px', from: 'medium', cell: ContractMode },
  {
    id: 'starts',
    header: 'Starts',
    width: '76px',
    align: 'end',
    from: 'medium',
    cell: ({ starts }) => <span className={starts === 0 ? 'quiet' : undefined}>{formatCount(starts)}</span>,
  },
  {
    id: 'refuses',
    header: 'Would refuse',
    width: '100px',
    align: 'end',
    cell: ({ refuses }) => <span className={refuses > 0 ? css.bad : 'quiet'}>{formatCount(refuses)}</span>,
  },
  {
    id: 'unlisted',
    header: 'Not in it',
    width: '84px',
    align: 'end',
    cell: ({ unlisted }) => (
      <span className={unlisted > 0 ? undefined : 'quiet'} title="Inputs that were seen and that it has no line for">
        {formatCount(unlisted)}
      </span>
    ),
  },
  {
    id: 'last',
    header: 'Last start',
    width: '104px',
    from: 'wide',
    cell: ({ lastAt }) =>
      lastAt === null ? (
        <span className="quiet">none</span>
      ) : (
        <span className="soft" title={`${formatTime(lastAt)} UTC`}>
          {formatAgo(lastAt)}
        </span>
      ),
  },
  {
    id: 'applied',
    header: 'Applied',
    width: 'minmax(110px, 0.8fr)',
    from: 'wide',
    cell: ({ appliedAt, appliedBy }) => (
      <span className="soft clip" title={`${formatTime(appliedAt)} UTC`}>
        {formatAgo(appliedAt)} by {visibleText(appliedBy)}
      </span>
    ),
  },
];

/** Images that nobody wrote a contract for: one click has one learned. */
function Without({ images }: { readonly images: ContractList['without'] }) {
  return (
    <Panel title="Images that start without a contract" aside={plural(images.length, 'image')}>
      <ul className={css.without}>
        {images.map(({ image, starts, lastAt, attested }) => (
          <li key={image}>
            <div className="clip">
              <strong>
                <ImageName reference={visibleText(image)} />
              </strong>
              <span className="quiet" title={`${formatTime(lastAt)} UTC`}>
                {plural(starts, 'start')}, the last {formatAgo(lastAt)}
                {attested && ', by a contract that came with the image'}
              </span>
            </div>
            <Link
              className={css.learn}
              to="/contracts/edit"
              search={{ image }}
              aria-label={`Learn a contract of ${image}`}
            >
              Learn a contract
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
