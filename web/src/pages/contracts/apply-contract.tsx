import { Button } from '../../parts/button.tsx';
import { plural } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import type { TextPlace } from '../policy/place-in-text.ts';
import { PlanView } from '../policy/plan-view.tsx';
import { Refusal } from '../policy/refusal.tsx';
import { changedIn, usePlan } from '../policy/use-plan.ts';
import css from './contracts.module.css';

interface ApplyContractProps {
  readonly text: string;
  readonly days: number;
  readonly isReady: boolean;
  readonly onGo: (place: TextPlace) => void;
  readonly onApplied: () => void;
}

/** With all policies and exceptions that are in force: which launches would turn. Only what was planned can be applied. */
export function ApplyContract({ text, days, isReady, onGo, onApplied }: ApplyContractProps) {
  const { plan, apply, isPlanned, error } = usePlan(text, 'contract', { days, onApplied });
  const isCommented = /(?:^|\s)#/m.test(text);
  return (
    <div className={css.form}>
      <p className="soft">
        The plan judges the launches of the last {plural(days, 'day')} by all policies and exceptions in force, and by
        this contract as it stands here.
      </p>
      {isCommented && (
        <p className="soft">The server keeps what a contract says and not its comments: download it to keep them.</p>
      )}
      <div className={css.barDoes}>
        <Button
          main={!isPlanned}
          disabled={!isReady || plan.isPending || apply.isPending}
          onClick={() => plan.mutate(text)}
        >
          Plan
        </Button>
        <Button main={isPlanned} disabled={!isPlanned || apply.isPending} onClick={() => apply.mutate(text)}>
          Apply
        </Button>
        <span className="quiet">
          {plan.isSuccess && !isPlanned
            ? 'The text was changed after it was planned: plan it again.'
            : 'Only what was planned can be applied.'}
        </span>
      </div>
      {error !== null && <Refusal error={error} file="contract" onGo={onGo} />}
      {isPlanned && plan.data !== undefined && <PlanView plan={plan.data} />}
      {apply.data !== undefined && apply.variables === text && (
        <Notice tone="calm" title={`In force: ${plural(changedIn(apply.data), 'document')} changed.`} />
      )}
    </div>
  );
}
