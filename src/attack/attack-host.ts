import { parseJson } from '../base/index.ts';
import { type AttackHost, attackLabel, imagePrefix, namePrefix, type Prepared } from './attack.ts';
import { AttackError } from './attack-error.ts';
import { valueAt } from './container-attack.ts';
import { type EngineFacts, type LocalImage, textAt } from './engine-facts.ts';
import { imageIn, isByGate, refusalIn, wordsOf } from './judge-answer.ts';
import { type RawRequest, type SocketAddress, sendRaw } from './raw-request.ts';

export interface AttackHostParts {
  readonly engine: AttackHost['engine'];
  readonly socket: string;
  readonly run: string;
  readonly facts: EngineFacts;
  readonly image: string;
  /** Every image that is there, for one that the gate refuses. */
  readonly images: readonly LocalImage[];
  readonly link: string;
  readonly uid: number;
  readonly otherSockets: readonly string[];
}

/** As many images are tried for one that may not start. */
const mostTried = 20;
/** How long a container sleeps in which processes are prepared, in seconds. */
const sleep = 60;

/** Taking away what was made goes on after an interrupt. */
const never = new AbortController().signal;

export function createAttackHost(parts: AttackHostParts): AttackHost {
  const { run, socket, image } = parts;
  const { api, dataRoot, plugins, remapsUsers } = parts.facts;
  const address: SocketAddress = { path: socket };
  let count = 0;
  const nextName = () => `${namePrefix}${run}-${++count}`;
  const send = (requests: readonly RawRequest[], signal: AbortSignal) => sendRaw(address, requests, { signal });
  const ask = (method: string, path: string) => send([{ method, path: `/${api}${path}`, headers: [] }], never);
  const harmless = (name = image) => harmlessContainer(name, run);

  async function read(path: string, signal: AbortSignal): Promise<unknown> {
    const answer = await send([{ method: 'GET', path: `/${api}${path}`, headers: [] }], signal);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw new AttackError('bad-answer', `GET ${path}: ${wordsOf(answer)}`);
    return parseJson(answer.body, `the answer to GET ${path}`);
  }

  /** A harmless container of an image; its name, or why it was refused. */
  async function create(of: string, signal: AbortSignal): Promise<Prepared & { readonly isByGate?: boolean }> {
    const name = nextName();
    const body = JSON.stringify(harmless(of));
    const answer = await send([{ path: `/${api}/containers/create?name=${name}`, body }], signal);
    const refusal = refusalIn(answer);
    return refusal ? { missing: refusal.words, isByGate: isByGate(answer) } : { name };
  }

  async function findForeign(signal: AbortSignal): Promise<Prepared> {
    for (const { id, name } of parts.images.slice(0, mostTried)) {
      const made = await create(name ?? id, signal);
      if ('name' in made) await host.removeContainer(made.name);
      else if (made.isByGate) return { name: id.startsWith('sha256:') ? id : `sha256:${id}` };
    }
    const repository = `${imagePrefix}${run}`;
    const path = `/${api}/images/create?fromSrc=-&repo=${repository}&tag=foreign`;
    const label = `&changes=${encodeURIComponent(`LABEL ${attackLabel}=${run}`)}`;
    const headers = [['Content-Type', 'application/x-tar'] as const];
    const answer = await send([{ path: `${path}${label}`, headers, body: Buffer.alloc(1024) }], signal);
    const tagged = textAt(await read(`/images/${repository}:foreign/json`, signal), 'Id');
    const id = tagged === '' ? host.ownImage(imageIn(answer.body)) : tagged;
    if (id !== undefined) return { name: id };
    return { missing: `every image that is here may start, and none can be brought in: ${wordsOf(answer)}` };
  }

  async function disguise(signal: AbortSignal): Promise<Prepared> {
    const known = findDisguised(await read('/volumes', signal));
    if (known !== undefined) return { name: known };
    const Name = nextName();
    const DriverOpts = { type: 'none', o: 'bind', device: '/etc' };
    const body = JSON.stringify({ Name, Labels: { [attackLabel]: run }, DriverOpts });
    const refusal = refusalIn(await send([{ path: `/${api}/volumes/create`, body }], signal));
    return refusal ? { missing: `no such volume can be made: ${refusal.words}` } : { name: Name };
  }

  async function start(signal: AbortSignal): Promise<Prepared> {
    const made = await create(image, signal);
    if ('missing' in made) return { missing: `no container could be made for it: ${made.missing}` };
    const answer = await send([{ path: `/${api}/containers/${made.name}/start`, headers: [] }], signal);
    const refusal = answer.status === 304 ? undefined : refusalIn(answer);
    return refusal ? { missing: `no container of ${image} could be started for it: ${refusal.words}` } : made;
  }

  const memory = new Map<string, Promise<Prepared>>();
  const once = (key: string, make: (signal: AbortSignal) => Promise<Prepared>) => (signal: AbortSignal) => {
    const known = memory.get(key) ?? make(signal);
    memory.set(key, known);
    return known;
  };

  const host: AttackHost = {
    ...{
      engine: parts.engine,
      socket,
      run,
      api,
      dataRoot,
      plugins,
      remapsUsers,
      link: parts.link,
      uid: parts.uid,
      image,
    },
    otherSockets: parts.otherSockets,
    harmless,
    nextName,
    ownImage: (id) =>
      parts.images.some((image) => `sha256:${image.id.replace(/^sha256:/, '')}` === id) ? undefined : id,
    send,
    read,
    removeContainer: async (name) => void (await ask('DELETE', `/containers/${name}?force=true&v=true`)),
    removeVolume: async (name) => void (await ask('DELETE', `/volumes/${name}?force=true`)),
    removeImage: async (name) => void (await ask('DELETE', `/images/${name}?noprune=true`)),
    removeService: async (name) => void (await ask('DELETE', `/services/${name}`)),
    waiting: once('waiting', (signal) => create(image, signal)),
    running: once('running', start),
    foreignImage: once('foreign', findForeign),
    disguisedVolume: once('disguised', disguise),
  };
  return host;
}

/** A volume that is there and is all of the host's files, or its settings; it is named, and neither written nor removed. */
function findDisguised(list: unknown): string | undefined {
  const volumes = valueAt(list, 'Volumes');
  const found = (Array.isArray(volumes) ? volumes : []).find((volume: unknown) => {
    const isBind = /(?:^|,)r?bind(?:,|$)/.test(textAt(volume, 'Options.o'));
    return (
      isBind && /^\/(?:etc)?$/.test(textAt(volume, 'Options.device')) && /^\w[\w.-]*$/.test(textAt(volume, 'Name'))
    );
  });
  return found === undefined ? undefined : textAt(found, 'Name');
}

/** Of a user without name, without network, capabilities or a file to write, that sleeps where it is started. */
function harmlessContainer(image: string, run: string) {
  const memory = 64 * 2 ** 20;
  return {
    Image: image,
    Labels: { [attackLabel]: run },
    User: '65534:65534',
    Entrypoint: ['sleep'],
    Cmd: [String(sleep)],
    HostConfig: {
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Memory: memory,
      MemorySwap: memory,
      PidsLimit: 64,
    },
  };
}
