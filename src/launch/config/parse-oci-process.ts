import type { LaunchSecurity, LaunchSet } from '../../model/index.ts';
import { BodyReader } from '../body-reader.ts';
import { checkBody, othersOf } from '../body-shape.ts';
import { blankRequest } from '../docker/blank-request.ts';
import type { JsonValue } from '../json-value.ts';
import { LaunchError } from '../launch-error.ts';
import { processFields } from './oci-fields.ts';
import type { OciOptions } from './oci-options.ts';
import { hasAllCapabilities, readCapabilities, readConfinement, readProcess } from './oci-process.ts';

/** The process that `runc exec --process FILE` starts in a container. Throws LaunchError. */
export function parseOciProcess(value: JsonValue, options: OciOptions = {}): LaunchSet {
  const map = checkBody(value, processFields);
  const process = new BodyReader(map, '');
  if (process.texts('args').length === 0) throw new LaunchError('bad-launch', 'args', 'it names no program');
  const capabilities = readCapabilities(process);
  const security: LaunchSecurity = hasAllCapabilities(capabilities)
    ? { privileged: { value: true, path: 'capabilities' } }
    : capabilities
      ? { capabilities }
      : {};
  const request = {
    ...blankRequest('config', 'exec'),
    ...readProcess(process),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.image ? { image: options.image } : {}),
    workload: { labels: options.labels ?? {} },
    security: { ...readConfinement(process), ...security },
    others: othersOf(map, processFields),
  };
  return { form: 'config', requests: [request] };
}
