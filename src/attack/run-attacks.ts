import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../base/index.ts';
import type { Attack, AttackHost, AttackOutcome } from './attack.ts';
import { AttackError } from './attack-error.ts';
import { createAttackHost } from './attack-host.ts';
import { selectAttacks } from './attacks.ts';
import { type EngineFacts, type LocalImage, readEngineFacts, readLocalImages } from './engine-facts.ts';
import { type SocketAddress, sendRaw } from './raw-request.ts';
import { knownSockets } from './sockets.ts';
import { sweep } from './sweep.ts';

export interface AttackRequest {
  readonly engine: AttackHost['engine'];
  /** Path of the engine's unix socket. */
  readonly socket: string;
  /** A local image that may start; absent: the smallest one that may. */
  readonly image?: string;
  /** IDs of attacks, or parts of them from the left; empty: all. */
  readonly only: readonly string[];
  readonly signal: AbortSignal;
}

/** What a run would do. Nothing is made for it. */
export interface AttackPlan {
  readonly attacks: readonly Attack[];
  readonly version: string;
  readonly plugins: readonly string[];
  /** Images of which containers would be made: the first that may start. */
  readonly images: readonly string[];
}

export interface AttackResult extends Pick<Attack, 'id' | 'title' | 'why' | 'reference'> {
  readonly outcome: AttackOutcome;
}

export interface AttackReport {
  readonly engine: { readonly kind: AttackHost['engine']; readonly socket: string; readonly version: string };
  readonly plugins: readonly string[];
  readonly image: string;
  readonly results: readonly AttackResult[];
  /** How much of an earlier run, which was broken off, was still there and is gone now. */
  readonly removedLeftovers: number;
  /** What this run made and could not take away again. */
  readonly left: readonly string[];
}

/** As many images are tried for one of which a harmless container may be made. */
const mostTried = 20;
/** Milliseconds for one attack. */
const patience = 90_000;

/** What would be tried, and on what: the engine is asked, and nothing is made. Throws AttackError. */
export async function planAttacks(request: AttackRequest): Promise<AttackPlan> {
  const attacks = selectAttacks(request.only);
  const { facts, candidates } = await lookAt(request);
  return { attacks, version: facts.version, plugins: facts.plugins, images: candidates };
}

/**
 * Tries attacks, one after another, and takes away what they made, whatever happens. An attack that fails by itself is
 * undetermined. Throws AttackError where none can be tried.
 */
export async function runAttacks(
  request: AttackRequest,
  onProgress: (done: number, total: number, id: string) => void = () => undefined,
): Promise<AttackReport> {
  const { engine, socket, signal } = request;
  const attacks = selectAttacks(request.only);
  const { facts } = await lookAt(request);
  const earlier = await sweep({ path: socket }, facts.api);
  const { candidates, images } = await lookAt(request);
  const run = `${Date.now().toString(36)}${randomBytes(4).toString('hex')}`;
  const directory = mkdtempSync(join(tmpdir(), 'portwarden-attack-'));
  const link = join(directory, 'link');
  const uid = process.getuid?.() ?? 0;
  const results: AttackResult[] = [];
  let image = candidates[0] ?? '';
  let left: readonly string[] = [];
  try {
    symlinkSync('/etc', link);
    const parts = { engine, socket, run, facts, images, link, uid, otherSockets: knownSockets(uid) };
    const found = await findHost(candidates, (name) => createAttackHost({ ...parts, image: name }), signal);
    image = found.host.image;
    for (const [index, attack] of attacks.entries()) {
      onProgress(index, attacks.length, attack.id);
      const { id, title, why, reference } = attack;
      results.push({ id, title, why, reference, outcome: await tryAttack(attack, found, signal) });
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
    left = await sweep({ path: socket }, facts.api).then(
      (swept) => swept.left,
      (error: unknown) => [`whatever this run made (${messageOf(error)})`],
    );
  }
  const { version, plugins } = facts;
  return {
    engine: { kind: engine, socket, version },
    plugins,
    image,
    results,
    removedLeftovers: earlier.removed,
    left,
  };
}

/** A host, and why a refusal on it would mean nothing: not even a harmless container may be made there. */
interface FoundHost {
  readonly host: AttackHost;
  readonly refusesAll?: string;
}

/** The control of the whole: a refusal counts only where a container that asks for nothing is not refused. */
async function findHost(
  candidates: readonly string[],
  open: (image: string) => AttackHost,
  signal: AbortSignal,
): Promise<FoundHost> {
  let refused: FoundHost | undefined;
  for (const name of candidates) {
    const host = open(name);
    const made = await host.waiting(signal);
    if ('name' in made) return { host };
    refused ??= {
      host,
      refusesAll: `a container of ${name} that asks for nothing is refused as well: ${made.missing}`,
    };
  }
  if (!refused) throw noImage();
  return refused;
}

async function tryAttack(attack: Attack, { host, refusesAll }: FoundHost, signal: AbortSignal): Promise<AttackOutcome> {
  if (signal.aborted) return { state: 'undetermined', reason: 'the run was broken off' };
  try {
    const outcome = await attack.run(host, AbortSignal.any([signal, AbortSignal.timeout(patience)]));
    // Who refuses everything refuses the attack too, and shows nothing by it.
    const isContainer = /^docker\/(?:body|path|start|right|exec|update)\//.test(attack.id);
    if (refusesAll === undefined || !isContainer || outcome.state !== 'held') return outcome;
    return { state: 'undetermined', reason: `${refusesAll}; name an image that may start with --image` };
  } catch (error) {
    return { state: 'undetermined', reason: messageOf(error) };
  }
}

async function lookAt({ socket, image, signal }: AttackRequest): Promise<{
  readonly facts: EngineFacts;
  readonly images: readonly LocalImage[];
  readonly candidates: readonly string[];
}> {
  const address = { path: socket };
  const facts = await readEngineFacts(address, signal);
  const images = await readLocalImages(address, facts.api, signal);
  const named = images.flatMap(({ name }) => name ?? []);
  const candidates = image === undefined ? named.slice(0, mostTried) : [image];
  if (image !== undefined && !(await isThere(address, facts.api, image, signal))) throw noImage(image);
  if (candidates.length === 0) throw noImage();
  return { facts, images, candidates };
}

/** A name is written into a path: what is no name of an image is none that is there. */
async function isThere(address: SocketAddress, api: string, image: string, signal: AbortSignal): Promise<boolean> {
  if (!/^[A-Za-z0-9[][\w.:@/[\]-]{0,300}$/.test(image)) return false;
  const request = { method: 'GET', path: `/${api}/images/${image}/json`, headers: [] };
  return (await sendRaw(address, [request], { signal })).status === 200;
}

function noImage(name?: string): AttackError {
  const what = name === undefined ? 'no image with a name is there' : `no image ${name} is there`;
  return new AttackError('no-local-image', `${what}, of which a container could be made`, {
    remedy: 'Pull a small one that may start here, or name another with --image; nothing is pulled by this',
  });
}
