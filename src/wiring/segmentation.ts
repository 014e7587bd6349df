import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { createNamesBook, createRulesBook, createSegmenter } from '../agent/index.ts';
import { type Log, silentLog, systemClock } from '../base/index.ts';
import type { ProbeRequest, RenderRequest, StoreOptions } from '../cli/index.ts';
import { engineSockets } from '../image/index.ts';
import type { ProbeReport } from '../model/index.ts';
import { parseDocuments } from '../policy/index.ts';
import {
  compileRuleset,
  createDataplane,
  createTrafficJudge,
  installBoot,
  probeGroups,
  removeBoot,
} from '../segmentation/index.ts';
import type { AskOptions, Services, TrafficRecorder } from '../service/index.ts';
import { openServiceSet } from './open-services.ts';
import { readLaunchKey } from './read-launch-key.ts';
import { resolveNames } from './resolve-names.ts';
import type { Settings } from './settings.ts';
import { WiringError } from './wiring-error.ts';

/** Where systemd looks, and what it finds there. */
const bootFolders = { folder: '/etc/portwarden/boot', units: '/etc/systemd/system' };
const tellEvery = 60_000;

export interface SegmentationScene {
  readonly services: Services;
  readonly settings: Settings;
  readonly log: Log;
  /** Where this process listens: no container may, unless a group says so. */
  readonly ports: readonly number[];
  readonly onNotice: (message: string) => void;
}

/**
 * Keeps the rules of this host from the first group on, until the signal. Where it cannot (no root, no nft, switched off), that
 * is recorded as the state of the host, and said once there are groups. Never rejects.
 */
export async function segmentThisHost(scene: SegmentationScene, signal: AbortSignal): Promise<void> {
  const { services, settings, log, ports } = scene;
  const desk = services.groups.recorder;
  const obstacle = await findObstacle(settings);
  if (obstacle !== undefined) return tellObstacle(scene, desk, obstacle, signal);
  const nft = await findNft();
  const launchKey = await readLaunchKey(settings);
  const dataplane = createDataplane({ log });
  const resolver = await resolveNames(settings, { dataplane, log });
  const segmenter = createSegmenter({
    host: settings.host,
    sockets: engineSockets(process.env),
    dataplane,
    ...(resolver === undefined ? {} : { resolver }),
    namesBook: createNamesBook({ file: join(settings.data, 'asked-names'), key: launchKey, log }),
    desk,
    proofs: services.groups.proofs,
    book: createRulesBook({ file: join(settings.data, 'traffic-rules'), key: launchKey, log }),
    ...(nft === undefined
      ? {}
      : {
          // Closed from a boot on is what somebody asked for with groups boot install; here it is only kept up to date.
          boot: {
            keep: async (bridges: readonly string[]) => {
              if (!(await isThere(join(bootFolders.folder, 'close.sh')))) return 'unwanted';
              await installBoot({ ...bootFolders, nft, bridges });
              return 'kept';
            },
            remove: async () => {},
          },
        }),
    clock: systemClock,
    log,
    portwardenPorts: ports,
  });
  await segmenter.run(signal);
  await resolver?.close();
}

/** Why this process cannot have rules in the kernel; undefined where it can. */
export async function findObstacle(settings: Pick<Settings, 'segmentation'>): Promise<string | undefined> {
  if (settings.segmentation === 'off') return 'Switched off by PORTWARDEN_SEGMENTATION=off.';
  if (process.platform !== 'linux') return 'Only Linux has nftables.';
  if (process.getuid?.() !== 0) return 'Rules in the kernel take root: start portwarden up as root.';
  if ((await findNft()) === undefined) return 'nft is not there: install the package nftables.';
  return undefined;
}

