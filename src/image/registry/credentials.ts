import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  asObject,
  asString,
  asStringMap,
  decodeUtf8,
  type JsonObject,
  messageOf,
  parseJson,
} from '../../base/index.ts';
import type { ImageName } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import { type FindCloudLogin, findCloudLogin } from './cloud/find-cloud-login.ts';
import { askCredentialHelper } from './credential-helper.ts';

export type Credential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token, to be changed for an access token at the realm. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** To be sent as it is. */
  | { readonly kind: 'registry-token'; readonly token: string };

/** What was found for a repository, and where it was looked for: an error that follows says so. */
export interface CredentialSearch {
  readonly credential?: Credential;
  /** Files that were there; where the credential is of a cloud, what it was got by. */
  readonly files: readonly string[];
  /** Files, helpers and clouds that failed. An image that anyone may read is read all the same. */
  readonly failures: readonly ImageError[];
}

const maxFileBytes = 2 ** 20;

/**
 * The usual places, in the order they are looked in: docker's config.json, then podman's auth.json
 * (docker CLI reference, "config.json"; containers-auth.json(5)).
 */
export function credentialFiles(env: NodeJS.ProcessEnv): readonly string[] {
  const home = env.HOME ?? homedir();
  return [
    join(env.DOCKER_CONFIG ?? join(home, '.docker'), 'config.json'),
    ...(env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : []),
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'containers/auth.json')] : []),
    join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'containers/auth.json'),
  ];
}

/**
 * Looks in each file for the credentials of a repository; the first that has some wins. Where none has, and a cloud runs
 * the registry, that cloud is asked by the identity of this machine; not where no file may be looked at either.
 */
export async function findCredential(
  image: ImageName,
  files: readonly string[],
  signal: AbortSignal,
  cloudLogin: FindCloudLogin = findCloudLogin,
): Promise<CredentialSearch> {
  const failures: ImageError[] = [];
  const looked: string[] = [];
  for (const file of files) {
    try {
      const document = await readCredentialFile(file);
      if (!document) continue;
      looked.push(file);
      const credential = (await fromHelper(document, image, signal)) ?? fromAuths(document, image);
      if (credential) return { credential, files: [file], failures };
    } catch (error) {
      if (!(error instanceof ImageError) || error.code !== 'credential-failure') throw error;
      failures.push(named(error, file));
    }
  }
  if (files.length === 0) return { files: looked, failures };
  try {
    const login = await cloudLogin(image.registry, signal);
    if (login) return { credential: login.credential, files: [login.source], failures };
  } catch (error) {
    if (!(error instanceof ImageError) || error.code !== 'credential-failure') throw error;
    failures.push(error);
  }
  return { files: looked, failures };
}

async function readCredentialFile(file: string): Promise<JsonObject | undefined> {
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes) throw new Error(`it is larger than ${maxFileBytes} bytes`);
    const document = asObject(parseJson(decodeUtf8(await readFile(file), 'it'), 'it'));
    if (!document) throw new Error('it is not a JSON object');
    return document;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new ImageError('credential-failure', `cannot read credentials: ${messageOf(cause)}`, { cause });
  }
}

async function fromHelper(
  document: JsonObject,
  image: ImageName,
  signal: AbortSignal,
): Promise<Credential | undefined> {
  const helpers = Object.entries(asStringMap(document.credHelpers));
  const ofRegistry = helpers.find(([key]) => matchLength(key, image) > 0)?.[1];
  const helper = ofRegistry ?? asString(document.credsStore);
  if (!helper) return undefined;
  return askCredentialHelper(helper, serverName(image.registry), signal);
}

/** The entry with the longest path that the repository lies under. */
function fromAuths(document: JsonObject, image: ImageName): Credential | undefined {
  const [best] = Object.entries(asObject(document.auths) ?? {})
    .map(([key, value]) => ({ length: matchLength(key, image), credential: parseAuth(asObject(value)) }))
    .filter((entry) => entry.length > 0 && entry.credential)
    .sort((a, b) => b.length - a.length);
  return best?.credential;
}

function parseAuth(entry: JsonObject | undefined): Credential | undefined {
  const identityToken = asString(entry?.identitytoken);
  if (identityToken) return { kind: 'identity-token', token: identityToken };
  const registryToken = asString(entry?.registrytoken);
  if (registryToken) return { kind: 'registry-token', token: registryToken };
  const pair = Buffer.from(asString(entry?.auth) ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const username = colon > 0 ? pair.slice(0, colon) : asString(entry?.username);
  // docker trims what old versions padded with.
  const password = colon > 0 ? pair.slice(colon + 1).replace(/\0+$/, '') : asString(entry?.password);
  return username && password !== undefined ? { kind: 'basic', username, password } : undefined;
}

/**
 * How closely a key of a credential file fits: 0 not at all. A key is a host, a URL of which only the host counts
 * (docker writes `https://index.docker.io/v1/`), or a host with a path of namespaces (podman).
 */
function matchLength(key: string, { registry, repository }: ImageName): number {
  const url = /^https?:\/\/([^/]+)/.exec(key);
  const slash = key.indexOf('/');
  const host = url?.[1] ?? (slash < 0 ? key : key.slice(0, slash));
  const path = url || slash < 0 ? '' : key.slice(slash + 1).replace(/\/$/, '');
  const canonical = /^(?:index|registry-1)\.docker\.io$/.test(host) ? 'docker.io' : host.toLowerCase();
  if (canonical !== registry) return 0;
  if (path === '') return 1;
  return repository === path || repository.startsWith(`${path}/`) ? 1 + path.length : 0;
}

/** What docker login hands to a helper as the server. */
export function serverName(registry: string): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
}

function named(error: ImageError, file: string): ImageError {
  return new ImageError('credential-failure', `${file}: ${error.message}`, {
    cause: error,
    remedy: `Correct what ${file} says about credentials, or take it out.`,
  });
}
