import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { certificatesAtQuery, documentsQuery, resolutionsQuery, resolveQuery } from '../../api/certificate-queries.ts';
import type { ResolutionPage, ResolveAnswer } from '../../api/wire.ts';
import { Choice } from '../../parts/choice.tsx';
import { formatTime, plural, shortDigest } from '../../parts/format.ts';
import { Empty, ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { placeOf } from '../certificates/place-of.ts';
import { choicesOf } from './choices-of.ts';
import { Picked } from './picked.tsx';
import css from './resolve.module.css';

const route = getRouteApi('/certificates/latest');

/** Which image of a repository is the latest that is certified, and why no newer one is. */
export function ResolvePage() {
  const { repository = '', channel, platform } = route.useSearch();
  const { data: answer, error } = useQuery(resolveQuery({ repository, channel, platform }));
  const { data: before } = useQuery(resolutionsQuery(repository));
  if (repository === '') {
    return (
      <Page title="Latest certified">
        <Empty icon="certified" title="No repository is named.">
          <Link to="/certificates">All that was judged</Link>
        </Empty>
      </Page>
    );
  }
  return (
    <Page title={placeOf(repository).repository ?? repository} lead="latest certified">
      <Question answer={answer} />
      {error !== null && <ErrorNotice error={error} />}
      {answer === undefined && error === null && <Waiting />}
      {answer !== undefined && error === null && (
        <>
          <Picked answer={answer} />
          <Rejected answer={answer} />
        </>
      )}
      {before !== undefined && <Before page={before} repository={repository} />}
    </Page>
  );
}

function Question({ answer }: { readonly answer: ResolveAnswer | undefined }) {
  const { repository = '', channel, platform } = route.useSearch();
  const navigate = useNavigate();
  const place = placeOf(repository);
  const { data: documents } = useQuery(documentsQuery);
  const { data: certificates } = useQuery(certificatesAtQuery(place));
  const choices = choicesOf(place.registry ?? '', documents?.items ?? [], certificates?.items ?? [], answer);
  const ask = (next: { channel?: string | undefined; platform?: string | undefined }) =>
    void navigate({
      to: '/certificates/latest',
      search: { repository, channel, platform, ...next },
      replace: true,
    });
  return (
    <div className={css.question}>
      <span>
        <Link to="/certificates" search={{ place: repository }}>
          {repository}
        </Link>
      </span>
      <Choice
        label="Channel"
        options={[{ value: undefined, name: 'latest' }, ...choices.channels.map((name) => ({ value: name, name }))]}
        value={channel}
        onChoose={(chosen) => ask({ channel: chosen })}
      />
      {choices.platforms.length > 0 && (
        <Choice
          label="Platform"
          options={choices.platforms.map((value) => ({ value, name: value }))}
          value={platform ?? answer?.platform}
          onChoose={(chosen) => ask({ platform: chosen })}
        />
      )}
    </div>
  );
}

function Rejected({ answer: { rejected, repository } }: { readonly answer: ResolveAnswer }) {
  return (
    <Panel title="Not picked" aside={plural(rejected.length, 'image')}>
      {rejected.length === 0 && <p className="quiet">There is no other.</p>}
      <ul className={css.rows}>
        {rejected.map(({ tag, digest, reason }) => (
          <li key={`${tag} ${digest}`}>
            <strong>{tag}</strong>
            <Link to="/certificates/image" search={{ image: `${repository}@${digest}` }} title={digest}>
              <code>{shortDigest(digest)}</code>
            </Link>
            <span>{reason}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Before({ page, repository }: { readonly page: ResolutionPage; readonly repository: string }) {
  const { items, total } = page;
  return (
    <Panel
      title="Picked when"
      aside={items.length < total ? `the latest ${items.length} of ${total}` : plural(total, 'change')}
    >
      {items.length === 0 && <p className="quiet">Nobody has asked yet.</p>}
      <ol className={css.rows}>
        {items.map(({ channel, platform, tag, digest, at }) => (
          <li key={`${at} ${channel} ${platform}`}>
            <strong>{tag}</strong>
            <Link to="/certificates/image" search={{ image: `${repository}@${digest}` }} title={digest}>
              <code>{shortDigest(digest)}</code>
            </Link>
            <span className="soft">
              since {formatTime(at)} UTC, channel {channel}, {platform}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
