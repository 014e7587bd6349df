import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml';
import { lazyLibrary } from '../base/index.ts';
import { type JsonMap, type JsonValue, quoteName } from './json-value.ts';
import { LaunchError, type LaunchErrorCode } from './launch-error.ts';

const yaml = lazyLibrary<typeof import('yaml')>('yaml');

export interface YamlDocument {
  readonly value: JsonValue;
  /** Where it begins: `compose.yaml:3`. */
  readonly at: string;
  /** The line of what a path names, or of the nearest above it that is there; what an alias brings has that of its anchor. */
  lineOf(path: string): number | undefined;
}

/** Of one file. Depth is in open collections as the parser counts them, about two for a level; nodes are after expansion. */
export const yamlTextLimits = {
  bytes: 1024 * 1024,
  documents: 1000,
  openings: 130,
  depth: 64,
  lexemes: 300_000,
  nodes: 100_000,
};

/** A value with the line of each part, and what it costs wherever an alias brings it again. */
interface Converted {
  readonly value: JsonValue;
  readonly line: number;
  readonly children?: ReadonlyMap<string | number, Converted>;
  readonly nodes: number;
  readonly height: number;
}

/**
 * The documents of a file by YAML 1.2's core schema, with anchors, aliases and merge keys (`<<`) resolved; empty ones are left
 * out. Throws LaunchError whose path is file, line and column for what is over a bound or is no YAML, and for what readers
 * differ about: duplicate keys, directives, tags beyond the core schema, numbers that a double cannot hold.
 */
export function parseYamlText(text: string, file: string): readonly YamlDocument[] {
  if (Buffer.byteLength(text) > yamlTextLimits.bytes)
    throw new LaunchError('launch-limit', file, `it is larger than ${yamlTextLimits.bytes} bytes`);
  const { Composer, LineCounter, Lexer, Parser, isScalar } = yaml();
  const lines = new LineCounter();
  const refuse: Refuse = (offset, message, code = 'bad-launch') => {
    const { line, col } = lines.linePos(offset);
    throw new LaunchError(code, `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`, message);
  };
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent', version: '1.2' });

  function* tokens() {
    // The composer recurses and the parser does not: the depth is known before anything could use up the stack.
    let lexemes = 0;
    for (const lexeme of new Lexer().lex(text)) {
      for (const token of parser.next(lexeme)) {
        if (token.type === 'directive')
          refuse(token.offset, 'directives are not read: take out the line that begins with %');
        yield token;
      }
      if (++lexemes > yamlTextLimits.lexemes) refuse(parser.offset, 'there are too many words', 'launch-limit');
      if (parser.stack.length > yamlTextLimits.openings) refuse(parser.offset, 'it nests too deep', 'launch-limit');
    }
    yield* parser.end();
  }

  lines.addNewLine(0);
  const documents: YamlDocument[] = [];
  const lineAt = (offset: number) => Math.max(lines.linePos(offset).line, 1);
  // Of all documents together.
  const budget = { nodes: 0 };
  let seen = 0;
  for (const document of composer.compose(tokens())) {
    checkFaults(document, refuse);
    if (++seen > yamlTextLimits.documents)
      refuse(document.range[0], `there are more than ${yamlTextLimits.documents} documents`, 'launch-limit');
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null && contents.source === '')) continue;
    const root = new YamlConverter(refuse, lineAt, budget).convert(contents, 0);
    documents.push({ value: root.value, at: `${file}:${root.line}`, lineOf: (path) => lineOf(root, path) });
  }
  return documents;
}

type Refuse = (offset: number, message: string, code?: LaunchErrorCode) => never;

function checkFaults(document: Document.Parsed, refuse: Refuse): void {
  const [fault] = [...document.errors, ...document.warnings];
  if (!fault) return;
  if (fault.code === 'TAG_RESOLVE_FAILED') refuse(fault.pos[0], 'this tag is not read: take out what begins with "!"');
  // What follows a colon in the words of the library is the text itself, which may be a secret.
  refuse(fault.pos[0], `this is no YAML: ${fault.message.split(/[:\n]/)[0]}`);
}

class YamlConverter {
  private readonly refuse: Refuse;
  private readonly lineAt: (offset: number) => number;
  private readonly budget: { nodes: number };
  /** By name; undefined while what it names is being read. */
  private readonly anchors = new Map<string, Converted | undefined>();

  constructor(refuse: Refuse, lineAt: (offset: number) => number, budget: { nodes: number }) {
    this.refuse = refuse;
    this.lineAt = lineAt;
    this.budget = budget;
  }

