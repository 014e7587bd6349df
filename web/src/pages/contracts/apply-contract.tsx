import { plural } from '../../parts/format.ts';
import type { TextPlace } from '../policy/place-in-text.ts';
import { PlanThenApply } from '../policy/plan-then-apply.tsx';
import { usePlan } from '../policy/use-plan.ts';
import css from './contracts.module.css';

/** What refusals name as the file. */
const file = 'contract';

interface ApplyContractProps {
  readonly text: string;
  readonly days: number;
  readonly isReady: boolean;
  readonly onGo: (place: TextPlace) => void;
  readonly onApplied: () => void;
}

/** With all policies and exceptions that are in force: which launches would turn. Only what was planned can be applied. */
export function ApplyContract({ text, days, isReady, onGo, onApplied }: ApplyContractProps) {
  const planning = usePlan(text, file, { days, onApplied });
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
      <PlanThenApply text={text} planning={planning} isReady={isReady} file={file} onGo={onGo} />
    </div>
  );
}
