import type { Node } from 'yaml';
import { lazyLibrary } from '../base/index.ts';
import { badDocument, type Position } from './policy-error.ts';

const yaml = lazyLibrary<typeof import('yaml')>('yaml');

/** A value and where it stands. Keys are texts, none twice, none that means something to an object. */
export type YamlNode = Position &
  (
    | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, YamlEntry> }
    | { readonly kind: 'list'; readonly items: readonly YamlNode[] }
    | { readonly kind: 'scalar'; readonly value: string | number | boolean | null }
  );

export interface YamlEntry {
  readonly key: Position;
  readonly value: YamlNode;
}

/** Of one file. Depth is in open collections as the parser counts them, two for each level of a document. */
export const yamlLimits = { bytes: 1024 * 1024, documents: 1000, depth: 64, lexemes: 300_000, nodes: 100_000 };

/**
 * The documents of a file with their positions, by YAML 1.2's core schema; JSON is YAML. Empty documents are left out.
 * Throws PolicyError for what is over a bound or is no YAML, and for aliases, tags, directives and duplicate keys: no
 * policy needs them, and each has hidden something from a reader before.
 */
export function parseYamlNodes(text: string, file: string): readonly YamlNode[] {
  const start = { line: 1, column: 1 };
  if (Buffer.byteLength(text) > yamlLimits.bytes)
    throw badDocument(file, start, `the file is larger than ${yamlLimits.bytes} bytes`, 'Split it');
  const { Composer, LineCounter, Parser, Lexer } = yaml();
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent', version: '1.2' });
  const convert = nodeConverter(file, at);
  const nodes: YamlNode[] = [];

  function* tokens() {
    // The composer recurses and the parser does not: the depth is known before anything could use up the stack.
    let lexemes = 0;
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      if (++lexemes > yamlLimits.lexemes)
        throw badDocument(file, at(parser.offset), `there are more than ${yamlLimits.lexemes} words`, 'Split the file');
      if (parser.stack.length > yamlLimits.depth)
        throw badDocument(file, at(parser.offset), 'it nests too deep', 'Write fewer levels');
    }
    yield* parser.end();
  }
  function* directiveless() {
    for (const token of tokens()) {
      if (token.type === 'directive')
        throw badDocument(file, at(token.offset), 'directives are not read', 'Take out the line that begins with %');
      yield token;
    }
  }
  lines.addNewLine(0);
  for (const document of composer.compose(directiveless())) {
    const [fault] = [...document.errors, ...document.warnings];
    // What follows a colon in the words of the library is the text itself, which may be a secret.
    if (fault) throw badDocument(file, at(fault.pos[0]), `this is no YAML: ${fault.message.split(/[:\n]/)[0]}`);
    if (nodes.length >= yamlLimits.documents)
      throw badDocument(
        file,
        at(document.range[0]),
        `there are more than ${yamlLimits.documents} documents`,
        'Split it',
      );
    const { contents } = document;
    if (contents === null || (yaml().isScalar(contents) && contents.value === null && contents.source === '')) continue;
    nodes.push(convert(contents));
  }
  return nodes;
}

function nodeConverter(file: string, at: (offset: number) => Position): (node: Node) => YamlNode {
  const { isAlias, isMap, isScalar, isSeq } = yaml();
  let count = 0;
  const convert = (node: Node): YamlNode => {
    const position = at(node.range?.[0] ?? 0);
    const refuse = (message: string, remedy?: string): never => {
      throw badDocument(file, position, message, remedy);
    };
    if (++count > yamlLimits.nodes) refuse(`there are more than ${yamlLimits.nodes} values`, 'Split the file');
    if (isAlias(node)) return refuse('aliases are not read', 'Write the value out');
    if ((node as { tag?: string }).tag !== undefined) refuse('tags are not read', 'Take out what begins with "!"');
    if (isSeq(node)) return { ...position, kind: 'list', items: node.items.map((item) => convert(item as Node)) };
    if (isMap(node)) {
      const entries = new Map<string, YamlEntry>();
      for (const pair of node.items) {
        const keyNode = convert(pair.key as Node);
        const key = keyNode.kind === 'scalar' ? keyNode.value : undefined;
        const wrong = (message: string, remedy?: string): never => {
          throw badDocument(file, keyNode, message, remedy);
        };
        if (typeof key !== 'string') return wrong('the name of a field must be text', 'Put it in quotes');
        if (key === '__proto__') wrong('no field is called "__proto__"');
        if (entries.has(key)) wrong(`the field ${JSON.stringify(key.slice(0, 60))} is there twice`, 'Take one out');
        const value: YamlNode = pair.value
          ? convert(pair.value as Node)
          : { line: keyNode.line, column: keyNode.column, kind: 'scalar', value: null };
        entries.set(key, { key: keyNode, value });
      }
      return { ...position, kind: 'map', entries };
    }
    const value = isScalar(node) ? node.value : undefined;
    if (value === null || typeof value === 'string' || typeof value === 'boolean')
      return { ...position, kind: 'scalar', value };
    if (typeof value === 'number' && Number.isFinite(value)) return { ...position, kind: 'scalar', value };
    return refuse('this is neither text nor a finite number');
  };
  return convert;
}

/** A node as JSON has it. */
export function plainValue(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plainValue(value)]));
}
