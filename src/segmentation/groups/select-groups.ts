import {
  globMatches,
  type ImageName,
  imageMatches,
  type MemberSelector,
  type NetworkedContainer,
  parseImageReference,
  type SecurityGroup,
} from '../../model/index.ts';

/** Names of the groups that have a container, ascending; empty where none has it and none is the default. */
export function selectGroups(groups: readonly SecurityGroup[], container: NetworkedContainer): readonly string[] {
  return compileSelection(groups)(container);
}

interface Candidate {
  readonly group: string;
  readonly selector: MemberSelector;
}

/** What selectors can ask of a container. */
interface Traits {
  readonly texts: Readonly<Record<TextField, string | undefined>>;
  readonly image: ImageName | undefined;
}
const textFields = ['name', 'project', 'service', 'namespace', 'host'] as const;
type TextField = (typeof textFields)[number];

/**
 * The same for many containers. Selectors are looked up by what fewest of them have in common, so that a container is held
 * against few of them however many there are.
 */
export function compileSelection(
  groups: readonly SecurityGroup[],
): (container: NetworkedContainer) => readonly string[] {
  const defaults = [...new Set(groups.filter(({ isDefault }) => isDefault).map(({ name }) => name))].sort();
  const visit = indexCandidates(
    groups.flatMap(({ name: group, members }) => members.map((selector) => ({ group, selector }))),
  );
  return (container) => {
    const traits = traitsOf(container);
    const found = new Set<string>();
    visit(container, traits, ({ group, selector }) => {
      if (!found.has(group) && fits(selector, container, traits)) found.add(group);
    });
    return found.size === 0 ? defaults : [...found].sort();
  };
}

function traitsOf(container: NetworkedContainer): Traits {
  const { labels } = container;
  const label = (...names: readonly string[]) => {
    const name = names.find((each) => Object.hasOwn(labels, each));
    return name === undefined ? undefined : labels[name];
  };
  return {
    texts: {
      name: container.name,
      host: container.host,
      project: label('com.docker.compose.project', 'io.podman.compose.project'),
      service: label('com.docker.compose.service', 'io.podman.compose.service'),
      namespace: label('io.kubernetes.pod.namespace'),
    },
    image: imageOf(container.imageReference),
  };
}

/** What was started by its ID has no name that anybody can vouch for. */
function imageOf(reference: string): ImageName | undefined {
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(reference)) return undefined;
  try {
    return parseImageReference(reference);
  } catch {
    // An engine has names that no registry has: no pattern of images fits them.
    return undefined;
  }
}

function fits(selector: MemberSelector, container: NetworkedContainer, { texts, image }: Traits): boolean {
  if (selector.engine !== undefined && selector.engine !== container.engine) return false;
  for (const field of textFields) {
    const pattern = selector[field];
    if (pattern === undefined) continue;
    const text = texts[field];
    if (text === undefined || !textMatches(pattern, text)) return false;
  }
  if (selector.image !== undefined && (image === undefined || !imageMatches(selector.image, image))) return false;
  for (const [name, value] of Object.entries(selector.labels ?? {}))
    if (!Object.hasOwn(container.labels, name) || (value !== '*' && container.labels[name] !== value)) return false;
  return true;
}

function textMatches(pattern: string, text: string): boolean {
  return pattern.includes('*') ? globMatches(pattern, text) : pattern === text;
}

/** Something that a selector says, by which it can be found: a whole text, the beginning of one, or a label. */
interface Key {
  readonly field: TextField | 'image' | 'label';
  readonly text: string;
  readonly isWhole: boolean;
}

type Visit = (container: NetworkedContainer, traits: Traits, visit: (candidate: Candidate) => void) => void;

/** Visits each candidate that may fit a container, once. */
function indexCandidates(candidates: readonly Candidate[]): Visit {
  const uses = new Map<string, number>();
  const keyed = candidates.map((candidate) => ({ candidate, keys: keysOf(candidate.selector) }));
  for (const { keys } of keyed) for (const key of keys) uses.set(slot(key), (uses.get(slot(key)) ?? 0) + 1);

  const slots = new Map<string, Candidate[]>();
  /** How long the beginnings of a field are, so that no others are looked up. */
  const lengths = new Map<string, Set<number>>();
  const others: Candidate[] = [];
  for (const { candidate, keys } of keyed) {
    const rank = (key: Key) => (uses.get(slot(key)) ?? 0) + (key.isWhole ? 0 : candidates.length);
    const [first, ...more] = keys;
    if (!first) {
      others.push(candidate);
      continue;
    }
    const key = more.reduce((best, next) => (rank(next) < rank(best) ? next : best), first);
    const there = slots.get(slot(key));
    if (there) there.push(candidate);
    else slots.set(slot(key), [candidate]);
    if (!key.isWhole) lengths.set(key.field, (lengths.get(key.field) ?? new Set()).add(key.text.length));
  }

  return (container, { texts, image }, visit) => {
    const look = (key: Key) => {
      for (const candidate of slots.get(slot(key)) ?? []) visit(candidate);
    };
    const lookFor = (field: TextField | 'image', text: string | undefined) => {
      if (text === undefined) return;
      look({ field, text, isWhole: true });
      for (const length of lengths.get(field) ?? [])
        if (length <= text.length) look({ field, text: text.slice(0, length), isWhole: false });
    };
    for (const candidate of others) visit(candidate);
    for (const field of textFields) lookFor(field, texts[field]);
    lookFor('image', image && `${image.registry}/${image.repository}`);
    for (const [name, value] of Object.entries(container.labels))
      look({ field: 'label', text: `${name}\0${value}`, isWhole: true });
  };
}

function slot({ field, text, isWhole }: Key): string {
  return `${field}${isWhole ? '=' : '^'}${text}`;
}

function keysOf(selector: MemberSelector): readonly Key[] {
  const keys: Key[] = Object.entries(selector.labels ?? {})
    .filter(([, value]) => value !== '*')
    .map(([name, value]) => ({ field: 'label', text: `${name}\0${value}`, isWhole: true }));
  for (const field of [...textFields, 'image'] as const) {
    const pattern = selector[field];
    if (pattern === undefined) continue;
    const star = pattern.indexOf('*');
    const key = { field, text: star < 0 ? pattern : pattern.slice(0, star), isWhole: star < 0 };
    if (key.text !== '') keys.push(key);
  }
  return keys;
}
