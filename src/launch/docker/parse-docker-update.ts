import type { LaunchSet } from '../../model/index.ts';
import { BodyReader } from '../body-reader.ts';
import { checkBody, othersOf } from '../body-shape.ts';
import type { JsonValue } from '../json-value.ts';
import { blankRequest } from './blank-request.ts';
import { updateFields } from './container-fields.ts';
import { readResources } from './read-host-config.ts';

/** What the body of POST /containers/NAME/update changes of that container. Throws LaunchError. */
export function parseDockerUpdate(body: JsonValue, container: string): LaunchSet {
  const map = checkBody(body, updateFields);
  const request = {
    ...blankRequest('docker', 'update'),
    name: container,
    ...readResources(new BodyReader(map, '')),
    others: othersOf(map, updateFields),
  };
  return { form: 'docker', requests: [request] };
}
