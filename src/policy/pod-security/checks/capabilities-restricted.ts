import type { PodSecuritySpec } from '../../../model/index.ts';
import {
  containerHolders,
  contextPath,
  isWindows,
  type PodSecurityCheck,
  type PodSecurityOffence,
  quotedList,
} from '../pod-security-check.ts';

const overrides = ['pod-security/capabilities-baseline'] as const;

export const capabilitiesRestricted: PodSecurityCheck = {
  id: 'pod-security/capabilities-restricted',
  level: 'restricted',
  severity: 'medium',
  title: 'Capabilities are kept that it need not have',
  remedy: 'Drop ALL, and add at most NET_BIND_SERVICE',
  versions: [
    { from: 22, overrides, find },
    { from: 25, overrides, find: (pod) => (isWindows(pod) ? [] : find(pod)) },
  ],
};

function find({ spec }: PodSecuritySpec): readonly PodSecurityOffence[] {
  return containerHolders(spec).flatMap((holder) => {
    const { subject } = holder;
    const { add = [], drop = [] } = holder.securityContext?.capabilities ?? {};
    const offences: PodSecurityOffence[] = [];
    if (!drop.includes('ALL'))
      offences.push({
        path: contextPath(holder, 'capabilities.drop'),
        subject,
        evidence: `${subject} does not drop ALL capabilities`,
      });
    const added = add.filter((name) => name !== 'NET_BIND_SERVICE');
    if (added.length > 0)
      offences.push({
        path: contextPath(holder, 'capabilities.add'),
        subject,
        evidence: `${subject} adds ${quotedList(added)}`,
      });
    return offences;
  });
}
