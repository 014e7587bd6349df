import { asObject } from '../../base/index.ts';
import type { LaunchSet } from '../../model/index.ts';
import { malformed, type Other, podLimits, readFlag, readText, readTexts, unknownKeys } from './pod-reading.ts';

const known = new Set(['kind', 'apiVersion', 'stdin', 'stdout', 'stderr', 'tty', 'container', 'command']);

/**
 * Reads what an API server asks about `kubectl exec` and `kubectl attach` (core/v1 PodExecOptions, PodAttachOptions): a
 * process in a container of the Pod that is named beside it. To attach is no process of its own, but as good as one where
 * the container listens: it stands among `others`. Throws LaunchError.
 */
export function parsePodExec(value: unknown, pod: { readonly name: string; readonly namespace?: string }): LaunchSet {
  const options = asObject(value);
  if (options === undefined) throw malformed('', 'the options of exec are an object');
  const kind = readText(options, 'kind', '');
  if (kind !== 'PodExecOptions' && kind !== 'PodAttachOptions')
    throw malformed('kind', 'is neither PodExecOptions nor PodAttachOptions');
  const others: Other[] = [...unknownKeys(options, '', known)];
  for (const flag of ['stdin', 'stdout', 'stderr', 'tty']) readFlag(options, flag, '');
  const entrypoint = readTexts(options, 'command', '', podLimits.arguments);
  if (kind === 'PodAttachOptions') others.push({ name: 'attach', path: 'kind', value: kind });
  else if (entrypoint.length === 0) throw malformed('command', 'is missing');
  const container = readText(options, 'container', '');
  return {
    form: 'pod',
    requests: [
      {
        form: 'pod',
        action: 'exec',
        path: '',
        role: 'container',
        ...(container === undefined || container === '' ? {} : { name: container }),
        workload: { kind: 'Pod', labels: {}, ...pod },
        ...(entrypoint.length === 0 ? {} : { entrypoint }),
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
        others,
      },
    ],
  };
}
