import { inputRuleIds, launchRuleIds, podSecurityRuleIds } from '../../model/index.ts';
import { imageRuleIds } from './image-rule.ts';

/** Every rule from which there may be an exception. */
export const policyRuleIds = [...imageRuleIds, ...launchRuleIds, ...inputRuleIds, ...podSecurityRuleIds] as const;
