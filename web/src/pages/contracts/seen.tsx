import { Link } from '@tanstack/react-router';
import type { ContractInput, SeenInput } from '../../api/wire.ts';
import { formatAgo, formatCount, formatTime, plural } from '../../parts/format.ts';
import { visibleText } from '../../parts/visible-text.ts';
import css from './contracts.module.css';

/** What recorded starts passed, as far as the record has it; of a secret never what it was. */
export function Seen({ input }: { readonly input: ContractInput | undefined }) {
  return (
    <>
      {input !== undefined && input.unfit.length > 0 && <Unfit unfit={input.unfit} />}
      {input?.seen ? <Facts seen={input.seen} /> : <p className="quiet">No recorded start of this time passed it.</p>}
    </>
  );
}

function Unfit({ unfit }: Pick<ContractInput, 'unfit'>) {
  return (
    <ul className={css.unfit}>
      {unfit.map(({ evidence, starts, launches }) => (
        <li key={evidence}>
          <strong>{visibleText(evidence)}</strong>{' '}
          <span className="soft">
            {plural(starts, 'start')}:{' '}
            {launches.map((id, index) => (
              <span key={id}>
                {index > 0 && ', '}
                <Link to="/launches/$id" params={{ id }}>
                  {id}
                </Link>
              </span>
            ))}
            {starts > launches.length && ' and more'}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Facts({ seen }: { readonly seen: SeenInput }) {
  const { starts, refused, containers, hosts, lastAt, launch, kinds, lengths, hidden } = seen;
  return (
    <dl className={css.facts}>
      <dt>Passed in</dt>
      <dd>
        {plural(starts, 'start')} of {plural(containers, 'container')} on {plural(hosts, 'host')}
        {refused > 0 && <span className={css.bad}>, {formatCount(refused)} of them refused</span>}
      </dd>
      {kinds.length > 0 && (
        <>
          <dt>Was</dt>
          <dd>{kinds.map(({ kind, starts: many }) => `${kind} (${formatCount(many)})`).join(', ')}</dd>
        </>
      )}
      <dt>Values</dt>
      <dd>
        <Values seen={seen} />
      </dd>
      {lengths !== null && (
        <>
          <dt>Length</dt>
          <dd>
            {lengths.min === lengths.max
              ? plural(lengths.max, 'character')
              : `${lengths.min} to ${lengths.max} characters`}
          </dd>
        </>
      )}
      {hidden > 0 && (
        <>
          <dt>Not recorded</dt>
          <dd>the value of {plural(hidden, 'start')}: what was said of it then still counts</dd>
        </>
      )}
      <dt>Last</dt>
      <dd>
        <Link to="/launches/$id" params={{ id: launch }} title={`${formatTime(lastAt)} UTC`}>
          {launch}
        </Link>
        , {formatAgo(lastAt)}
      </dd>
    </dl>
  );
}

function Values({ seen: { secret, values, distinct, hidden } }: { readonly seen: SeenInput }) {
  if (secret) return <>a secret: not told, and not recorded</>;
  if (values.length === 0) {
    if (distinct > 0) return <>{formatCount(distinct)} different ones, too long to show</>;
    return <>{hidden > 0 ? 'not in the record' : 'none that is written where it is passed'}</>;
  }
  return (
    <>
      {values.map((value, index) => (
        <span key={value}>
          {index > 0 && ', '}
          <code className={css.value}>
            <bdi>{value === '' ? '(empty)' : visibleText(value)}</bdi>
          </code>
        </span>
      ))}
      {distinct > values.length && <span className="soft"> and {formatCount(distinct - values.length)} more</span>}
    </>
  );
}
