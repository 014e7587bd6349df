import type { JsonMap, JsonValue } from '../json-value.ts';
import { joinPath, quoteName } from '../json-value.ts';
import { LaunchError } from '../launch-error.ts';

/**
 * Passes what POST /containers/NAME/start may bring: nothing, or an empty object. Until API 1.23 the body was a HostConfig
 * that took the place of the one at create, so that any key is refused by its name. Throws LaunchError.
 */
export function parseDockerStart(body: JsonValue | undefined): void {
  if (body === undefined || body === null) return;
  if (typeof body !== 'object' || Array.isArray(body))
    throw new LaunchError('bad-launch', '', 'a start has no body, or an empty object');
  const [key] = Object.keys(body as JsonMap);
  if (key === undefined) return;
  throw new LaunchError('bad-launch', joinPath('', key), `the key ${quoteName(key)} is refused at start`, {
    remedy: 'Say it when the container is created',
  });
}
