import { access, constants, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createAdmissionBook } from '../agent/index.ts';
import { type Log, messageOf, silentLog, systemClock } from '../base/index.ts';
import type { StoreOptions } from '../cli/index.ts';
import { createImageReader, createWritableLayerReader } from '../image/index.ts';
import { defaultReadLimits, platformOfNode } from '../model/index.ts';
import { createDelivery } from '../notify/index.ts';
import { createRegistryDesk, createServices, type ServiceParts, type ServiceSet } from '../service/index.ts';
import { openStore } from '../store/index.ts';
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
  close(): Promise<void>;
}

/** Everything that a process needs, over the store that the options name. */
export async function openServiceSet(options: StoreOptions, log: Log = silentLog): Promise<OpenServiceSet> {
  const settings = readSettings(options);
  await makeDataDirectory(settings.data);
  const store = await openStore({ url: settings.database, log });
  const launchKey = await readLaunchKey(settings);
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
      clock: systemClock,
      log,
    }),
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
    async close() {
      await desk.close();
      await store.close();
    },
  };
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
