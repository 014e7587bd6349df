import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseSize } from '../base/index.ts';
import type { StoreOptions } from '../cli/index.ts';
import type { ImageReaderOptions } from '../image/index.ts';
import type { ReadLimits } from '../model/index.ts';
import { type KubernetesSettings, readKubernetesSettings } from './kubernetes-settings.ts';
import { parseGateUsers } from './parse-gate-users.ts';
import { type NameServerSetting, parseNameServers } from './parse-name-servers.ts';
import { parseReadLimits } from './parse-read-limits.ts';
import type { ContentPaths } from './read-content-options.ts';
import { WiringError } from './wiring-error.ts';

/** What a process is told by its environment; docs/reference/settings.md has the same table. */
export interface Settings {
  /** Directory of the embedded store and of whatever else must survive. */
  readonly data: string;
  /** Where the store is: the data directory, or a PostgreSQL URL. */
  readonly database: string;
  /** Name of this machine in the inventory. */
  readonly host: string;
  /** What to look for in the files of images; undefined where they are left closed. */
  readonly content: ContentPaths | undefined;
  /** Bytes of layers that were read and are kept in the data directory; 0 where none are. */
  readonly layerCacheBytes: number;
  /** Files of rules that say which packages are wanted nowhere. */
  readonly unwanted: readonly string[];
  /** Milliseconds between two looks at a running container; undefined where none is looked at but on demand. */
  readonly driftEvery: number | undefined;
  /** Bounds of readings that are not the usual ones. */
  readonly limits: Partial<ReadLimits>;
  /** Host names that the server answers to besides localhost and its address. */
  readonly names: readonly string[];
  /** File of the private key that certificates are signed by, or `exec:` and a command that signs. */
  readonly signingKey: string | undefined;
  /** File of the key that names what was let start; servers on one store share it. */
  readonly launchKey: string;
  /** `off`: the rules of groups are kept in no kernel by this process. */
  readonly segmentation: 'on' | 'off';
  /** Servers that are asked for names for containers: those of this machine where undefined, none for `off`. */
  readonly dnsUpstream: readonly NameServerSetting[] | 'off' | undefined;
  /** Gates before what starts containers. */
  readonly launchGates: LaunchGateSettings;
  /** Where the registry gate listens; undefined where it does not. */
  readonly gate: GateSettings | undefined;
}

export interface LaunchGateSettings {
  /** Socket below /run/docker/plugins where dockerd asks; undefined where it does not. */
  readonly docker: string | undefined;
  /** Of the engine that the docker gate asks about images and volumes. */
  readonly dockerSocket: string;
  /** Socket where runtime wrappers ask; undefined where they do not. */
  readonly runtime: string | undefined;
  /** Users without root whose wrappers are answered too, each at a socket of their own. */
  readonly runtimeUsers: readonly number[];
  readonly kubernetes: KubernetesSettings | undefined;
}

export interface GateSettings {
  readonly host: string;
  readonly port: number;
  /** Files in PEM; without them it speaks plain HTTP, on loopback alone. */
  readonly certificate?: string;
  readonly key?: string;
}

export function readSettings(options: StoreOptions, environment: NodeJS.ProcessEnv = process.env): Settings {
  const data = options.data ?? environment.PORTWARDEN_DATA ?? defaultData(environment);
  return {
    data,
    database: options.database ?? environment.PORTWARDEN_DATABASE ?? join(data, 'portwarden.db'),
    host: environment.PORTWARDEN_HOST ?? hostname(),
    content:
      environment.PORTWARDEN_CONTENT === 'off'
        ? undefined
        : {
            yara: pathsOf(environment.PORTWARDEN_YARA),
            badDigests: pathsOf(environment.PORTWARDEN_BAD_DIGESTS),
            ...(environment.PORTWARDEN_CLAMD ? { clamd: environment.PORTWARDEN_CLAMD } : {}),
          },
    layerCacheBytes: readCacheSize(environment.PORTWARDEN_LAYER_CACHE),
    unwanted: pathsOf(environment.PORTWARDEN_UNWANTED),
    driftEvery: readDriftEvery(environment.PORTWARDEN_DRIFT),
    limits: parseReadLimits((environment.PORTWARDEN_LIMITS ?? '').split(/\s+/).filter((word) => word !== '')),
    signingKey: environment.PORTWARDEN_SIGNING_KEY || undefined,
    launchKey: environment.PORTWARDEN_LAUNCH_KEY || join(data, 'launch.key'),
    segmentation: environment.PORTWARDEN_SEGMENTATION === 'off' ? 'off' : 'on',
    dnsUpstream: parseNameServers(environment.PORTWARDEN_DNS_UPSTREAM),
    launchGates: readLaunchGates(environment),
    gate: readGate(environment),
    names: (environment.PORTWARDEN_NAMES ?? '').split(/[\s,]+/).filter((name) => name !== ''),
  };
}

