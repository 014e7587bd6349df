import type { Syntax } from './syntax.ts';

/** `@name` and what it stands at. */
type Captures = Map<string, Syntax>;
type Test = (text: (name: string) => string) => boolean;

interface NodePattern {
  /** Undefined: any named node. */
  readonly types: ReadonlySet<string> | undefined;
  readonly alternatives: readonly NodePattern[];
  readonly field: string | undefined;
  readonly children: readonly NodePattern[];
  readonly without: readonly string[];
  /** It must be the first child. */
  readonly isFirst: boolean;
  readonly capture: string | undefined;
}

interface TopPattern {
  readonly node: NodePattern;
  readonly tests: readonly Test[];
}

export type Found = 'code' | 'prose';

/**
 * Compiles patterns in the notation of tree-sitter's queries, as far as tables of languages use it: `(type field: (type) "sign" [(a) (b)]
 * !field) @capture`, `.` before a first child, and `#match?`, `#not-match?` of a capture. Its own compiler needs a second for the grammar of
 * Ruby. Throws SyntaxError on what is none.
 */
export function compilePatterns(source: string): (root: Syntax, text: string) => Found | undefined {
  const byType = new Map<string, TopPattern[]>();
  for (const pattern of parsePatterns(source)) {
    for (const type of pattern.node.types ?? []) byType.set(type, [...(byType.get(type) ?? []), pattern]);
  }
  return (root, text) => find(root, text, byType);
}

/** Words in a sentence outweigh whatever else is found. */
function find(root: Syntax, text: string, byType: ReadonlyMap<string, readonly TopPattern[]>): Found | undefined {
  let found: Found | undefined;
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const { node: pattern, tests } of node.hasError ? [] : (byType.get(node.type) ?? [])) {
      const captures: Captures = new Map();
      if (!matches(node, pattern, captures)) continue;
      const isMet = tests.every((test) =>
        test((name) => {
          const { start = 0, end = 0 } = captures.get(name) ?? {};
          return text.slice(start, end);
        }),
      );
      if (!isMet) continue;
      if (captures.has('prose')) return 'prose';
      found = 'code';
    }
    open.push(...node.children);
  }
  return found;
}

function matches(node: Syntax, pattern: NodePattern, captures: Captures): boolean {
  if (pattern.field !== undefined && node.field !== pattern.field) return false;
  if (pattern.alternatives.length > 0) {
    if (!pattern.alternatives.some((each) => matches(node, each, captures))) return false;
  } else {
    if (pattern.types === undefined ? !node.isNamed : !pattern.types.has(node.type)) return false;
    if (pattern.without.some((field) => node.children.some((child) => child.field === field))) return false;
    let next = 0;
    for (const child of pattern.children) {
      if (child.isFirst) {
        while (next < node.children.length && node.children[next]?.isNamed === false) next++;
        const first = node.children[next++];
        if (first === undefined || !matches(first, child, captures)) return false;
        continue;
      }
      while (next < node.children.length && !matches(node.children[next] as Syntax, child, captures)) next++;
      if (next++ >= node.children.length) return false;
    }
  }
  if (pattern.capture !== undefined) captures.set(pattern.capture, node);
  return true;
}

function parsePatterns(source: string): readonly TopPattern[] {
  const tokens = source.match(/"(?:[^"\\]|\\.)*"|[()[\].!]|@\w+|#[\w?-]+|\w+:?/g) ?? [];
  let at = 0;
  const fail = (wanted: string): never => {
    throw new SyntaxError(`${wanted} is missing in: ${tokens.slice(Math.max(0, at - 8), at + 3).join(' ')}`);
  };
  const take = (token: string) => tokens[at++] === token || fail(token);
  const bare = { alternatives: [], field: undefined, children: [], without: [], isFirst: false, capture: undefined };

  function node(): NodePattern {
    const isFirst = tokens[at] === '.' && at++ > 0;
    const field = /^\w+:$/.test(tokens[at] ?? '') ? tokens[at++]?.slice(0, -1) : undefined;
    const inner = body();
    const capture = tokens[at]?.startsWith('@') === true ? tokens[at++]?.slice(1) : undefined;
    return { ...inner, isFirst, field: field ?? inner.field, capture: capture ?? inner.capture };
  }

  function body(): NodePattern {
    const token = tokens[at++] ?? fail('a node');
    if (token.startsWith('"')) return { ...bare, types: new Set([token.slice(1, -1)]) };
    if (token === '[') {
      const alternatives: NodePattern[] = [];
      while (tokens[at] !== ']') alternatives.push(node());
      take(']');
      const types = alternatives.every((each) => each.types !== undefined)
        ? new Set(alternatives.flatMap((each) => [...(each.types ?? [])]))
        : undefined;
      return { ...bare, types, alternatives };
    }
    if (token !== '(') fail('(');
    const type = tokens[at++] ?? fail('a type');
    const children: NodePattern[] = [];
    const without: string[] = [];
    while (tokens[at] !== ')') {
      if (tokens[at] === '!') without.push(tokens[at + 1] ?? '');
      if (tokens[at] === '!') at += 2;
      else children.push(node());
    }
    take(')');
    return { ...bare, types: type === '_' ? undefined : new Set([type]), children, without };
  }

  function test(): Test {
    take('(');
    const [sign, capture = '', text = ''] = [tokens[at++], tokens[at++]?.slice(1), tokens[at++]];
    take(')');
    const pattern = new RegExp(text.slice(1, -1).replaceAll('\\"', '"'));
    if (sign !== '#match?' && sign !== '#not-match?') return fail('#match?');
    return (textOf) => pattern.test(textOf(capture)) === (sign === '#match?');
  }

  const patterns: TopPattern[] = [];
  while (at < tokens.length) {
    if (tokens[at] !== '(' || tokens[at + 1] !== '(') {
      patterns.push({ node: node(), tests: [] });
      continue;
    }
    at++;
    const first = node();
    const tests: Test[] = [];
    while (tokens[at] !== ')') tests.push(test());
    take(')');
    patterns.push({ node: first, tests });
  }
  return patterns;
}
