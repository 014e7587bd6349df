import { parseJson } from '../base/index.ts';
import { imagePrefix } from './attack.ts';
import { AttackError } from './attack-error.ts';
import { valueAt } from './container-attack.ts';
import { wordsOf } from './judge-answer.ts';
import { type SocketAddress, sendRaw } from './raw-request.ts';

/** What an engine says of itself. */
export interface EngineFacts {
  readonly version: string;
  readonly api: string;
  readonly dataRoot: string;
  readonly plugins: readonly string[];
  /** Containers have a user namespace of their own: their root is not root of the host. */
  readonly remapsUsers: boolean;
}

/** What an attack is not about is asked in this version, or in the nearest that the engine speaks. */
const usualApi = 41;

/** Reads what is needed of an engine. Throws AttackError. */
export async function readEngineFacts(address: SocketAddress, signal: AbortSignal): Promise<EngineFacts> {
  const version = await readJson(address, '/version', signal);
  const info = await readJson(address, '/info', signal);
  const minor = (path: string) => Number(/^1\.(\d{1,4})$/.exec(textAt(version, path))?.[1] ?? usualApi);
  const plugins = valueAt(info, 'Plugins.Authorization');
  const security = valueAt(info, 'SecurityOptions');
  return {
    version: textAt(version, 'Version') || 'unknown',
    api: `v1.${Math.max(Math.min(usualApi, minor('ApiVersion')), minor('MinAPIVersion'))}`,
    dataRoot: textAt(info, 'DockerRootDir') || '/var/lib/docker',
    plugins: Array.isArray(plugins) ? plugins.filter((name) => typeof name === 'string') : [],
    remapsUsers:
      Array.isArray(security) && security.some((option) => /^name=(?:userns|rootless)$/.test(String(option))),
  };
}

export interface LocalImage {
  readonly id: string;
  readonly name: string | undefined;
  readonly size: number;
}

/** Images that are there, the smallest first. Throws AttackError. */
export async function readLocalImages(
  address: SocketAddress,
  api: string,
  signal: AbortSignal,
): Promise<readonly LocalImage[]> {
  const list = await readJson(address, `/${api}/images/json`, signal);
  const found = (Array.isArray(list) ? list : []).map((image: unknown) => {
    const tags = valueAt(image, 'RepoTags');
    // What an earlier run named is no name of somebody's.
    const name = (Array.isArray(tags) ? tags : []).find(
      (tag) => typeof tag === 'string' && !tag.includes('<none>') && !tag.startsWith(imagePrefix),
    );
    return { id: textAt(image, 'Id'), name: name as string | undefined, size: Number(valueAt(image, 'Size') ?? 0) };
  });
  return found.filter(({ id }) => /^(?:sha256:)?[0-9a-f]{64}$/.test(id)).toSorted((a, b) => a.size - b.size);
}

export function textAt(value: unknown, path: string): string {
  const text = valueAt(value, path);
  return typeof text === 'string' ? text : '';
}

/** Throws AttackError where the engine refuses or says no JSON. */
async function readJson(address: SocketAddress, path: string, signal: AbortSignal): Promise<unknown> {
  const answer = await sendRaw(address, [{ method: 'GET', path, headers: [] }], { signal });
  if (answer.status !== 200)
    throw new AttackError('engine-silent', `the engine does not answer GET ${path}: ${wordsOf(answer)}`);
  try {
    return parseJson(answer.body, `the answer to GET ${path}`);
  } catch (cause) {
    throw new AttackError('bad-answer', `the answer to GET ${path} is no JSON`, { cause });
  }
}