function readGate({ PORTWARDEN_GATE, PORTWARDEN_GATE_CERT, PORTWARDEN_GATE_KEY }: NodeJS.ProcessEnv) {
  if (!PORTWARDEN_GATE) return undefined;
  const [, host = '', port = ''] = /^(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$/.exec(PORTWARDEN_GATE) ?? [];
  if (host === '' || Number(port) > 65_535) {
    throw new WiringError('bad-setting', `PORTWARDEN_GATE is "${PORTWARDEN_GATE}", which is no address`, {
      remedy: 'write HOST:PORT, such as 127.0.0.1:7081',
    });
  }
  if ((PORTWARDEN_GATE_CERT === undefined) !== (PORTWARDEN_GATE_KEY === undefined)) {
    throw new WiringError('bad-setting', 'PORTWARDEN_GATE_CERT and PORTWARDEN_GATE_KEY go together');
  }
  const tls =
    PORTWARDEN_GATE_CERT && PORTWARDEN_GATE_KEY ? { certificate: PORTWARDEN_GATE_CERT, key: PORTWARDEN_GATE_KEY } : {};
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port), ...tls };
}

function readLaunchGates(environment: NodeJS.ProcessEnv): LaunchGateSettings {
  return {
    docker: readSocket('PORTWARDEN_DOCKER_GATE', environment, '/run/docker/plugins/portwarden.sock'),
    dockerSocket: environment.PORTWARDEN_DOCKER_SOCKET || '/var/run/docker.sock',
    runtime: readSocket('PORTWARDEN_RUNTIME_GATE', environment, '/run/portwarden/runtime.sock'),
    runtimeUsers: parseGateUsers(environment.PORTWARDEN_RUNTIME_GATE_USERS ?? '', () =>
      readFileSync('/etc/passwd', 'utf8'),
    ),
    kubernetes: readKubernetesSettings(environment),
  };
}

/** `on` is the usual path. */
function readSocket(name: string, environment: NodeJS.ProcessEnv, usual: string): string | undefined {
  const text = environment[name];
  if (!text || text === 'off') return undefined;
  if (text === 'on') return usual;
  if (text.startsWith('/') && text.length < 100) return text;
  throw new WiringError('bad-setting', `${name} is "${text}", which is no path of a socket`, {
    remedy: `write on (${usual}), off, or a path that begins with a slash`,
  });
}

const defaultCacheBytes = 2 * 2 ** 30;

function readCacheSize(text = ''): number {
  if (text === '') return defaultCacheBytes;
  if (text === 'off') return 0;
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  throw new WiringError('bad-setting', `PORTWARDEN_LAYER_CACHE is "${text}", which is no size`, {
    remedy: 'write a size such as 500MiB or 2GiB, or off',
  });
}

const usualDriftEvery = 10 * 60_000;
const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function readDriftEvery(text = ''): number | undefined {
  if (text === '') return usualDriftEvery;
  if (text === 'off') return undefined;
  const [, digits, unit = ''] = /^([1-9]\d{0,5})([smh])$/.exec(text) ?? [];
  if (digits !== undefined) return Number(digits) * (units[unit] as number);
  throw new WiringError('bad-setting', `PORTWARDEN_DRIFT is "${text}", which is no span of time`, {
    remedy: 'write a number with s, m or h, such as 10m, or off',
  });
}

function pathsOf(text = ''): readonly string[] {
  return text.split(delimiter).filter((path) => path !== '');
}

/** Where a reader keeps layers, for those who make one. */
export function layerCacheOf(
  { data, layerCacheBytes }: Settings,
  onFailure: (message: string) => void,
): Pick<ImageReaderOptions, 'layerCache'> {
  if (layerCacheBytes === 0) return {};
  return { layerCache: { directory: join(data, 'layers'), maxBytes: layerCacheBytes, onFailure } };
}

/** XDG Base Directory specification, "Environment variables". */
function defaultData(environment: NodeJS.ProcessEnv): string {
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'portwarden');
}

/** A URL without its password, to be shown. */
export function describeDatabase(database: string): string {
  if (!/^postgres(ql)?:\/\//.test(database)) return database;
  const url = new URL(database);
  url.password = '';
  return url.toString();
}

export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
