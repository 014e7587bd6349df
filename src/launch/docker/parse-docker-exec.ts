import type { LaunchSet } from '../../model/index.ts';
import { BodyReader } from '../body-reader.ts';
import { checkBody, othersOf } from '../body-shape.ts';
import type { JsonValue } from '../json-value.ts';
import { LaunchError } from '../launch-error.ts';
import { blankRequest } from './blank-request.ts';
import { execFields } from './container-fields.ts';
import { readCommand, readEnvironment, readUser } from './read-config.ts';

/** The process that the body of POST /containers/NAME/exec starts in that container. Throws LaunchError. */
export function parseDockerExec(body: JsonValue, container: string): LaunchSet {
  const map = checkBody(body, execFields);
  const config = new BodyReader(map, '');
  const command = readCommand(config.words('Cmd'));
  if (!command) throw new LaunchError('bad-launch', 'Cmd', 'it names no program');
  const privileged = config.flag('Privileged');
  const workingDirectory = config.text('WorkingDir');
  return {
    form: 'docker',
    requests: [
      {
        ...blankRequest('docker', 'exec'),
        name: container,
        entrypoint: [],
        command,
        ...readUser(config),
        environment: readEnvironment(config),
        ...(workingDirectory ? { workingDirectory } : {}),
        security: privileged ? { privileged } : {},
        others: othersOf(map, execFields),
      },
    ],
  };
}
