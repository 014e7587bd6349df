import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';

/** Where something stands in a contract: `['spec', 'environment', 'PORT', 'type']`. */
export type TextPath = readonly (string | number)[];

export interface TextProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ReadText =
  | { readonly value: unknown; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: TextProblem };

/** What a text of YAML says, or where it is none. Whether it is a contract is for the server to say. */
export function readText(text: string): ReadText {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...reading, lineCounter: lines });
  const [fault] = document.errors;
  if (fault) {
    const { line, col } = lines.linePos(fault.pos[0]);
    return { problem: { line: Math.max(line, 1), column: Math.max(col, 1), message: fault.message } };
  }
  try {
    return { value: document.toJS() as unknown };
  } catch (error) {
    // Aliases that grow without bound.
    return { problem: { line: 1, column: 1, message: error instanceof Error ? error.message : 'It cannot be read.' } };
  }
}

/** Puts a value at a path, or takes what is there away where it is undefined. Every other line stays as it is. */
export function setIn(text: string, path: TextPath, value: unknown): string {
  return edit(text, (document) => {
    if (value === undefined) {
      if (document.hasIn(path)) document.deleteIn(path);
      return;
    }
    makeRoom(document, path);
    const known = document.getIn(path, true);
    const isPlain = typeof value !== 'object' || value === null;
    document.setIn(path, isPlain && (known === undefined || isScalar(known)) ? value : nodeFor(document, path, value));
  });
}

/** Puts an item behind the others of a list, which is made where it is not there. */
export function addTo(text: string, path: TextPath, value: unknown): string {
  return edit(text, (document) => {
    makeRoom(document, [...path, 0]);
    if (!isSeq(document.getIn(path, true))) document.setIn(path, document.createNode([]));
    document.addIn(path, nodeFor(document, [...path, 0], value));
  });
}

const reading = { prettyErrors: false, version: '1.2', logLevel: 'error' } as const;

/**
 * Lines that a change does not touch stay as somebody wrote them, spaces too: of a text that has as many lines as the library
 * writes for it, only those that the change turned are taken from the library.
 */
function edit(text: string, change: (document: Document) => void): string {
  const document = parseDocument(text, reading);
  // Aliases are refused by the server, and may lose here what they stand for.
  if (document.errors.length > 0 || hasAlias(document)) return text;
  const isIndented = !/^( *)[^\s#-][^\n]*:[ \t]*\n\1- /m.test(text);
  const write = () =>
    document.toString({ lineWidth: 0, indentSeq: isIndented, flowCollectionPadding: true }).split('\n');
  const before = write();
  change(document);
  const after = write();
  if (after.join('\n') === before.join('\n')) return text;
  const own = text.split('\n');
  const isEnded = text.endsWith('\n');
  if (own.length + (isEnded ? 0 : 1) !== before.length) return after.join('\n');
  let first = 0;
  while (first < before.length && first < after.length && before[first] === after[first]) first++;
  let last = 0;
  const rest = Math.min(before.length, after.length) - first;
  while (last < rest && before[before.length - 1 - last] === after[after.length - 1 - last]) last++;
  const kept = isEnded ? own : [...own, ''];
  return [...kept.slice(0, first), ...after.slice(first, after.length - last), ...kept.slice(kept.length - last)].join(
    '\n',
  );
}

function hasAlias(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** What stands on the way to a path and holds nothing, such as `PORT:`, becomes something that can. */
function makeRoom(document: Document, path: TextPath): void {
  for (let depth = 0; depth < path.length; depth++) {
    const at = path.slice(0, depth);
    const node = depth === 0 ? document.contents : document.getIn(at, true);
    if (!isCollection(node)) {
      const made = document.createNode(typeof path[depth] === 'number' ? [] : {});
      if (depth === 0) document.contents = made as never;
      else document.setIn(at, made);
    } else if (node.items.length === 0) node.flow = false;
  }
}

/** A line written as the lines beside it are: in braces or below each other. */
function nodeFor(document: Document, path: TextPath, value: unknown) {
  const node = document.createNode(value);
  const known = document.getIn(path, true);
  if (isCollection(node) && isCollection(known) && known.items.length > 0) {
    node.flow = known.flow === true;
    // Items that stay keep what is said beside them.
    if (isSeq(node) && isSeq(known)) {
      const same = (item: unknown) =>
        known.items.find((each) => isScalar(each) && isScalar(item) && each.value === item.value);
      node.items = node.items.map((item) => same(item) ?? item);
    }
    return node;
  }
  const parent = document.getIn(path.slice(0, -1), true);
  if (!isCollection(node) || !isCollection(parent)) return node;
  const beside = isMap(parent) ? parent.items.map((pair) => pair.value) : parent.items;
  const others = beside.filter((each) => isMap(each) && each.items.length > 0) as YAMLMap[];
  node.flow = others.length === 0 ? path.length >= 3 || isSeq(node) : others.some(({ flow }) => flow === true);
  return node;
}
