import { WiringError } from './wiring-error.ts';

/** Where and how the gate of a cluster listens; docs/reference/settings.md has the same table. */
export interface KubernetesSettings {
  readonly host: string;
  readonly port: number;
  /** Name of the cluster in what is recorded. */
  readonly cluster: string;
  readonly mode: 'enforce' | 'observe';
  readonly whenUndecided: 'deny' | 'allow';
  /** DNS names and addresses that the certificate of its own is for. */
  readonly names: readonly string[];
  /** Files in PEM, where others make the certificate. */
  readonly certificate?: string;
  readonly key?: string;
  /** File with the authority of those who may ask, in PEM, and their common names. */
  readonly clientCa?: string;
  readonly clientNames: readonly string[];
}

/** Undefined where no cluster asks. Throws WiringError. */
export function readKubernetesSettings(environment: NodeJS.ProcessEnv): KubernetesSettings | undefined {
  const address = environment.PORTWARDEN_KUBERNETES;
  if (!address) return undefined;
  const [, host = '', port = ''] = /^(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$/.exec(address) ?? [];
  if (host === '' || Number(port) > 65_535) {
    throw new WiringError('bad-setting', `PORTWARDEN_KUBERNETES is "${address}", which is no address`, {
      remedy: 'write HOST:PORT, such as 0.0.0.0:9443',
    });
  }
  const { PORTWARDEN_KUBERNETES_CERT: certificate, PORTWARDEN_KUBERNETES_KEY: key } = environment;
  if ((certificate === undefined) !== (key === undefined)) {
    throw new WiringError('bad-setting', 'PORTWARDEN_KUBERNETES_CERT and PORTWARDEN_KUBERNETES_KEY go together');
  }
  const bare = host.replace(/^\[|\]$/g, '');
  const names = wordsOf(environment.PORTWARDEN_KUBERNETES_NAMES);
  const clientCa = environment.PORTWARDEN_KUBERNETES_CLIENT_CA || undefined;
  return {
    host: bare,
    port: Number(port),
    cluster: environment.PORTWARDEN_CLUSTER || 'kubernetes',
    mode: oneOf(environment, 'PORTWARDEN_KUBERNETES_MODE', ['enforce', 'observe']),
    whenUndecided: oneOf(environment, 'PORTWARDEN_KUBERNETES_UNDECIDED', ['deny', 'allow']),
    names: names.length > 0 ? names : [isUnspecified(bare) ? 'localhost' : bare],
    ...(certificate && key ? { certificate, key } : {}),
    ...(clientCa ? { clientCa } : {}),
    clientNames: wordsOf(environment.PORTWARDEN_KUBERNETES_CLIENTS),
  };
}

function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function wordsOf(text = ''): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** The first of them where nothing is set. */
function oneOf<Word extends string>(
  environment: NodeJS.ProcessEnv,
  name: string,
  words: readonly [Word, ...Word[]],
): Word {
  const set = environment[name] || words[0];
  const found = words.find((word) => word === set);
  if (found) return found;
  throw new WiringError('bad-setting', `${name} is "${set}"`, { remedy: `write ${words.join(' or ')}` });
}
