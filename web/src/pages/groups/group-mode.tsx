import type { GroupView } from '../../api/wire.ts';
import { StateMark } from '../../parts/state-mark.tsx';

/** Whether its rules hold. */
export const GroupMode = ({ group: { mode, isBuiltIn } }: { readonly group: Pick<GroupView, 'mode' | 'isBuiltIn'> }) =>
  mode === 'enforce' ? (
    <StateMark tone="good" word="enforced" meaning="What no rule lets pass is refused" />
  ) : (
    <StateMark
      tone={isBuiltIn ? 'unknown' : 'doubtful'}
      word="observed"
      meaning={
        isBuiltIn
          ? 'Nobody wrote a group for these containers: all they do passes and is recorded'
          : 'What no rule lets pass is counted, and passes'
      }
    />
  );
