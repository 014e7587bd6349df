import { existsSync } from 'node:fs';
import { systemClock } from '../base/index.ts';
import type { ScanRequest, StoreOptions, Wiring } from '../cli/index.ts';
import { defaultReadLimits, parsePlatform, platformOfNode, type SourceReference } from '../model/index.ts';
import { parseReadLimits } from './parse-read-limits.ts';
import type { ContentPaths } from './read-content-options.ts';
import { layerCacheOf, readSettings, readVersion } from './settings.ts';
import { WiringError } from './wiring-error.ts';

/** Every room is loaded when a verb asks for it: `--help` must not wait for a database. */
export function createWiring(): Wiring {
  return {
    get version() {
      return readVersion();
    },
    openServices: async (options) => (await import('./open-services.ts')).openServiceSet(options),
    scan: scanSource,
    match: matchDocument,
    verify: async (request) => (await import('./verify.ts')).verify(request),
    up: async (options) => (await import('./up.ts')).up(options),
    kubernetesManifests: async (request) => (await import('./kubernetes-manifests.ts')).kubernetesManifests(request),
    examine: async (options) => (await import('./doctor.ts')).examine(options),
    manageRuntime: async (request) => (await import('./manage-runtime.ts')).manageRuntime(request),
    findLanguage: async () => (await import('./languages.ts')).readLanguages(),
    segmentation: {
      render: async (request) => (await import('./segmentation.ts')).renderRules(request),
      verify: async (request) => (await import('./segmentation.ts')).verifyRules(request),
      installBoot: async (options) => (await import('./segmentation.ts')).installBootRules(options),
      removeBoot: async () => (await import('./segmentation.ts')).removeBootRules(),
      remove: async () => (await import('./segmentation.ts')).removeRules(),
    },
    attackTest: {
      list: async (only) => (await import('../attack/index.ts')).selectAttacks(only),
      plan: async (request) => (await import('../attack/index.ts')).planAttacks(request),
      run: async (request, onProgress) => (await import('../attack/index.ts')).runAttacks(request, onProgress),
    },
  };
}

async function scanSource(source: SourceReference, request: ScanRequest) {
  const platform = request.platform === undefined ? platformOfNode(process.arch) : parsePlatform(request.platform);
  if (platform === undefined) {
    throw new WiringError('bad-platform', `"${request.platform}" is not a platform`, {
      remedy: 'write os/architecture, such as linux/arm64',
    });
  }
  const [{ createImageReader }, { scan }, { readContentOptions }, { readUnwantedRules }] = await Promise.all([
    import('../image/index.ts'),
    import('../service/index.ts'),
    import('./read-content-options.ts'),
    import('./read-unwanted-rules.ts'),
  ]);
  const settings = readSettings(request);
  const store = await openExistingStore(request);
  try {
    return await scan(
      source,
      {
        openImage: createImageReader({
          registry: { plainHttp: request.plainHttp },
          ...layerCacheOf(settings, request.onNotice),
        }),
        clock: systemClock,
        ...(store ? { store } : {}),
      },
      {
        platform,
        limits: { ...defaultReadLimits, ...settings.limits, ...parseReadLimits(request.limits) },
        content:
          request.content && settings.content
            ? await readContentOptions(contentOf(request, settings.content))
            : 'pass-over',
        unwanted: await readUnwantedRules(chosen(request.unwanted, settings.unwanted)),
        signal: request.signal,
        onProgress: request.onProgress,
      },
    );
  } finally {
    await store?.close();
  }
}

/** What the command line says, else what the environment does. */
function chosen(asked: readonly string[], set: readonly string[]): readonly string[] {
  return asked.length > 0 ? asked : set;
}

function contentOf(asked: ContentPaths, set: ContentPaths): ContentPaths {
  const clamd = asked.clamd ?? set.clamd;
  return {
    yara: chosen(asked.yara, set.yara),
    badDigests: chosen(asked.badDigests, set.badDigests),
    ...(clamd === undefined ? {} : { clamd }),
  };
}

async function matchDocument(document: { name: string; text: string }, options: StoreOptions) {
  const { matchBom } = await import('../service/index.ts');
  const store = await openExistingStore(options);
  try {
    return await matchBom(document, { clock: systemClock, ...(store ? { store } : {}) }, platformOfNode(process.arch));
  } finally {
    await store?.close();
  }
}

/** A scan makes no store: where none is, it judges nothing and says so. */
async function openExistingStore(options: StoreOptions) {
  const { database } = readSettings(options);
  if (!/^postgres(ql)?:\/\//.test(database) && !existsSync(database)) return undefined;
  const { openStore } = await import('../store/index.ts');
  return openStore({ url: database });
}
