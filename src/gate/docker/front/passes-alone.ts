import { matchDockerRoute } from '../match-docker-route.ts';
import { parseDockerCall } from '../parse-docker-call.ts';

/**
 * Whether a call is of a route that the table lets through, whoever asks and whatever it carries: the agent would say the
 * same. So a dead agent stops neither `docker ps` nor `docker stop`, and the agent's own questions do not come back to it.
 */
export function passesAlone(call: Uint8Array): boolean {
  try {
    const { method, uri } = parseDockerCall(call);
    return matchDockerRoute(method, uri).route.treatment.as === 'pass';
  } catch {
    // Why it is refused is for the agent to say and to record.
    return false;
  }
}
