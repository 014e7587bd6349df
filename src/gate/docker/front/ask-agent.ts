import type { DockerReply } from '../docker-gate.ts';
import { replyMessage } from '../reply-message.ts';
import { type Line, type LineFailure, openLine } from './open-line.ts';

/** An agent that answered nobody for so long hangs. Milliseconds. */
export const agentDeadline = 1500;
/** One that has much to do answers others meanwhile; even so nobody waits longer at dockerd. */
const longestWait = 10_000;

/** Hands calls on to the agent. Always answers in time: without the agent by a denial that says so. */
export function askAgent(backend: string, whenAway: 'deny' | 'allow'): (call: Uint8Array) => Promise<DockerReply> {
  let lastAnswer = 0;
  let line: Line | undefined;
  const endOf = (begun: number) => Math.min(Math.max(begun, lastAnswer) + agentDeadline, begun + longestWait);

  async function attempt(call: Uint8Array, begun: number): Promise<DockerReply | LineFailure> {
    if (!line?.isGood()) line = openLine(backend, endOf);
    const reply = await line.ask(call, begun);
    if (typeof reply !== 'string') lastAnswer = performance.now();
    return reply;
  }

  return async (call) => {
    const begun = performance.now();
    const first = await attempt(call, begun);
    // The agent was started anew and the connection was to the one before.
    const reply = first === 'reset' ? await attempt(call, begun) : first;
    return typeof reply === 'string' ? away(reply === 'hung', whenAway) : reply;
  };
}

function away(isHung: boolean, whenAway: 'deny' | 'allow'): DockerReply {
  if (whenAway === 'allow') return { Allow: true };
  const why = isHung ? `does not answer within ${agentDeadline / 1000} s` : 'is not running';
  const remedy = 'Start it again; until then nothing new starts here, while reading, stopping and removing go on';
  return { Allow: false, Msg: replyMessage(`agent-away: the Portwarden agent of this host ${why}`, remedy) };
}
