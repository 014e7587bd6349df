import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { CertificateView } from '../../api/wire.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { formatAgo, formatTime, formatUntil } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { Panel } from '../../parts/panel.tsx';
import css from './certificates.module.css';

/** What holds for the image as a whole, where that is not simply that it passed. */
export function StateNotice({ certificate }: { readonly certificate: CertificateView }) {
  const { state, cause, withdrawn, expires } = certificate;
  if (withdrawn !== null) {
    const effective = `${formatTime(withdrawn.effective)} UTC`;
    const title = state === 'withdrawn' ? `Withdrawn since ${effective}.` : `Withdrawn: it counts until ${effective}.`;
    return (
      <Notice tone="warn" title={title}>
        {withdrawn.reason}
      </Notice>
    );
  }
  if (state === 'suspect') {
    return (
      <Notice tone="warn" title={`Its certificate ran out ${formatAgo(expires)}, and nobody has looked since.`}>
        It is to be judged again before anybody relies on it.
      </Notice>
    );
  }
  if (cause === null) return null;
  return (
    <Notice tone="warn" title={state === 'undecided' ? 'It could not be decided.' : 'Not all could be decided.'}>
      {cause}
    </Notice>
  );
}

export function Judgement({ certificate }: { readonly certificate: CertificateView }) {
  const { image, source, policy, judgedAt, expires, created, platforms, feeds, state } = certificate;
  return (
    <Panel title="Judgement">
      <dl className={css.facts}>
        <Fact name="Image">
          <code>{image}</code> <CopyButton text={image} label="Copy the image with its digest" />
        </Fact>
        <Fact name="Read from">
          <code>{source}</code>
        </Fact>
        <Fact name="Policy">
          <Link to="/policy">{policy}</Link>
        </Fact>
        <Fact name="Judged">
          {formatTime(judgedAt)} UTC, {formatAgo(judgedAt)}
        </Fact>
        {state !== 'refused' && state !== 'undecided' && (
          <Fact name="Expires">
            {formatTime(expires)} UTC, {formatUntil(expires)}
          </Fact>
        )}
        <Fact name="Built">{created === null ? <Quiet>it does not say</Quiet> : `${formatTime(created)} UTC`}</Fact>
        <Fact name="Platforms">{platforms.length === 0 ? <Quiet>none was read</Quiet> : platforms.join(', ')}</Fact>
        <Fact name="Judged by feeds">
          {feeds.length === 0 ? (
            <Quiet>none</Quiet>
          ) : (
            <ul>
              {feeds.map((feed) => (
                <li key={feed}>
                  <code>{feed}</code>
                </li>
              ))}
            </ul>
          )}
        </Fact>
      </dl>
    </Panel>
  );
}

export function Signers({ signers }: Pick<CertificateView, 'signers'>) {
  return (
    <Panel title="Signed by">
      {signers.length === 0 && <p className="quiet">Nobody whom a trust root of the registry accepts.</p>}
      <ul className={css.rows}>
        {signers.map(({ identity, issuer, scheme, trustRoot }) => (
          <li key={`${trustRoot} ${scheme} ${issuer} ${identity}`}>
            <code className={css.main}>{identity}</code>
            <span className="soft">
              {scheme}, trust root {trustRoot}
              {issuer !== null && `, issued by ${issuer}`}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
const Quiet = ({ children }: { readonly children: string }) => <span className="quiet">{children}</span>;
