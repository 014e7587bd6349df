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
  readonly image: () => ImageName | undefined;
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
  const images = new Map<string, ImageName | undefined>();
  const image = (reference: string) => {
    if (!images.has(reference)) images.set(reference, imageOf(reference));
    return images.get(reference);
  };
  return (container) => {
    const traits = traitsOf(container, image);
    const found: string[] = [];
    visit(container, traits, ({ group, selector }) => {
      if (!found.includes(group) && fits(selector, container, traits)) found.push(group);
    });
    return found.length === 0 ? defaults : found.sort();
  };
}

function traitsOf(container: NetworkedContainer, image: (reference: string) => ImageName | undefined): Traits {
  const { labels } = container;
  return {
    texts: {
      name: container.name,
      host: container.host,
      project: ownLabel(labels, 'com.docker.compose.project') ?? ownLabel(labels, 'io.podman.compose.project'),
      service: ownLabel(labels, 'com.docker.compose.service') ?? ownLabel(labels, 'io.podman.compose.service'),
      namespace: ownLabel(labels, 'io.kubernetes.pod.namespace'),
    },
    image: () => image(container.imageReference),
  };
}

function ownLabel(labels: NetworkedContainer['labels'], name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
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
  if (selector.image !== undefined) {
    const name = image();
    if (name === undefined || !imageMatches(selector.image, name)) return false;
  }
  for (const [name, value] of Object.entries(selector.labels ?? {}))
    if (!Object.hasOwn(container.labels, name) || (value !== '*' && container.labels[name] !== value)) return false;
  return true;
}

function textMatches(pattern: string, text: string): boolean {
  return pattern.includes('*') ? globMatches(pattern, text) : pattern === text;
}

/** Something that a selector says, by which it can be found: a whole text, the beginning of one, or a label. */
interface Key {
  /** Of a label its name, after `label `. */
  readonly field: string;
  readonly text: string;
  readonly isWhole: boolean;
}

/** What can be found by one field. */
interface Shelf {
  readonly whole: Map<string, Candidate[]>;
  readonly begun: Map<string, Candidate[]>;
  /** How long the beginnings are, so that no others are looked up. */
  readonly lengths: Set<number>;
}

type Visit = (container: NetworkedContainer, traits: Traits, visit: (candidate: Candidate) => void) => void;

/** Visits each candidate that may fit a container, once. */
function indexCandidates(candidates: readonly Candidate[]): Visit {
  const shelves = new Map<string, Shelf>();
  const others: Candidate[] = [];
  const uses = countKeys(candidates);
  for (const candidate of candidates) {
    const rank = (key: Key) => (uses.get(keyName(key)) ?? 0) + (key.isWhole ? 0 : candidates.length);
    const [first, ...more] = keysOf(candidate.selector);
    if (!first) {
      others.push(candidate);
      continue;
    }
    const { field, text, isWhole } = more.reduce((best, next) => (rank(next) < rank(best) ? next : best), first);
    const shelf = shelves.get(field) ?? { whole: new Map(), begun: new Map(), lengths: new Set<number>() };
    shelves.set(field, shelf);
    const slots = isWhole ? shelf.whole : shelf.begun;
    const there = slots.get(text);
    if (there) there.push(candidate);
    else slots.set(text, [candidate]);
    if (!isWhole) shelf.lengths.add(text.length);
  }
  const labels = [...shelves].flatMap(([field, { whole }]) =>
    field.startsWith(labelField) ? [{ name: field.slice(labelField.length), whole }] : [],
  );
  const fields = [...textFields, 'image' as const].flatMap((field) => {
    const shelf = shelves.get(field);
    return shelf ? [{ field, shelf }] : [];
  });

  return (container, traits, visit) => {
    const visitAll = (found: readonly Candidate[] | undefined) => {
      if (found) for (const candidate of found) visit(candidate);
    };
    visitAll(others);
    for (const { field, shelf } of fields) {
      const image = field === 'image' ? traits.image() : undefined;
      const text = field === 'image' ? image && `${image.registry}/${image.repository}` : traits.texts[field];
      if (text === undefined) continue;
      visitAll(shelf.whole.get(text));
      for (const length of shelf.lengths) if (length <= text.length) visitAll(shelf.begun.get(text.slice(0, length)));
    }
    for (const { name, whole } of labels)
      if (Object.hasOwn(container.labels, name)) visitAll(whole.get(container.labels[name] ?? ''));
  };
}

function countKeys(candidates: readonly Candidate[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const { selector } of candidates)
    for (const key of keysOf(selector)) uses.set(keyName(key), (uses.get(keyName(key)) ?? 0) + 1);
  return uses;
}

function keyName({ field, text, isWhole }: Key): string {
  return `${field}${isWhole ? '=' : '^'}${text}`;
}

const labelField = 'label ';

function keysOf(selector: MemberSelector): readonly Key[] {
  const keys: Key[] = Object.entries(selector.labels ?? {})
    .filter(([, value]) => value !== '*')
    .map(([name, text]) => ({ field: `${labelField}${name}`, text, isWhole: true }));
  for (const field of [...textFields, 'image'] as const) {
    const pattern = selector[field];
    if (pattern === undefined) continue;
    const star = pattern.indexOf('*');
    const text = star < 0 ? pattern : pattern.slice(0, star);
    if (text !== '') keys.push({ field, text, isWhole: star < 0 });
  }
  return keys;
}
