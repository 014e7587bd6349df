import { parseJson } from '../base/index.ts';
import { attackLabel, imagePrefix } from './attack.ts';
import { valueAt } from './container-attack.ts';
import { textAt } from './engine-facts.ts';
import { type SocketAddress, sendRaw } from './raw-request.ts';

/** Not the signal of the run: what was made is taken away after an interrupt as well. */
const never = new AbortController().signal;

/** A thing that a run made: where it is listed, and how it is taken away. */
interface Kind {
  readonly kind: 'container' | 'service' | 'volume' | 'image';
  readonly list: string;
  /** Where in the answer the things are. */
  readonly at: string;
  readonly names: (thing: unknown) => readonly string[];
  readonly remove: (name: string) => string;
}

const labelled = `filters=${encodeURIComponent(JSON.stringify({ label: [attackLabel] }))}`;
/** Whatever a list names is written into a path: only what needs no escape is. */
const isPlain = (name: string) => /^[A-Za-z0-9][\w.:/-]{0,300}$/.test(name);
const tagsOf = (image: unknown): readonly string[] => {
  const tags = valueAt(image, 'RepoTags');
  return Array.isArray(tags) ? tags.filter((name) => typeof name === 'string') : [];
};

const kinds: readonly Kind[] = [
  {
    kind: 'container',
    list: `/containers/json?all=true&${labelled}`,
    at: '',
    names: (thing) => [textAt(thing, 'Id')],
    remove: (name) => `/containers/${name}?force=true&v=true`,
  },
  {
    kind: 'service',
    list: `/services?${labelled}`,
    at: '',
    names: (thing) => [textAt(thing, 'ID')],
    remove: (name) => `/services/${name}`,
  },
  {
    kind: 'volume',
    list: `/volumes?${labelled}`,
    at: 'Volumes',
    names: (thing) => [textAt(thing, 'Name')],
    remove: (name) => `/volumes/${name}?force=true`,
  },
  {
    kind: 'image',
    list: '/images/json',
    at: '',
    names: (thing) => tagsOf(thing).filter((name) => name.startsWith(imagePrefix)),
    remove: (name) => `/images/${name}?noprune=true`,
  },
  // Of what is left, those that were made here and have no name, or none that was given here.
  {
    kind: 'image',
    list: `/images/json?${labelled}`,
    at: '',
    names: (thing) =>
      tagsOf(thing).every((name) => name.startsWith(imagePrefix) || name.includes('<none>'))
        ? [textAt(thing, 'Id')]
        : [],
    remove: (name) => `/images/${name}?noprune=true`,
  },
];

export interface Swept {
  readonly removed: number;
  /** What is still there: kind and name. */
  readonly left: readonly string[];
}

/** Takes away what runs of the self-test made, this one and earlier ones. Throws AttackError where nothing can be listed. */
export async function sweep(address: SocketAddress, api: string): Promise<Swept> {
  const before = await list(address, api);
  for (const { kind, name } of before) {
    await send(address, 'DELETE', `/${api}${kind.remove(name)}`);
  }
  const left = before.length === 0 ? [] : await list(address, api);
  return { removed: before.length - left.length, left: left.map(({ kind, name }) => `${kind.kind} ${name}`) };
}

async function list(address: SocketAddress, api: string) {
  const found: { readonly kind: Kind; readonly name: string }[] = [];
  for (const kind of kinds) {
    const answer = await send(address, 'GET', `/${api}${kind.list}`);
    // An engine without swarm has no services.
    if (answer.status !== 200) continue;
    const value = parseJson(answer.body, `the answer to GET ${kind.list}`);
    const things = kind.at === '' ? value : valueAt(value, kind.at);
    if (!Array.isArray(things)) continue;
    found.push(
      ...things.flatMap((thing: unknown) =>
        kind
          .names(thing)
          .filter(isPlain)
          .map((name) => ({ kind, name })),
      ),
    );
  }
  return found;
}

const send = (address: SocketAddress, method: string, path: string) =>
  sendRaw(address, [{ method, path, headers: [] }], { signal: never });
