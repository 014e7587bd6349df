import type { Instant } from '../../../base/index.ts';
import { ImageError } from '../../image-error.ts';
import type { Credential } from '../credentials.ts';
import { type Ambient, createAmbient } from './ambient.ts';
import { awsRegistry } from './aws-registry.ts';
import { azureRegistry } from './azure-registry.ts';
import type { CloudLogin, CloudRegistry } from './cloud-registry.ts';
import { googleRegistry } from './google-registry.ts';

export interface FoundLogin {
  readonly credential: Credential;
  /** Whose it is, for people: "the identity of this machine at AWS". */
  readonly source: string;
}

/**
 * A login for a registry that a cloud runs, by this machine's own identity there. Undefined for every other host, without
 * asking anybody; where the machine has no such identity; and where PORTWARDEN_CLOUD_LOGIN is `off`. Throws ImageError
 * `credential-failure` where there is an identity and it gives no login, and `aborted`.
 */
export type FindCloudLogin = (registryHost: string, signal: AbortSignal) => Promise<FoundLogin | undefined>;

/** A login is kept until so long before it expires, so that none runs out halfway through an image. */
const spare = 5 * 60_000;
/** A machine without an identity is not asked for each image. */
const keepNothing = 60_000;
/** All of an exchange together. */
const longestExchange = 20_000;
const maxHosts = 256;

export const cloudRegistries: readonly CloudRegistry[] = [awsRegistry, googleRegistry, azureRegistry];

interface Exchange {
  readonly login: Promise<CloudLogin | undefined>;
  readonly stop: AbortController;
  waiting: number;
}

/** Logins are kept in memory only, and one exchange at a time runs for a host, whoever asks for it. */
export function createCloudLogins(
  ambient: Ambient,
  registries: readonly CloudRegistry[] = cloudRegistries,
): FindCloudLogin {
  const kept = new Map<string, { readonly login: CloudLogin | undefined; readonly until: Instant }>();
  const running = new Map<string, Exchange>();

  function start(cloud: CloudRegistry, host: string): Exchange {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(longestExchange)]);
    const login = cloud
      .exchange(host, ambient, signal)
      .then((found) => {
        const now = ambient.now();
        const until = found ? found.expires - spare : now + keepNothing;
        if (until > now) keep(host, { login: found, until });
        return found;
      })
      .catch((error: unknown) => {
        throw stop.signal.aborted ? error : asLoginFailure(error, cloud, host);
      })
      .finally(() => {
        if (running.get(host) === exchange) running.delete(host);
      });
    const exchange: Exchange = { login, stop, waiting: 0 };
    running.set(host, exchange);
    return exchange;
  }

  function keep(host: string, entry: { login: CloudLogin | undefined; until: Instant }): void {
    const [oldest] = kept.keys();
    if (kept.size >= maxHosts && oldest !== undefined) kept.delete(oldest);
    kept.set(host, entry);
  }

  return async (registryHost, signal) => {
    if (ambient.env.PORTWARDEN_CLOUD_LOGIN === 'off') return undefined;
    const cloud = registries.find((candidate) => candidate.claims(registryHost));
    if (!cloud) return undefined;
    const entry = kept.get(registryHost);
    if (entry && entry.until > ambient.now()) return entry.login && found(entry.login, cloud);
    kept.delete(registryHost);
    const exchange = running.get(registryHost) ?? start(cloud, registryHost);
    exchange.waiting++;
    try {
      const login = await withSignal(exchange.login, registryHost, signal);
      return login && found(login, cloud);
    } finally {
      // Whoever gives up does not take it from the others; the last one does.
      if (--exchange.waiting === 0 && running.get(registryHost) === exchange) {
        running.delete(registryHost);
        exchange.stop.abort();
      }
    }
  };
}

/** Of this process, by its environment. */
export const findCloudLogin: FindCloudLogin = createCloudLogins(createAmbient());

function found({ credential }: CloudLogin, cloud: CloudRegistry): FoundLogin {
  return { credential, source: `the identity of this machine at ${cloud.name}` };
}

function asLoginFailure(cause: unknown, cloud: CloudRegistry, host: string): unknown {
  if (!(cause instanceof ImageError)) return cause;
  const why = cause.code === 'aborted' ? `it took more than ${longestExchange / 1000} s` : cause.message;
  const remedy = cause.remedy ?? 'Look at the identity of this machine.';
  return new ImageError(
    'credential-failure',
    `no login for ${host} by the identity of this machine at ${cloud.name}: ${why}`,
    {
      cause,
      remedy: `${remedy} Or log in with "docker login ${host}", or set PORTWARDEN_CLOUD_LOGIN=off.`,
    },
  );
}

async function withSignal<T>(work: Promise<T>, host: string, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new ImageError('aborted', `asking for a login for ${host} was aborted`));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  // Where the caller has gone, nobody else may be listening.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
