import type { ContractRow } from '../../api/wire.ts';
import { StateMark } from '../../parts/state-mark.tsx';

/** What becomes of a start that does not fit: by the contract's own mode, and by the policies of where it starts. */
export function ContractMode({ mode, effect }: Pick<ContractRow, 'mode' | 'effect'>) {
  if (mode === 'observe')
    return <StateMark tone="doubtful" word="observed" meaning="The contract only observes: what does not fit passes" />;
  if (effect === 'refuse') return <StateMark tone="good" word="enforced" meaning="What does not fit is refused" />;
  if (effect === 'observe')
    return (
      <StateMark
        tone="doubtful"
        word="policies observe"
        meaning="Policies of its hosts only observe what does not fit"
      />
    );
  if (effect === 'ignore')
    return <StateMark tone="unknown" word="ignored" meaning="Policies of its hosts do not ask for contracts" />;
  if (effect === 'mixed')
    return (
      <StateMark
        tone="doubtful"
        word="enforced in part"
        meaning="Policies refuse what does not fit in some places, and not in others"
      />
    );
  return <StateMark tone="unknown" word="no start yet" meaning="Nothing that it speaks of was started in this time" />;
}
