import type { LaunchForm, LaunchRequest } from '../../model/index.ts';

/** A request that asks for nothing yet; whoever reads a form fills in what it says. */
export function blankRequest(form: LaunchForm, action: LaunchRequest['action'], path = ''): LaunchRequest {
  return {
    form,
    action,
    path,
    role: 'container',
    workload: { labels: {} },
    scripts: [],
    environment: [],
    files: [],
    mounts: [],
    groups: [],
    security: {},
    namespaces: [],
    devices: [],
    sysctls: [],
    ports: [],
    resources: {},
    volumesFrom: [],
    others: [],
  };
}
