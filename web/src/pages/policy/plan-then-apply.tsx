import { Button } from '../../parts/button.tsx';
import { plural } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import type { TextPlace } from './place-in-text.ts';
import { PlanView } from './plan-view.tsx';
import css from './policy.module.css';
import { Refusal } from './refusal.tsx';
import { changedIn, type Planning } from './use-plan.ts';

interface PlanThenApplyProps {
  readonly text: string;
  readonly planning: Planning;
  readonly isReady: boolean;
  /** What the server was told that the text is called. */
  readonly file: string;
  readonly onGo: (place: TextPlace) => void;
}

/** Only what was planned can be applied; and what is said of one text is not left standing beside another. */
export function PlanThenApply({ text, planning, isReady, file, onGo }: PlanThenApplyProps) {
  const { plan, apply, isPlanned, error } = planning;
  const isBusy = plan.isPending || apply.isPending;
  return (
    <>
      <div className={css.actions}>
        <Button main={!isPlanned} disabled={!isReady || isBusy} onClick={() => plan.mutate(text)}>
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
      {error !== null && <Refusal error={error} file={file} onGo={onGo} />}
      {isPlanned && plan.data !== undefined && <PlanView plan={plan.data} />}
      {apply.data !== undefined && apply.variables === text && (
        <Notice tone="calm" title={`In force: ${plural(changedIn(apply.data), 'document')} changed.`} />
      )}
    </>
  );
}