  convert(node: Node, depth: number): Converted {
    const offset = node.range?.[0] ?? 0;
    if (yaml().isAlias(node)) return this.resolve(node.source, offset, depth);
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) this.anchors.set(anchor, undefined);
    const converted = this.convertContent(node, offset, depth);
    if (anchor !== undefined) this.anchors.set(anchor, converted);
    return converted;
  }

  private spend(nodes: number, offset: number): void {
    this.budget.nodes += nodes;
    if (this.budget.nodes > yamlTextLimits.nodes)
      this.refuse(offset, `there are more than ${yamlTextLimits.nodes} values, aliases counted out`, 'launch-limit');
  }

  private resolve(name: string, offset: number, depth: number): Converted {
    const anchored = this.anchors.get(name);
    if (!anchored)
      return this.refuse(
        offset,
        `the alias ${quoteName(name)} ${this.anchors.has(name) ? 'holds itself' : 'names nothing'}`,
      );
    this.spend(anchored.nodes, offset);
    if (depth + anchored.height > yamlTextLimits.depth) this.refuse(offset, 'it nests too deep', 'launch-limit');
    return anchored;
  }

  private convertContent(node: Node, offset: number, depth: number): Converted {
    const { isMap, isScalar, isSeq } = yaml();
    const line = this.lineAt(offset);
    if (depth > yamlTextLimits.depth) this.refuse(offset, 'it nests too deep', 'launch-limit');
    if (isMap(node)) return this.convertMap(node as YAMLMap<Node, Node | null>, line, depth);
    if (isSeq(node)) {
      this.spend(1, offset);
      const items = node.items.map((item) => this.convert(item as Node, depth + 1));
      return compose(
        items.map(({ value }) => value),
        line,
        new Map(items.entries()),
      );
    }
    if (!isScalar(node)) return this.refuse(offset, 'this is no value');
    const value = this.scalar(node, offset);
    const nodes = 1 + (typeof value === 'string' ? value.length >> 6 : 0);
    this.spend(nodes, offset);
    return { value, line, nodes, height: 0 };
  }

  private scalar({ value }: Scalar, offset: number): JsonValue {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string')
      return value.isWellFormed() ? value : this.refuse(offset, 'a text has half a surrogate pair');
    if (typeof value !== 'number' || !Number.isFinite(value))
      return this.refuse(offset, 'this is neither text nor a finite number');
    if (Number.isInteger(value) && !Number.isSafeInteger(value))
      return this.refuse(offset, 'the number is an integer that would be read as another: put it in quotes');
    return value;
  }

  private convertMap(node: YAMLMap<Node, Node | null>, line: number, depth: number): Converted {
    this.spend(1, node.range?.[0] ?? 0);
    const children = new Map<string, Converted>();
    let merge: Pair<Node, Node | null> | undefined;
    for (const pair of node.items) {
      const offset = pair.key.range?.[0] ?? 0;
      if (isMergeKey(pair.key)) {
        if (merge) this.refuse(offset, 'the merge key "<<" is there twice');
        merge = pair;
        continue;
      }
      const key = this.key(pair.key, offset, depth);
      if (children.has(key)) this.refuse(offset, `the key ${quoteName(key)} is there twice`);
      this.spend(1, offset);
      const { value } = pair;
      const child = value === null ? undefined : this.convert(value, depth + 1);
      // The line of a field is that of its key: a block of text or a list begins below it.
      children.set(key, child ? { ...child, line: this.lineAt(offset) } : { value: null, line, nodes: 1, height: 0 });
    }
    if (merge) this.merge(children, merge, depth);
    const value: Record<string, JsonValue> = Object.create(null);
    for (const [key, child] of children) value[key] = child.value;
    return compose(value, line, children);
  }

  private key(node: Node, offset: number, depth: number): string {
    const { value } = yaml().isScalar(node) || yaml().isAlias(node) ? this.convert(node, depth) : { value: null };
    if (typeof value === 'string') return value;
    // `8080:` and `true:` are read by everybody as these words; other forms of numbers are not.
    const { source } = node as { source?: string };
    if ((typeof value === 'number' || typeof value === 'boolean') && String(value) === source) return source;
    return this.refuse(offset, 'the name of a field must be text: put it in quotes');
  }

  /** What is written beside the merge key wins, then the earlier of a list (yaml.org/type/merge.html). */
  private merge(children: Map<string, Converted>, { key, value }: Pair<Node, Node | null>, depth: number): void {
    const offset = key.range?.[0] ?? 0;
    const brought = value === null ? undefined : this.convert(value, depth);
    const sources = Array.isArray(brought?.value) ? [...(brought?.children?.values() ?? [])] : brought ? [brought] : [];
    for (const source of sources) {
      if (!isJsonMap(source.value)) this.refuse(offset, 'only maps can be merged by "<<"');
      for (const [name, child] of source.children ?? [])
        if (!children.has(String(name))) children.set(String(name), child);
    }
    if (sources.length === 0 && !Array.isArray(brought?.value)) this.refuse(offset, 'only maps can be merged by "<<"');
  }
}

function isMergeKey(node: Node): boolean {
  return yaml().isScalar(node) && node.value === '<<' && node.type === 'PLAIN';
}

export function isJsonMap(value: JsonValue | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compose(value: JsonValue, line: number, children: ReadonlyMap<string | number, Converted>): Converted {
  let nodes = 1;
  let height = 0;
  for (const child of children.values()) {
    nodes += child.nodes + (Array.isArray(value) ? 0 : 1);
    height = Math.max(height, child.height + 1);
  }
  return { value, line, children, nodes, height };
}

/** A step of a path as `joinPath` writes it. */
const step = /\.?([\w$-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;

function lineOf(root: Converted, path: string): number | undefined {
  let at = root;
  let found: number | undefined = path === '' ? root.line : undefined;
  step.lastIndex = 0;
  for (let match = step.exec(path); match; match = step.exec(path)) {
    const [, name, index, quoted] = match;
    const next = at.children?.get(index === undefined ? (name ?? unquote(quoted ?? '""')) : Number(index));
    if (!next) break;
    at = next;
    found = next.line;
  }
  return found;
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    // No path that was written by joinPath: it names nothing.
    return text;
  }
}
