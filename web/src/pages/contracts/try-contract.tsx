import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { testContract } from '../../api/contract-queries.ts';
import type { ContractSight, ContractTrials, RefusedStart } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { formatAgo, formatTime, plural } from '../../parts/format.ts';
import { ErrorNotice, Notice } from '../../parts/notice.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateMark, type StateTone } from '../../parts/state-mark.tsx';
import { visibleText } from '../../parts/visible-text.ts';
import type { TextPlace } from '../policy/place-in-text.ts';
import { RemoveDocument } from '../policy/remove-document.tsx';
import { ApplyContract } from './apply-contract.tsx';
import css from './contracts.module.css';

interface TryContractProps {
  readonly text: string;
  readonly sight: ContractSight | undefined;
  /** Why nothing can be said of the text. */
  readonly unsaid: string | undefined;
  readonly days: number;
  readonly isReady: boolean;
  readonly isBusy: boolean;
  /** Of the one that is in force. */
  readonly name: string | undefined;
  readonly onGo: (place: TextPlace) => void;
  readonly onApplied: () => void;
}

/** Before it is in force: what it would have refused, and what it would say of what is about to start. */
export function TryContract({ text, sight, unsaid, days, isReady, isBusy, name, onGo, onApplied }: TryContractProps) {
  return (
    <div className={css.inputs}>
      <Panel title={`On starts of the last ${plural(days, 'day')}`} aside={isBusy ? 'looking…' : undefined}>
        {sight ? <Starts sight={sight} /> : <p className="quiet">{unsaid ?? 'Looking at them…'}</p>}
      </Panel>
      <Panel title="On what is about to start">
        <Paste text={text} isReady={isReady} />
      </Panel>
      <Panel title="Plan and apply">
        <ApplyContract text={text} days={days} isReady={isReady} onGo={onGo} onApplied={onApplied} />
      </Panel>
      {name !== undefined && <TakeOut name={name} />}
    </div>
  );
}

function TakeOut({ name }: { readonly name: string }) {
  const navigate = useNavigate();
  return (
    <Panel title="Take it out of force">
      <div className={css.trial}>
        <RemoveDocument kind="InputContract" name={name} onRemoved={() => void navigate({ to: '/contracts' })} />
        <span className="quiet">
          Any value may be passed to its images then, unless another contract speaks of them.
        </span>
      </div>
    </Panel>
  );
}

function Starts({ sight: { starts, refuses, refused, whole } }: { readonly sight: ContractSight }) {
  if (starts === 0) return <p className="quiet">No start of its images is recorded in this time.</p>;
  return (
    <>
      <p>
        {refuses === 0
          ? `All ${plural(starts, 'recorded start')} would be as the contract says.`
          : `${plural(refuses, 'start')} of ${starts} would not be as the contract says.`}
        {!whole && ' Only the newest were looked at.'}
      </p>
      {refused.length > 0 && (
        <ul className={css.refused} aria-label="Starts that it would refuse">
          {refused.map((start) => (
            <Refused key={start.id} start={start} />
          ))}
        </ul>
      )}
    </>
  );
}

function Refused({ start: { id, at, host, image, name, count, findings } }: { readonly start: RefusedStart }) {
  return (
    <li>
      <div>
        <Link to="/launches/$id" params={{ id }} style={{ fontWeight: 550 }}>
          {visibleText(name ?? image)}
        </Link>{' '}
        <span className="quiet" title={`${formatTime(at)} UTC`}>
          {visibleText(image)} on {visibleText(host)}, {formatAgo(at)}
          {count > 1 && `, ${count} times`}
        </span>
      </div>
      <Against findings={findings} />
    </li>
  );
}

/** What the contract has against one start. */
function Against({ findings }: Pick<RefusedStart, 'findings'>) {
  return (
    <ul>
      {findings.map(({ path, subject, evidence }) => (
        <li key={`${path} ${subject} ${evidence}`}>
          {subject !== '' && <code>{visibleText(subject)}</code>} {visibleText(evidence)}{' '}
          {path !== '' && <code className="quiet">{visibleText(path)}</code>}
        </li>
      ))}
    </ul>
  );
}

const states: Readonly<Record<ContractTrials['items'][number]['state'], readonly [StateTone, string, string]>> = {
  good: ['good', 'fits', 'All that is passed is as the contract says'],
  bad: ['bad', 'does not fit', 'The contract has something against it'],
  'no-contract': ['unknown', 'another image', 'The contract does not speak of this image'],
  unreadable: ['unknown', 'unreadable', 'It is no launch that can be read'],
};

function Paste({ text, isReady }: { readonly text: string; readonly isReady: boolean }) {
  const id = useId();
  const [pasted, setPasted] = useState('');
  const trial = useMutation({ mutationFn: () => testContract(text, pasted) });
  return (
    <div className={css.form}>
      <label htmlFor={id}>A compose file, a manifest of Kubernetes, a config.json, or lines of docker run</label>
      <textarea
        id={id}
        className={`${css.lines} mono`}
        rows={7}
        value={pasted}
        spellCheck={false}
        autoCapitalize="none"
        placeholder="docker run -e PORT=8080 registry.example/team/web:1"
        onChange={({ target }) => {
          trial.reset();
          setPasted(target.value);
        }}
      />
      <div>
        <Button disabled={!isReady || pasted.trim() === '' || trial.isPending} onClick={() => trial.mutate()}>
          Test it
        </Button>
      </div>
      {trial.error !== null && <ErrorNotice error={trial.error} />}
      {trial.data?.items.length === 0 && <Notice tone="warn" title="There is nothing in it that starts." />}
      {trial.data !== undefined && trial.data.items.length > 0 && (
        <ul className={css.refused} aria-label="What the contract says of it">
          {trial.data.items.map(({ name, container, state, findings }) => (
            <li key={`${name} ${container}`}>
              <div className={css.trial}>
                <StateMark tone={states[state][0]} word={states[state][1]} meaning={states[state][2]} />
                <strong>{visibleText(container || name)}</strong>
              </div>
              <Against findings={findings} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
