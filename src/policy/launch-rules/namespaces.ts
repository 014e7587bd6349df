import { type LaunchRule, type LaunchRuleFinding, shown } from './launch-rule.ts';

/** Of the host they are no more than what engines do by default on many a host. */
const usual = new Set(['user', 'cgroup']);

export const hostNamespace: LaunchRule = {
  id: 'launch/host-namespace',
  title: 'It shares a namespace with the host or another container',
  remedy: 'Leave the namespace private; publish ports instead of joining the network of the host',
  evaluate({ request }, { namespaces: settings = {} }) {
    const findings: LaunchRuleFinding[] = [];
    for (const { kind, mode, path, target } of request.namespaces) {
      // One that somebody names by a path may be that of the host, /proc/1/ns/net; in a config.json an engine does.
      const isHost = mode === 'host' || (request.form !== 'config' && target?.startsWith('/') === true);
      const allowed: readonly string[] | undefined = isHost ? settings.host : settings.shared;
      if (allowed?.includes(kind)) continue;
      const isObserved = !allowed && (!isHost || usual.has(kind));
      findings.push({
        severity: isHost ? (usual.has(kind) ? 'low' : 'high') : 'medium',
        path,
        subject: `${kind} namespace`,
        evidence: mode === 'host' ? 'that of the host' : `shared with ${shown(target ?? 'what is not named')}`,
        ...(isObserved ? { observed: true } : {}),
      });
    }
    return { findings };
  },
};