async function tellObstacle(
  { services, settings, log, onNotice }: SegmentationScene,
  desk: TrafficRecorder,
  message: string,
  signal: AbortSignal,
): Promise<void> {
  let isSaid = false;
  while (!signal.aborted) {
    try {
      const { groups } = await services.groups.recorder.rules();
      await desk.status({ host: settings.host, at: systemClock.now(), state: 'off', message, waiting: 0 });
      if (groups.length > 0 && !isSaid) onNotice(`security groups do not hold on this host. ${message}`);
      isSaid ||= groups.length > 0;
    } catch (error) {
      log.debug({ error: String(error) }, 'the state of rules could not be told');
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, tellEvery);
      const end = desk.onRulesChanged(done);
      signal.addEventListener('abort', done, { once: true });
      function done(): void {
        clearTimeout(timer);
        end();
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}

async function findNft(): Promise<string | undefined> {
  for (const folder of ['/usr/sbin', '/sbin', '/usr/bin', '/usr/local/sbin']) {
    const path = join(folder, 'nft');
    if (await isThere(path, constants.X_OK)) return path;
  }
  return undefined;
}

function isThere(path: string, mode = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** The rules of a host as nft reads them. */
export async function renderRules(request: RenderRequest): Promise<{ readonly text: string }> {
  return withHost(
    request,
    request.host,
    ({ model, containers, network }) => ({
      text: compileRuleset({ model, containers, network }).text,
    }),
    request.files,
  );
}

export async function verifyRules({ signal, onProgress, host, ...options }: ProbeRequest): Promise<ProbeReport> {
  const report = await askAgent(options, host, { signal, onProgress });
  if (report !== undefined) return report;
  if (host !== undefined) {
    throw new WiringError('unknown-host', `no agent with rules in force answers on ${host}`, {
      remedy: 'let portwarden up run on it; portwarden groups list shows what holds on each host',
    });
  }
  const obstacle = await findObstacle({ segmentation: 'on' });
  if (obstacle !== undefined) throw new WiringError('bad-setting', `packets cannot be sent from here: ${obstacle}`);
  let tried = 0;
  const onResult = () => onProgress(++tried);
  return withHost(options, undefined, ({ model, containers, network }) =>
    probeGroups({ model, judge: createTrafficJudge(model), containers, network, signal, onResult }),
  );
}

async function askAgent(
  options: StoreOptions,
  host: string | undefined,
  asking: AskOptions,
): Promise<ProbeReport | undefined> {
  const { services, settings, close } = await openServiceSet(options);
  try {
    return await services.groups.proofs.ask(host ?? settings.host, asking);
  } finally {
    await close();
  }
}

export async function installBootRules(options: StoreOptions): Promise<void> {
  const nft = await findNft();
  if (nft === undefined)
    throw new WiringError('bad-setting', 'nft is not there', { remedy: 'install the package nftables' });
  const bridges = await withHost(options, undefined, ({ network }) =>
    network.bridges.map(({ bridge }) => bridge),
  ).catch((error: unknown) => {
    // Before the agent ran here nobody knows them: everything is closed by what bridges are called.
    if (error instanceof WiringError) return [];
    throw error;
  });
  await installBoot({ ...bootFolders, nft, bridges });
}

export async function removeBootRules(): Promise<void> {
  await removeBoot(bootFolders);
}

export async function removeRules(): Promise<void> {
  const dataplane = createDataplane({ log: silentLog });
  try {
    await dataplane.remove();
  } finally {
    await dataplane.close();
  }
}

type HostScene = Awaited<ReturnType<Services['groups']['scene']>>['hosts'][number];

async function withHost<Result>(
  options: StoreOptions,
  name: string | undefined,
  work: (host: HostScene['report'] & Pick<HostScene, 'model'>) => Result | Promise<Result>,
  files?: RenderRequest['files'],
): Promise<Result> {
  const open = await openServiceSet(options);
  try {
    const documents = files?.flatMap((file) => parseDocuments(file.text, file.name));
    const { hosts } = await open.services.groups.scene(documents);
    const wanted = name ?? open.settings.host;
    const found = hosts.find(({ host }) => host === wanted);
    if (!found) {
      throw new WiringError('unknown-host', `nothing is known of the networks of ${wanted}`, {
        remedy: 'let portwarden up run on it once, or name another with --host; portwarden groups list shows them',
      });
    }
    return await work({ ...found.report, model: found.model });
  } finally {
    await open.close();
  }
}
