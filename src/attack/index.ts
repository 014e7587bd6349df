/**
 * attack: tries what is known to get past the gate of a container host, on the user's own host, without harm.
 * Never: pulls, ends or changes what it did not make; starts more than a sleep; leaves anything behind; takes silence for a pass.
 * Start at attack.ts; a file for each family of attacks.
 */
export type { Attack, AttackHost, AttackOutcome } from './attack.ts';
export { AttackError, type AttackErrorCode } from './attack-error.ts';
export { attacks, selectAttacks } from './attacks.ts';
export {
  type AttackPlan,
  type AttackReport,
  type AttackRequest,
  type AttackResult,
  planAttacks,
  runAttacks,
} from './run-attacks.ts';
