/** A rule to be added to a group, as a document writes it. */
export interface RuleToAdd {
  readonly direction: 'inbound' | 'outbound';
  /** `group: shop-web`, `cidr: 10.0.0.0/8`. */
  readonly peers: readonly string[];
  /** `tcp/443`. */
  readonly ports: readonly string[];
}

/**
 * The text of a document with one more rule at the end of its list. What a person wrote stays as it is, with its comments:
 * only lines are put in. Where the list is not written one item a line, the rule comes as a comment for a person to place.
 */
export function addRule(text: string, rule: RuleToAdd): string {
  const lines = text.trimEnd().split('\n');
  const spec = lines.findIndex((line) => /^spec:\s*(#.*)?$/.test(line));
  if (spec < 0) return withComment(lines, rule);
  const end = endOf(lines, spec + 1, 0);
  const first = lines.slice(spec + 1, end).find(isContent);
  const indent = first === undefined ? 2 : indentOf(first);
  if (indent === 0 || lines.some((line) => line.startsWith('\t'))) return withComment(lines, rule);
  const at = lines.findIndex(
    (line, index) =>
      index > spec && index < end && indentOf(line) === indent && line.trim().startsWith(`${rule.direction}:`),
  );
  if (at < 0) {
    return join(
      lines.toSpliced(
        lastContent(lines, end),
        0,
        `${' '.repeat(indent)}${rule.direction}:`,
        ...itemLines(rule, indent + 2),
      ),
    );
  }
  const rest = lines[at]
    ?.trim()
    .slice(rule.direction.length + 1)
    .replace(/\s*#.*$/, '')
    .trim();
  if (rest === '[]') {
    return join(lines.toSpliced(at, 1, `${' '.repeat(indent)}${rule.direction}:`, ...itemLines(rule, indent + 2)));
  }
  if (rest !== '') return withComment(lines, rule);
  // Items may stand as far left as the name of their list.
  const item = lines.slice(at + 1, end).find(isContent);
  if (item === undefined || !item.trim().startsWith('-')) return withComment(lines, rule);
  const itemIndent = indentOf(item);
  let last = at + 1;
  while (last < end) {
    const line = lines[last] ?? '';
    const isOfList = indentOf(line) > itemIndent || (indentOf(line) === itemIndent && line.trim().startsWith('-'));
    if (isContent(line) && !isOfList) break;
    last += 1;
  }
  return join(lines.toSpliced(lastContent(lines, last), 0, ...itemLines(rule, itemIndent)));
}

const isContent = (line: string): boolean => line.trim() !== '' && !line.trim().startsWith('#');
const indentOf = (line: string): number => line.length - line.trimStart().length;
const join = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** The first line from here on that is of something further left. */
function endOf(lines: readonly string[], from: number, indent: number): number {
  const at = lines.findIndex((line, index) => index >= from && isContent(line) && indentOf(line) <= indent);
  return at < 0 ? lines.length : at;
}

/** Before the empty lines and comments that lead to what comes next. */
function lastContent(lines: readonly string[], end: number): number {
  let at = end;
  while (at > 0 && !isContent(lines[at - 1] ?? '')) at -= 1;
  return at;
}

function itemLines({ direction, peers, ports }: RuleToAdd, indent: number): readonly string[] {
  const way = direction === 'inbound' ? 'from' : 'to';
  const pad = ' '.repeat(indent);
  return [
    `${pad}- ${way}:`,
    ...peers.map((peer) => `${pad}    - ${peer}`),
    ...(ports.length === 0 ? [] : [`${pad}  ports: [${ports.join(', ')}]`]),
  ];
}

const withComment = (lines: readonly string[], rule: RuleToAdd): string =>
  join([...lines, `# To be added to spec.${rule.direction}:`, ...itemLines(rule, 0).map((line) => `# ${line}`)]);
