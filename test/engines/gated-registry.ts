import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog, systemClock } from '../../src/base/index.ts';
import { createRegistryGate } from '../../src/gate/index.ts';
import { createImageReader } from '../../src/image/index.ts';
import { defaultReadLimits, platformOfNode, type Store, type TokenRole } from '../../src/model/index.ts';
import { createRegistryDesk, createServices, type ServiceSet } from '../../src/service/index.ts';
import { openStore } from '../../src/store/index.ts';
import { parseSigningKey, signStatement } from '../../src/trust/index.ts';
import { launchParts } from '../fakes/launches.ts';
import { noRegistries } from '../fakes/no-registries.ts';
import { findFreePort } from './daemon.ts';
import { type RegistryServer, startRegistry } from './registry.ts';
import { makeScratch } from './scratch.ts';

/** A real registry with Portwarden's gate in front of it, and everything that certifies behind it. */
export interface GatedRegistry {
  /** The registry itself. */
  readonly upstream: RegistryServer;
  /** `127.0.0.1:PORT` of the gate. */
  readonly host: string;
  readonly services: ServiceSet;
  readonly store: Store;
  readonly directory: string;
  /** The public key that certificates can be checked with, in PEM. */
  readonly publicKey: string;
  token(role: TokenRole): Promise<string>;
  /** Applies documents, with `HOST` and `GATE` in them put right. */
  apply(...texts: readonly string[]): Promise<void>;
  /** Waits until the newest judgement of a tag or digest in a repository is there and will do. */
  judged(repository: string, good?: (state: string) => boolean): Promise<string>;
  stop(): Promise<void>;
}

/** The least that a gate takes: whatever is judged by no feed is let in. */
export const plainDocuments = `
apiVersion: portwarden/v1
kind: Registry
metadata: { name: main }
spec:
  host: HOST
  plainHttp: true
  quarantine: quarantine
  trusted: [team/**]
  policy: lenient
  gate: { names: ["GATE"], anonymousPull: true }
  push: { signedWithin: 3s }
---
apiVersion: portwarden/v1
kind: ImagePolicy
metadata: { name: lenient }
spec: { unknown: { notJudged: allow } }
`;

export async function startGatedRegistry(
  options: { readonly upstream?: RegistryServer /** SQLite unless said. */; readonly database?: string } = {},
): Promise<GatedRegistry> {
  const scratch = makeScratch('gate');
  const upstream = options.upstream ?? (await startRegistry());
  const store = await openStore({ url: options.database ?? join(scratch.path, 'store.sqlite') });
  const stop = new AbortController();
  const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = (key: KeyObject, type: 'spki' | 'pkcs8') =>
    key.export({ type: type as 'spki', format: 'pem' }).toString();
  const sign = parseSigningKey(pem(keys.privateKey, 'pkcs8'), 'the test');
  const desk = createRegistryDesk({
    access: ({ spec }) => ({ plainHttp: [spec.host], credentialFile: false }),
    limits: defaultReadLimits,
    openImageWith: (registry) => createImageReader({ registry }),
  });
  const services = createServices({
    ...launchParts(),
    store,
    openImage: createImageReader(),
    openWritableLayer: () => Promise.reject(new Error('no container runs')),
    driftEvery: undefined,
    desk,
    trustSources: noRegistries.trustSources,
    sign: (statement) => signStatement(statement, sign),
    content: {},
    unwanted: [],
    limits: defaultReadLimits,
    deliver: async () => undefined,
    clock: systemClock,
    log: silentLog,
    host: 'gate-test',
    platform: platformOfNode(process.arch),
    version: '0',
  });
  const working = services.work(stop.signal);
  const gate = createRegistryGate({ gate: services.gate, login: services.login, log: silentLog });
  const port = await findFreePort();
  await gate.listen({ host: '127.0.0.1', port });
  const host = `127.0.0.1:${port}`;
  writeFileSync(join(scratch.path, 'portwarden.pub'), pem(keys.publicKey, 'spki'));

  return {
    upstream,
    host,
    services,
    store,
    directory: scratch.path,
    publicKey: join(scratch.path, 'portwarden.pub'),
    token: (role) => services.login.createApiToken(`${role}-${Math.random().toString(36).slice(2)}`, role),
    async apply(...texts) {
      const files = texts.map((text, at) => ({
        name: `document-${at}.yaml`,
        text: text.replaceAll('HOST', upstream.host).replaceAll('GATE', host),
      }));
      await services.documents.apply(files, 'test');
    },
    async judged(repository, good = () => true) {
      const deadline = Date.now() + 30_000;
      for (;;) {
        const { items } = await services.certification.list({ repository });
        const state = items[0]?.state;
        if (state !== undefined && good(state)) return state;
        if (Date.now() > deadline)
          throw new Error(`${repository} is ${state ?? 'not judged'}: ${JSON.stringify(items[0])}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async stop() {
      stop.abort();
      await gate.close();
      await working;
      await desk.close();
      await store.close();
      if (!options.upstream) await upstream.stop();
      await scratch.remove();
    },
  };
}
