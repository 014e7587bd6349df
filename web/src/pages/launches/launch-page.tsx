import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { launchQuery } from '../../api/launch-queries.ts';
import type { LaunchDetail, LaunchFindingView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { offerDraft } from '../../parts/draft.ts';
import { formatTime, shortDigest } from '../../parts/format.ts';
import { LaunchOutcome } from '../../parts/launch-outcome.tsx';
import { ErrorNotice, Notice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { PolicyFindings } from '../../parts/policy-findings.tsx';
import { Asked } from './asked.tsx';
import { draftException } from './exception-draft.ts';
import { Inputs } from './inputs.tsx';
import css from './launches.module.css';

const route = getRouteApi('/launches/$id');

/** One decision: why, what was asked, and what may be done about it. */
export function LaunchPage() {
  const { id } = route.useParams();
  const { data, error } = useQuery(launchQuery(id));
  if (data !== undefined) return <Launch launch={data} />;
  return <Page title="Launch">{error !== null ? <ErrorNotice error={error} /> : <Waiting />}</Page>;
}

function Launch({ launch }: { readonly launch: LaunchDetail }) {
  const { id, at, gate, host, who, outcome, observed, cause, findings, containers, requests, ticket } = launch;
  const navigate = useNavigate();
  const draft = (text: string) => {
    offerDraft(text);
    void navigate({ to: '/policy' });
  };
  return (
    <Page
      title={
        containers.map(({ image, name }) => image ?? name ?? 'a container').join(', ') || 'A launch that cannot be read'
      }
      lead={<LaunchOutcome outcome={observed ? 'observed' : outcome} />}
      aside={
        ticket !== null && (
          <Link to="/tickets" search={{ show: 'all' }}>
            Its ticket
          </Link>
        )
      }
    >
      <p className="soft">
        {id}, {formatTime(at)} UTC, by the {gate} gate of {host},{' '}
        {who === null ? 'who asked is not told' : `asked by ${who}`}
      </p>
      {cause !== null && <Notice tone="warn" title={`Not decided: ${cause}`} />}
      <Panel title="Findings">
        <PolicyFindings
          findings={findings}
          none="No policy has anything against it."
          actions={(finding) => (
            <div className={css.actions}>
              <Button onClick={() => draft(draftException(launch, finding, Date.now()))}>Draft an exception</Button>
              <ChangeContract finding={finding} containers={containers} />
            </div>
          )}
        />
      </Panel>
      <Containers containers={containers} />
      <Inputs inputs={launch.inputs} />
      <Panel title="What was asked, without its secrets">
        <Asked label="What was asked" value={requests} />
      </Panel>
    </Page>
  );
}

/** What a contract has against it may be right: then the contract has to change. */
function ChangeContract({
  finding: { rule, subject, evidence },
  containers,
}: Pick<LaunchDetail, 'containers'> & { readonly finding: LaunchFindingView }) {
  const navigate = useNavigate();
  const names = containers.flatMap(({ contract }) => contract ?? []);
  const name = names.find((each) => evidence.includes(`by the contract ${each}`)) ?? names[0];
  if (rule !== 'input/contract' || name === undefined || name === attested) return null;
  return (
    <Button onClick={() => void navigate({ to: '/contracts/edit', search: { name, input: subject } })}>
      Change the contract
    </Button>
  );
}

/** What the contract is called that came with an image: it is not in force here. */
const attested = 'attested';

function Containers({ containers }: Pick<LaunchDetail, 'containers'>) {
  const navigate = useNavigate();
  return (
    <Panel title="Containers">
      <ul className={css.list}>
        {containers.map(({ name, action, image, digest, standing, standingReason, contract, fingerprint }) => (
          <li key={`${fingerprint} ${name}`}>
            <strong>{[action, name, image].filter((part) => part !== null).join(' ')}</strong>
            <div className={css.facts}>
              {digest !== null && <code className="quiet">{shortDigest(digest)}</code>}
              <span>
                image {standing}
                {standingReason !== null && <span className="soft">: {standingReason}</span>}
              </span>
              <span className={contract === null ? 'quiet' : undefined}>
                {contract === null ? 'no input contract' : `held against the contract ${contract}`}
              </span>
            </div>
            {image !== null && (
              <div>
                <Button
                  onClick={() => {
                    const isOwn = contract !== null && contract !== attested;
                    const search = isOwn ? { name: contract } : { image: image.replace(/@.*$/, '') };
                    void navigate({ to: '/contracts/edit', search });
                  }}
                >
                  {contract === null || contract === attested
                    ? 'Learn a contract from its starts'
                    : 'Open its contract'}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
