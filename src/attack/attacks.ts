import type { Attack } from './attack.ts';
import { AttackError } from './attack-error.ts';
import { bodyAttacks } from './bodies.ts';
import { execAttacks } from './exec.ts';
import { imageAttacks } from './images.ts';
import { pathAttacks } from './paths.ts';
import { pluginAttacks } from './plugins.ts';
import { privilegeAttacks } from './privileges.ts';
import { routeAttacks } from './routes.ts';
import { socketAttacks } from './sockets.ts';
import { volumeAttacks } from './volumes.ts';

/** Every attack, in the order in which they are tried. */
export const attacks: readonly Attack[] = [
  ...pluginAttacks,
  ...socketAttacks,
  ...bodyAttacks,
  ...pathAttacks,
  ...privilegeAttacks,
  ...execAttacks,
  ...volumeAttacks,
  ...imageAttacks,
  ...routeAttacks,
];

/** Those of IDs or of parts of them from the left, `docker/body`; all where nothing is asked. Throws AttackError `unknown-attack`. */
export function selectAttacks(only: readonly string[]): readonly Attack[] {
  const isOf = (asked: string) => (attack: Attack) => attack.id === asked || attack.id.startsWith(`${asked}/`);
  const unknown = only.find((asked) => !attacks.some(isOf(asked)));
  if (unknown !== undefined)
    throw new AttackError('unknown-attack', `no attack is called "${unknown}"`, {
      remedy: 'See portwarden attack-test --list',
    });
  return only.length === 0 ? attacks : attacks.filter((attack) => only.some((asked) => isOf(asked)(attack)));
}
