import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { type Clock, CodedError, type Log, mapConcurrent, messageOf, readBounded } from '../../base/index.ts';
import { type ClusterObject, LaunchError, parseClusterObject, parseStrictJson } from '../../launch/index.ts';
import type { ObjectNames } from './named-objects.ts';

export type ClusterErrorCode =
  /** The files of a service account, or the address of the API server, are not there. */
  'no-cluster';
export class ClusterError extends CodedError<ClusterErrorCode> {}

/** How the API server is asked. */
export interface ClusterAccess {
  /** `https://10.0.0.1:443` */
  readonly url: string;
  /** File with the CA of the API server, in PEM. */
  readonly ca: string;
  /** File with a token of the service account; the kubelet writes a new one about every hour. */
  readonly token: string;
}

const account = '/var/run/secrets/kubernetes.io/serviceaccount';

/** As every Pod finds it (kubernetes.io, "Accessing the Kubernetes API from a Pod"). Throws ClusterError outside of a cluster. */
export function accessFromPod(environment: Readonly<Record<string, string | undefined>>): ClusterAccess {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = environment;
  if (!host) throw new ClusterError('no-cluster', 'KUBERNETES_SERVICE_HOST is not set: this process runs in no Pod');
  return {
    url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    ca: `${account}/ca.crt`,
    token: `${account}/token`,
  };
}

export type ReadObjects = (
  namespace: string,
  names: ObjectNames,
  signal: AbortSignal,
) => Promise<readonly ClusterObject[]>;

export interface ObjectReader {
  readonly read: ReadObjects;
  close(): Promise<void>;
}

/** etcd takes no object of more than 1.5 MiB; base64 and what stands around it. */
const maxObjectBytes = 3 * 2 ** 20;
const longestAnswer = 5000;
const atATime = 8;
/** A Deployment, its ReplicaSet and its Pods ask for the same within seconds. */
const keptFor = 3000;
const mostKept = 200;
const mostKeptCharacters = 16 * 2 ** 20;
const namespacePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads ConfigMaps and Secrets of a namespace from the API server, by name, with the service account's token. What cannot be
 * read, because it is not there, or RBAC does not let it, or it is too large, is left out, and so unseen for whoever judges.
 * Nothing is kept for longer than three seconds. The token goes to that server alone: no redirect is followed.
 */
export function createObjectReader(
  access: ClusterAccess,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): ObjectReader {
  const kept = new Map<string, { readonly object: ClusterObject | undefined; readonly until: number }>();
  let agent: { readonly ca: string; readonly dispatcher: Agent } | undefined;

  async function dispatcher(): Promise<Agent> {
    const ca = await readFile(access.ca, 'utf8');
    if (agent?.ca === ca) return agent.dispatcher;
    void agent?.dispatcher.close();
    agent = {
      ca,
      dispatcher: new Agent({
        connect: { ca },
        connections: atATime,
        headersTimeout: longestAnswer,
        bodyTimeout: longestAnswer,
      }),
    };
    return agent.dispatcher;
  }

  async function readOne(kind: ClusterObject['kind'], namespace: string, name: string, signal: AbortSignal) {
    const key = `${kind}/${namespace}/${name}`;
    const known = kept.get(key);
    if (known && known.until > clock.now()) return known.object;
    const object = await fetchOne(kind, namespace, name, signal);
    sweep();
    if (kept.size < mostKept && sizeOf(object) < mostKeptCharacters / mostKept)
      kept.set(key, { object, until: clock.now() + keptFor });
    return object;
  }

  async function fetchOne(kind: ClusterObject['kind'], namespace: string, name: string, signal: AbortSignal) {
    const path = `/api/v1/namespaces/${namespace}/${kind === 'Secret' ? 'secrets' : 'configmaps'}/${name}`;
    try {
      const token = (await readFile(access.token, 'utf8')).trim();
      const answer = await request(`${access.url}${path}`, {
        dispatcher: await dispatcher(),
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(longestAnswer)]),
      });
      if (answer.statusCode !== 200) {
        await answer.body.dump();
        log.info({ kind, namespace, name, status: answer.statusCode }, 'the API server does not give what a Pod names');
        return undefined;
      }
      const bytes = await readBounded(answer.body, maxObjectBytes, `${kind} ${namespace}/${name}`);
      const object = parseClusterObject(parseStrictJson(bytes, { maxBytes: maxObjectBytes }));
      const isAsked = object.kind === kind && object.namespace === namespace && object.name === name;
      if (!isAsked) log.warn({ kind, namespace, name }, 'the API server gave another object than was asked for');
      return isAsked ? object : undefined;
    } catch (error) {
      // A message of the parser holds no value; none of ours holds the token.
      const level = error instanceof LaunchError ? 'warn' : 'info';
      log[level]({ kind, namespace, name, error: messageOf(error) }, 'what a Pod names cannot be read');
      return undefined;
    }
  }

  function sweep(): void {
    for (const [key, { until }] of kept) if (until <= clock.now()) kept.delete(key);
  }

  return {
    async read(namespace, { configMaps, secrets }, signal) {
      if (!namespacePattern.test(namespace)) return [];
      const asked = [
        ...configMaps.map((name) => ({ kind: 'ConfigMap' as const, name })),
        ...secrets.map((name) => ({ kind: 'Secret' as const, name })),
      ];
      const objects = await mapConcurrent(asked, atATime, ({ kind, name }) => readOne(kind, namespace, name, signal));
      return objects.filter((object) => object !== undefined);
    },
    async close() {
      kept.clear();
      await agent?.dispatcher.close();
    },
  };
}

function sizeOf(object: ClusterObject | undefined): number {
  let size = 0;
  for (const text of object?.entries.values() ?? []) size += text?.length ?? 0;
  return size;
}
