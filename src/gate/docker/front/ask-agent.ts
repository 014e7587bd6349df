import { Agent, request as send } from 'node:http';
import { replyMessage } from '../reply-message.ts';

/** An agent that answered nobody for so long hangs. Milliseconds. */
export const agentDeadline = 1500;
/** One that has much to do answers others meanwhile; even so nobody waits longer at dockerd. */
const longestWait = 10_000;

const longestAnswer = 64 * 1024;

/** Hands calls on to the agent. Always answers in time: without the agent by a denial that says so. */
export function askAgent(backend: string, whenAway: 'deny' | 'allow'): (call: Uint8Array) => Promise<object> {
  const agent = new Agent({ keepAlive: true, maxSockets: 512, maxFreeSockets: 64 });
  let lastAnswer = 0;

  async function askInTime(call: Uint8Array): Promise<object> {
    const begun = performance.now();
    const giveUp = new AbortController();
    const check = () => {
      const now = performance.now();
      const end = Math.min(Math.max(begun, lastAnswer) + agentDeadline, begun + longestWait);
      if (now >= end - 1) giveUp.abort();
      else timer = setTimeout(check, end - now);
    };
    let timer = setTimeout(check, agentDeadline);
    const attempt = async () => {
      const reply = await ask(agent, backend, call, giveUp.signal);
      lastAnswer = performance.now();
      return reply;
    };
    try {
      return await attempt();
    } catch (error) {
      const isReset = ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');
      // The agent was started anew and the connection was to the one before.
      const again = isReset && !giveUp.signal.aborted ? await attempt().catch(() => undefined) : undefined;
      return again ?? away(giveUp.signal.aborted, whenAway);
    } finally {
      clearTimeout(timer);
    }
  }
  return askInTime;
}

function away(isHung: boolean, whenAway: 'deny' | 'allow'): object {
  if (whenAway === 'allow') return { Allow: true };
  const why = isHung ? `does not answer within ${agentDeadline / 1000} s` : 'is not running';
  const remedy = 'Start it again; until then nothing new starts here, while reading, stopping and removing go on';
  return { Allow: false, Msg: replyMessage(`agent-away: the Portwarden agent of this host ${why}`, remedy) };
}

async function ask(agent: Agent, backend: string, call: Uint8Array, signal: AbortSignal): Promise<object> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'portwarden', 'content-type': 'application/json', 'content-length': call.byteLength };
    const options = { agent, socketPath: backend, method: 'POST', path: '/AuthZPlugin.AuthZReq', headers, signal };
    const request = send(options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.byteLength;
        if (size > longestAnswer) response.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          resolve(readReply(response.statusCode, Buffer.concat(chunks).toString()));
        } catch (error) {
          reject(error);
        }
      });
    });
    request.on('error', reject);
    request.end(call);
  });
}

/** Nothing but `true` is taken for leave. */
function readReply(status: number | undefined, text: string): object {
  const reply = JSON.parse(text) as { readonly Allow?: unknown; readonly Msg?: unknown };
  if (status === 200 && reply.Allow === true) return { Allow: true };
  return { Allow: false, Msg: typeof reply.Msg === 'string' ? reply.Msg : 'the agent gave no reason' };
}
