import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ticketsQuery } from '../../api/launch-queries.ts';
import type { TicketView } from '../../api/wire.ts';
import { Choice } from '../../parts/choice.tsx';
import { formatAgo, formatTime, formatUntil, plural } from '../../parts/format.ts';
import { Empty, ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { AnswerTicket } from './answer-ticket.tsx';
import { Asked } from './asked.tsx';
import css from './launches.module.css';

const route = getRouteApi('/tickets');
const shown = [
  { value: undefined, name: 'Open' },
  { value: 'all', name: 'All' },
] as const;

/** Launches with inputs that nobody has seen: a person looks at them, and lets the same pass for a while. */
export function TicketsPage() {
  const { show } = route.useSearch();
  const navigate = useNavigate();
  const { data, error } = useQuery(ticketsQuery(show === 'all' ? undefined : 'open'));
  const aside = (
    <Choice
      label="Tickets shown"
      options={shown}
      value={show}
      onChoose={(chosen) => void navigate({ to: '/tickets', search: { show: chosen }, replace: true })}
    />
  );
  return (
    <Page title="Tickets" guide="launch-gate" lead={data && plural(data.total, 'ticket')} aside={aside}>
      {error !== null && <ErrorNotice error={error} />}
      {data === undefined && error === null && <Waiting />}
      {data?.total === 0 && (
        <Empty icon="check" title="Nobody waits.">
          A launch with inputs that nobody has seen waits here where its policy says hold.
        </Empty>
      )}
      <div className={css.stack}>
        {data?.items.map((ticket) => (
          <Ticket key={ticket.id} ticket={ticket} />
        ))}
      </div>
    </Page>
  );
}

function Ticket({ ticket }: { readonly ticket: TicketView }) {
  const { id, image, host, who, openedAt, decision, state, answer, request } = ticket;
  return (
    <Panel title={`Ticket ${id}`} aside={state}>
      <div className={css.form}>
        <strong style={{ overflowWrap: 'anywhere' }}>{image ?? 'A process in a container'}</strong>
        <p className="soft" title={`${formatTime(openedAt)} UTC`}>
          Opened {formatAgo(openedAt)} on {host}, {who === null ? 'who asked is not told' : `asked by ${who}`};{' '}
          <Link to="/launches/$id" params={{ id: decision }}>
            why it was held
          </Link>
        </p>
        {answer !== null && (
          <p>
            {answer.by}: {answer.reason}{' '}
            {answer.until !== null && (
              <span className="quiet">
                {answer.isOver ? 'it is over' : `until ${formatTime(answer.until)} UTC (${formatUntil(answer.until)})`}
              </span>
            )}
          </p>
        )}
        <Asked label={`What was asked, ${id}`} value={request} />
        {state === 'open' && <AnswerTicket id={id} />}
      </div>
    </Panel>
  );
}
