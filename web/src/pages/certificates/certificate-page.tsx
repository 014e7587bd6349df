import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { certificateHistoryQuery } from '../../api/certificate-queries.ts';
import type { CertificateHistory } from '../../api/wire.ts';
import { CertificateState } from '../../parts/certificate-state.tsx';
import { shortDigest } from '../../parts/format.ts';
import { Empty, ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { PolicyFindings } from '../../parts/policy-findings.tsx';
import css from './certificates.module.css';
import { Judgement, Signers, StateNotice } from './judgement.tsx';
import { JudgementHistory } from './judgement-history.tsx';

const route = getRouteApi('/certificates/image');

/** One image: what was judged of it, why, by what, and what was judged before. */
export function CertificatePage() {
  const { image = '' } = route.useSearch();
  const { data, error } = useQuery(certificateHistoryQuery(image));
  if (data !== undefined) return <History items={data.items} />;
  return (
    <Page title="Certificate">
      {image === '' && (
        <Empty icon="certified" title="No image is named.">
          <Link to="/certificates">All that was judged</Link>
        </Empty>
      )}
      {error !== null && <ErrorNotice error={error} />}
      {image !== '' && error === null && <Waiting />}
    </Page>
  );
}

function History({ items }: CertificateHistory) {
  const { image, at } = route.useSearch();
  const navigate = useNavigate();
  const [newest] = items;
  const shown = items.find(({ judgedAt }) => judgedAt === at) ?? newest;
  if (newest === undefined || shown === undefined) return null;
  const { registry, repository, tags, digest } = shown;
  const aside = (
    <Link to="/certificates/latest" search={{ repository: `${registry}/${repository}` }}>
      Latest certified of {repository}
    </Link>
  );
  return (
    <Page
      title={`${repository} ${tags.length > 0 ? tags.join(', ') : shortDigest(digest)}`}
      lead={<CertificateState state={shown.state} />}
      aside={aside}
    >
      {shown !== newest && (
        <p className="soft">
          An earlier judgement is shown; today it is <CertificateState state={newest.state} />.
        </p>
      )}
      <StateNotice certificate={shown} />
      <Panel title="Findings">
        <PolicyFindings findings={shown.findings} none="Its policy has nothing against it." />
      </Panel>
      <div className={css.columns}>
        <Judgement certificate={shown} />
        <div className={css.stack}>
          <Signers signers={shown.signers} />
          <JudgementHistory
            history={items}
            shown={shown}
            onShow={(judgement) =>
              void navigate({
                to: '/certificates/image',
                search: { image, at: judgement === newest ? undefined : judgement.judgedAt },
                replace: true,
              })
            }
          />
        </div>
      </div>
    </Page>
  );
}
