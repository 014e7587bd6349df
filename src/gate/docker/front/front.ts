/**
 * The process that owns the plugin's socket: `node front.ts SOCKET BACKEND_SOCKET [deny|allow]`. dockerd waits 15 s for a
 * plugin that nobody listens for, and for ever for one that hangs; this one hands calls on to the agent and answers for it
 * where it does not. It outlives the agent; a successor takes the name of the socket and ends it by SIGTERM, which lets it
 * finish what it has begun.
 */
import { longestDockerCall } from '../parse-docker-call.ts';
import { servePlugin } from '../plugin-server.ts';
import { askAgent } from './ask-agent.ts';
import { frontVersion } from './front-version.ts';
import { passesAlone } from './passes-alone.ts';

const [socketPath = '', backend = '', whenAway = 'deny'] = process.argv.slice(2);
if (socketPath === '' || backend === '' || !['deny', 'allow'].includes(whenAway)) {
  process.stderr.write('front.ts SOCKET BACKEND_SOCKET [deny|allow]\n');
  process.exit(2);
}
const ask = askAgent(backend, whenAway as 'deny' | 'allow');

const server = await servePlugin(socketPath, longestDockerCall, async ({ path, body }) => {
  if (path === '/AuthZPlugin.AuthZReq') {
    if (!body) return { Allow: false, Msg: `bad-call: the call is larger than ${longestDockerCall} bytes` };
    return passesAlone(body) ? { Allow: true } : ask(body);
  }
  if (path === '/AuthZPlugin.AuthZRes') return { Allow: true };
  if (path === '/Plugin.Activate') return { Implements: ['authz'] };
  if (path === '/Portwarden.Front') return { version: frontVersion, pid: process.pid, backend, whenAway };
  return undefined;
});
process.on('SIGTERM', () => void server.close(10_000).then(() => process.exit(0)));
// The terminal or service that started the agent does not end it.
process.on('SIGHUP', () => undefined);
process.on('SIGINT', () => undefined);
