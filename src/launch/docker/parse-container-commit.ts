import type { LaunchSet } from '../../model/index.ts';
import { BodyReader } from '../body-reader.ts';
import { checkBody, fieldsOf, othersOf } from '../body-shape.ts';
import type { JsonValue } from '../json-value.ts';
import { blankRequest } from './blank-request.ts';
import { configFields } from './container-fields.ts';
import { readConfig } from './read-config.ts';

const commitFields = fieldsOf(configFields);

/** Of the query of POST /commit. */
export interface CommitQuery {
  readonly container?: string;
  /** Lines of a Dockerfile. */
  readonly changes?: readonly string[];
}

/**
 * What an image that POST /commit makes of a container will start, as far as the body and the query say it: an update of
 * that container, to which no image belongs yet. Throws LaunchError.
 */
export function parseContainerCommit(body: JsonValue | undefined, query: CommitQuery = {}): LaunchSet {
  const map = checkBody(body ?? {}, commitFields);
  const { container, changes = [] } = query;
  const request = {
    ...blankRequest('docker', 'update'),
    ...readConfig(new BodyReader(map, '')),
    ...(container === undefined ? {} : { name: container }),
    others: [
      ...othersOf(map, commitFields),
      ...changes.map((value, index) => ({ name: 'changes', value: value.slice(0, 4096), path: `changes[${index}]` })),
    ],
  };
  return { form: 'docker', requests: [request] };
}
