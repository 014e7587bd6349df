import type { InputRuleId, LaunchFinding, Severity } from '../model/index.ts';

/** What was seen in one value. `what` is made of words of this room alone, so that nothing of the value is shown. */
export interface Mark {
  readonly rule: InputRuleId;
  readonly what: string;
  readonly confidence: LaunchFinding['confidence'];
  /** Absent: the rule's own. */
  readonly severity?: Severity;
}

/** 1: what is surely no value of a setting. 2: also what might be one. */
export type Strictness = 1 | 2;
