import type { DockerGate } from './docker-gate.ts';
import { longestDockerCall } from './parse-docker-call.ts';
import { type PluginServer, servePlugin } from './plugin-server.ts';

export interface ServeDockerGateOptions {
  /** The agent's own socket, behind the front; or, without a front, the one below /run/docker/plugins. */
  readonly socketPath: string;
  readonly gate: DockerGate;
}

/** Speaks dockerd's protocol of authorization plugins on a unix socket. What leaves the engine is not looked at. */
export function serveDockerGate({ socketPath, gate }: ServeDockerGateOptions): Promise<PluginServer> {
  return servePlugin(socketPath, longestDockerCall, async ({ path, body }) => {
    if (path === '/Plugin.Activate') return { Implements: ['authz'] };
    if (path === '/AuthZPlugin.AuthZRes') return { Allow: true };
    if (path !== '/AuthZPlugin.AuthZReq') return undefined;
    if (!body) return { Allow: false, Msg: `bad-call: the call is larger than ${longestDockerCall} bytes` };
    return gate.answer(body);
  });
}
