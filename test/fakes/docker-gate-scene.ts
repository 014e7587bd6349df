import { silentLog } from '../../src/base/index.ts';
import type { KnownContainer, KnownImage, KnownVolume } from '../../src/gate/docker/ask-engine.ts';
import { createDockerGate, type DockerGateParts, type DockerGateSettings } from '../../src/gate/docker/docker-gate.ts';
import { createLaunchReferee, type RefereeRules } from './launch-referee.ts';

export const imageId = `sha256:${'ab'.repeat(32)}` as const;
export const manifestDigest = `sha256:${'cd'.repeat(32)}` as const;

export interface DockerGateScene {
  readonly rules?: RefereeRules;
  readonly settings?: Partial<DockerGateSettings>;
  readonly images?: Readonly<Record<string, KnownImage>>;
  readonly volumes?: Readonly<Record<string, KnownVolume>>;
  readonly containers?: Readonly<Record<string, KnownContainer>>;
  readonly parts?: Partial<DockerGateParts>;
}

export function dockerGateScene({
  rules,
  settings,
  images = {},
  volumes = {},
  containers = {},
  parts,
}: DockerGateScene = {}) {
  const referee = createLaunchReferee(rules);
  const gate = createDockerGate({
    launches: referee,
    host: 'quay-1',
    engine: {
      inspectImage: async (name) => images[name],
      inspectVolume: async (name) => volumes[name],
      ownPaths: async () => ['/srv/engine/docker.sock', '/srv/engine/data'],
      inspectContainer: async (name) => containers[name],
    },
    images: {
      mayPull: async ({ repository, tag, digest: pinned }) =>
        repository === 'good' && (tag === '1' || pinned === manifestDigest)
          ? { allowed: true }
          : { allowed: false, reason: `${repository} is not certified`, remedy: 'certify it' },
    },
    settings: () => ({ whenUnreadable: 'deny', whenUndecided: 'deny', routes: {}, ...settings }),
    resolvePath: async (path) => path,
    log: silentLog,
    ...parts,
  });
  const ask = (method: string, uri: string, body?: string | object, headers: Record<string, string> = {}) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const call = {
      RequestMethod: method,
      RequestUri: uri,
      RequestHeaders: {
        ...(text === '' ? {} : { 'Content-Type': 'application/json', 'Content-Length': `${Buffer.byteLength(text)}` }),
        ...headers,
      },
      ...(text === '' ? {} : { RequestBody: Buffer.from(text).toString('base64') }),
    };
    return gate.answer(Buffer.from(JSON.stringify(call)));
  };
  return { referee, gate, ask };
}
