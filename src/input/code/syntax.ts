import type { TreeCursor } from '@vscode/tree-sitter-wasm';

/** A node of a tree as patterns look at it. */
export interface Syntax {
  readonly type: string;
  /** What it is to its parent: `function`, `arguments`. */
  readonly field: string | undefined;
  readonly isNamed: boolean;
  readonly start: number;
  readonly end: number;
  readonly children: readonly Syntax[];
  /** It, or something in it, was not read. */
  readonly hasError: boolean;
}

/** A tree larger than this is read to here, and the rest counts as an error. */
const mostNodes = 20_000;

/**
 * The tree below a cursor. A node of one of the types `thin` that has one named child only is left out, the child takes its place: grammars of
 * expressions nest a dozen of them around each number.
 */
export function readSyntax(cursor: TreeCursor, thin: ReadonlySet<string>): Syntax {
  interface Open {
    readonly type: string;
    readonly field: string | undefined;
    readonly isNamed: boolean;
    readonly start: number;
    readonly end: number;
    readonly children: Syntax[];
    hasError: boolean;
  }
  const open = (): Open => {
    const type = cursor.nodeType;
    return {
      type,
      field: cursor.currentFieldName ?? undefined,
      isNamed: cursor.nodeIsNamed,
      start: cursor.startIndex,
      end: cursor.endIndex,
      children: [],
      hasError: type === 'ERROR' || cursor.nodeIsMissing,
    };
  };
  const path: Open[] = [];
  let node = open();
  for (let count = 1; ; ) {
    if (count < mostNodes && cursor.gotoFirstChild()) {
      path.push(node);
      node = open();
      count++;
      continue;
    }
    for (;;) {
      const parent = path.at(-1);
      if (parent === undefined) return node;
      const [only, second] = node.children;
      const isThin = only !== undefined && second === undefined && thin.has(node.type);
      parent.children.push(isThin ? { ...only, field: node.field ?? only.field } : node);
      if (node.hasError) parent.hasError = true;
      if (count < mostNodes && cursor.gotoNextSibling()) {
        node = open();
        count++;
        break;
      }
      if (count >= mostNodes) parent.hasError = true;
      cursor.gotoParent();
      path.pop();
      node = parent;
    }
  }
}
