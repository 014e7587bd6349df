import type { JsonMap } from '../../launch/index.ts';
import type { RuntimeCall } from './runtime-call.ts';

/**
 * The process that `runc exec ID program…` starts, in the form of process.json. What it has from the container itself and no
 * option changes is left out.
 */
export function compileExecProcess(call: Pick<RuntimeCall, 'options' | 'args'>): JsonMap {
  const all = (name: string): string[] => call.options.filter(([each]) => each === name).map(([, value]) => value);
  const last = (name: string): string | undefined => all(name).at(-1);
  const user = last('user');
  const [uid = '', gid = '0'] = user?.split(':') ?? [];
  const groups = all('additional-gids').map(Number);
  const capabilities = all('cap').flatMap((each) => each.split(','));
  const apparmor = last('apparmor');
  const label = last('process-label');
  const flag = call.options.findLast(([each]) => each === 'no-new-privs')?.[1];
  return Object.assign(Object.create(null), {
    args: [...call.args],
    env: all('env'),
    cwd: last('cwd') ?? '/',
    ...(user === undefined ? {} : { user: { uid: numberOf(uid), gid: numberOf(gid), additionalGids: groups } }),
    ...(capabilities.length > 0 ? { capabilities: { bounding: capabilities, effective: capabilities } } : {}),
    ...(apparmor ? { apparmorProfile: apparmor } : {}),
    ...(label ? { selinuxLabel: label } : {}),
    ...(flag === '' || flag === 'true' ? { noNewPrivileges: true } : {}),
  });
}

/** A name is looked up in the container: who it is there nobody can tell here. */
function numberOf(text: string): number | string {
  return /^\d{1,10}$/.test(text) ? Number(text) : text;
}
