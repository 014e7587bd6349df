import { matchDockerRoute } from '../match-docker-route.ts';
import { parseDockerCall } from '../parse-docker-call.ts';

/** dockerd writes the request line before headers and body. */
const beginning = 1024;

/**
 * Whether a call is of a route that the table lets through, whoever asks and whatever it carries: the agent would say the
 * same. So a dead agent stops neither `docker ps` nor `docker stop`, and the agent's own questions do not come back to it.
 */
export function passesAlone(call: Uint8Array): boolean {
  try {
    if (isCreate(call)) return false;
    const { method, uri } = parseDockerCall(call);
    return matchDockerRoute(method, uri).route.treatment.as === 'pass';
  } catch {
    // Why it is refused is for the agent to say and to record.
    return false;
  }
}

/** What looks so is never taken for anything that passes, and reading it twice takes longest of all that is done here. */
function isCreate(call: Uint8Array): boolean {
  const start = Buffer.from(call.buffer, call.byteOffset, Math.min(call.byteLength, beginning));
  return start.includes('/containers/create"') || start.includes('/containers/create?');
}
