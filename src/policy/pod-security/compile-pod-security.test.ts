import { describe, expect, it } from 'vitest';
import { launchRequest } from '../../../test/fakes/launches.ts';
import type { LaunchMount, LaunchRequest, LaunchSecurity } from '../../model/index.ts';
import { compilePodSecurity } from './compile-pod-security.ts';
import { judgePodSecurity } from './judge-pod-security.ts';

const request = (parts: Partial<LaunchRequest> = {}): LaunchRequest =>
  launchRequest({ form: 'compose', path: 'services.web', name: 'web', ...parts });

const secured = (security: LaunchSecurity) => request({ security });
const mounted = (mount: Partial<LaunchMount>) =>
  request({
    mounts: [{ type: 'volume', path: 'services.web.volumes[0]', target: '/data', readOnly: false, ...mount }],
  });
const said = <Value>(value: Value, key = 'x') => ({ value, path: `services.web.${key}` });
const capabilities = (...names: string[]) => secured({ capabilities: names.map((name) => said(name, 'cap_add')) });
const ordinary =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  );

const told = (of: LaunchRequest, level: 'baseline' | 'restricted', version = 'latest') =>
  judgePodSecurity(compilePodSecurity(of), level, version).map(({ rule, path }) => `${rule.slice(13)} ${path}`);

describe('compilePodSecurity', () => {
  it.each<readonly [what: string, of: LaunchRequest, findings: readonly string[]]>([
    ['what says nothing', request(), []],
    ['privileged', secured({ privileged: said(true, 'privileged') }), ['privileged services.web.privileged']],
    [
      'the network of the host',
      request({ namespaces: [{ kind: 'network', mode: 'host', path: 'services.web.network_mode' }] }),
      ['host-namespaces services.web.network_mode'],
    ],
    ['another container’s network', request({ namespaces: [{ kind: 'network', mode: 'shared', path: 'p' }] }), []],
    ['a bind mount', mounted({ type: 'bind', source: '/etc' }), ['host-path-volumes services.web.volumes[0]']],
    [
      'a volume that is a bind mount',
      mounted({ driver: 'local', options: { o: 'bind', device: '/etc' } }),
      ['host-path-volumes services.web.volumes[0]'],
    ],
    ['a volume', mounted({ source: 'data' }), []],
    [
      'a port',
      request({ ports: [{ path: 'services.web.ports[0]', host: 80, protocol: 'tcp' }] }),
      ['host-ports services.web.ports[0]'],
    ],
    [
      'any free port',
      request({ ports: [{ path: 'services.web.ports[0]', host: 0, protocol: 'tcp' }] }),
      ['host-ports services.web.ports[0]'],
    ],
    ['a port that is not published', request({ ports: [{ path: 'p', container: 80, protocol: 'tcp' }] }), []],
    ['the default set', capabilities(...ordinary), []],
    ['one more', capabilities(...ordinary, 'SYS_ADMIN'), ['capabilities-baseline services.web.cap_add']],
    ['all', capabilities('ALL'), ['capabilities-baseline services.web.cap_add']],
    ['one less', capabilities(...ordinary.slice(1)), []],
    ['no filter', secured({ seccomp: said('unconfined', 's') }), ['seccomp-profile-baseline services.web.s']],
    ['no AppArmor', secured({ apparmor: said('unconfined', 'a') }), ['app-armor-profile services.web.a']],
    ['no labels', secured({ selinux: said('disable', 'l') }), ['se-linux-options services.web.l']],
    ['a label of containers', secured({ selinux: said('::container_t:s0:c1,c2', 'l') }), []],
    ['paths laid bare', secured({ unmasked: said('systempaths', 'u') }), ['proc-mount services.web.u']],
    ['a sysctl', request({ sysctls: [{ name: 'kernel.msgmax', ...said('1', 'y') }] }), ['sysctls services.web.y']],
  ])('%s, by the baseline', (_, of, findings) => expect(told(of, 'baseline')).toEqual(findings));

  const strict: LaunchSecurity = { noNewPrivileges: said(true), capabilities: [] };
  const user = (text: string, uid?: number) => ({
    value: { text, ...(uid === undefined ? {} : { uid }) },
    path: 'services.web.user',
  });
  it.each<readonly [what: string, of: LaunchRequest, findings: readonly string[]]>([
    ['a user by number', request({ security: strict, user: user('1000', 1000) }), []],
    ['a user by name', request({ security: strict, user: user('web') }), ['run-as-non-root services.web']],
    [
      'root by number',
      request({ security: strict, user: user('0', 0) }),
      ['run-as-non-root services.web', 'run-as-user services.web.user'],
    ],
    [
      'what says nothing',
      request(),
      [
        'allow-privilege-escalation services.web',
        'capabilities-restricted services.web',
        'run-as-non-root services.web',
      ],
    ],
    [
      'the one capability',
      request({ security: { ...strict, capabilities: [said('NET_BIND_SERVICE')] }, user: user('1', 1) }),
      [],
    ],
    [
      'another capability',
      request({ security: { ...strict, capabilities: [said('CHOWN', 'c')] }, user: user('1', 1) }),
      ['capabilities-restricted services.web.c'],
    ],
  ])('%s, by restricted', (_, of, findings) => expect(told(of, 'restricted')).toEqual(findings));
});
