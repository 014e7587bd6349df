import { access, constants, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createAdmissionBook, createDocumentsBook, createLaunchJournal } from '../agent/index.ts';
import { type Log, messageOf, silentLog, systemClock } from '../base/index.ts';
import type { StoreOptions } from '../cli/index.ts';
import { createImageReader, createWritableLayerReader } from '../image/index.ts';
import { defaultReadLimits, platformOfNode } from '../model/index.ts';
import { createDelivery } from '../notify/index.ts';
import { createRegistryDesk, createServices, type ServiceParts, type ServiceSet } from '../service/index.ts';
import { type AwaitedStore, awaitStore, describeUrl, isPostgres, openStore, StoreError } from '../store/index.ts';
import { readLanguages } from './languages.ts';
import { readContentOptions } from './read-content-options.ts';
import { readLaunchKey } from './read-launch-key.ts';
import { readNamedFile, readSigner, trustSourcesOf } from './read-trust-files.ts';
import { readUnwantedRules } from './read-unwanted-rules.ts';
import { accessRegistries } from './registry-access.ts';
import { layerCacheOf, readSettings, readVersion, type Settings } from './settings.ts';
import { WiringError } from './wiring-error.ts';

export interface OpenServiceSet {
  readonly services: ServiceSet;
  readonly settings: Settings;
  /** Why the store is not there yet, and until when; absent where it is. */
  readonly away?: AwaitedStore['away'];
  close(): Promise<void>;
}

export interface OpenServiceOptions extends StoreOptions {
  readonly log?: Log;
  /**
   * Keeps on the disk of this host what decides while the store is away, and by it starts without one: services then refuse
   * what they would have to ask of it, and are all there when it is.
   */
  readonly outlivesStore?: boolean;
}

/** Everything that a process needs, over the store that the options name. Throws StoreError, WiringError. */
export async function openServiceSet(options: OpenServiceOptions): Promise<OpenServiceSet> {
  const { log = silentLog, outlivesStore = false } = options;
  const settings = readSettings(options);
  await makeDataDirectory(settings.data);
  const launchKey = await readLaunchKey(settings);
  const kept = outlivesStore ? openKept(settings, launchKey, log) : {};
  const { store, away } = await openSomeStore(settings, kept.documents, log);
  const limits = { ...defaultReadLimits, ...settings.limits };
  const cached = layerCacheOf(settings, (message) => log.warn({}, message));
  const desk = createRegistryDesk({
    access: accessRegistries(process.env),
    limits,
    openImageWith: (registry) => createImageReader({ ...cached, registry }),
  });
  const services = createServices({
    store,
    openImage: createImageReader(cached),
    openWritableLayer: createWritableLayerReader(),
    driftEvery: settings.driftEvery,
    content: settings.content ? await readContentOptions(settings.content) : 'pass-over',
    unwanted: await readUnwantedRules(settings.unwanted),
    limits,
    desk,
    trustSources: trustSourcesOf(join(settings.data, 'tuf')),
    ...(settings.signingKey === undefined ? {} : { sign: await readSigner(settings.signingKey) }),
    launchKey,
    findLanguage: readLanguages,
    admissions: createAdmissionBook({
      file: join(settings.data, 'admissions'),
      key: launchKey,
      host: settings.host,
      clock: systemClock,
      log,
    }),
    ...kept,
    deliver: createDelivery(process.env),
    readList,
    downloads: join(settings.data, 'downloads'),
    clock: systemClock,
    log,
    host: settings.host,
    platform: platformOfNode(process.arch),
    version: readVersion(),
  });
  return {
    services,
    settings,
    ...(away ? { away } : {}),
    async close() {
      await desk.close();
      await store.close();
    },
  };
}

/** What a process that outlives its store keeps: an embedded store is on the same disk, and as much there as this is. */
function openKept(
  { data, database, host }: Settings,
  key: Uint8Array,
  log: Log,
): Pick<ServiceParts, 'documents' | 'journal'> {
  const journal = createLaunchJournal({ file: join(data, 'launch-journal'), key, log });
  if (!isPostgres(database)) return { journal };
  const parts = { file: join(data, 'policies'), key, host, store: describeUrl(database), clock: systemClock, log };
  return { journal, documents: createDocumentsBook(parts) };
}

async function openSomeStore(
  { database: url }: Settings,
  documents: ServiceParts['documents'],
  log: Log,
): Promise<AwaitedStore> {
  if (!documents) return { store: await openStore({ url, log }) };
  const mayWait = async () => (await documents.read()) !== undefined;
  try {
    return await awaitStore({ url, log, mayWait });
  } catch (cause) {
    if (!(cause instanceof StoreError) || cause.code !== 'unavailable') throw cause;
    const remedy = `${cause.remedy ?? 'Check the address'}; nothing is kept on this host by which to go on without it`;
    throw new StoreError(cause.code, cause.message, { cause, remedy });
  }
}

/** A list of addresses that a document names. Throws WiringError, AdvisoryError. */
const readList: NonNullable<ServiceParts['readList']> = async (source, signal) => {
  if ('file' in source) return (await readNamedFile(source.file, 32 * 2 ** 20)).toString('utf8');
  const { readAddressList } = await import('../advisory/index.ts');
  return readAddressList(source.url, signal);
};

/** For this user alone: the store knows what runs here and who may ask. */
async function makeDataDirectory(data: string): Promise<void> {
  try {
    await makeDirectories(resolve(data));
    await access(data, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new WiringError('data-unwritable', `the data directory ${data} cannot be written: ${messageOf(cause)}`, {
      cause,
      remedy: 'name another with --data DIR or PORTWARDEN_DATA, or make this one writable',
    });
  }
}

/** One by one: Node's own recursive form never returns where a parent takes no entries, as /proc does (Node 24). */
async function makeDirectories(path: string): Promise<void> {
  const code = await makeDirectory(path);
  if (code !== 'ENOENT' || dirname(path) === path) return;
  await makeDirectories(dirname(path));
  if ((await makeDirectory(path)) === 'ENOENT') throw new Error('its parent takes no directories');
}

/** The code of the failure where it is one that may be mended or does not matter. */
async function makeDirectory(path: string): Promise<'EEXIST' | 'ENOENT' | undefined> {
  try {
    await mkdir(path, { mode: 0o700 });
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOENT') return code;
    throw error;
  }
}
