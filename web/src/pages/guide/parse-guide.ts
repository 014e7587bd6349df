/** What our own guides are written in: the part of CommonMark, and of tables as GitHub has them, that they use. */
export type GuideBlock =
  | { readonly kind: 'heading'; readonly level: number; readonly text: GuideText }
  | { readonly kind: 'paragraph'; readonly text: GuideText }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly GuideText[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly GuideText[])[] };

export type GuideText = readonly GuideSpan[];
export type GuideSpan =
  | { readonly kind: 'text' | 'strong' | 'em' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: GuideText; readonly target: string };

const fence = /^(`{3,})/;
const heading = /^(#{1,6}) +(.+)$/;
const item = /^(?:[-*]|(\d+)\.) +(.*)$/;
const indented = /^ {4}/;
const row = /^\|.*\|$/;
const rule = /^\|[-:| ]+\|$/;

export function parseGuide(text: string): readonly GuideBlock[] {
  const lines = text.split('\n');
  const blocks: GuideBlock[] = [];
  let at = 0;
  const take = (fits: (line: string) => boolean): readonly string[] => {
    const from = at;
    while (at < lines.length && fits(lines[at] ?? '')) at += 1;
    return lines.slice(from, at);
  };
  const isBlank = (line: string) => line.trim() === '';
  const isPlain = (line: string) =>
    !isBlank(line) && !fence.test(line) && !heading.test(line) && !item.test(line) && !row.test(line);

  while (at < lines.length) {
    const line = lines[at] ?? '';
    const [, ticks] = fence.exec(line) ?? [];
    const [, marks = '', title = ''] = heading.exec(line) ?? [];
    if (isBlank(line)) {
      at += 1;
    } else if (ticks !== undefined) {
      at += 1;
      blocks.push({ kind: 'code', text: take((each) => !each.startsWith(ticks)).join('\n') });
      at += 1;
    } else if (marks !== '') {
      at += 1;
      blocks.push({ kind: 'heading', level: marks.length, text: parseText(title) });
    } else if (indented.test(line)) {
      const code = take((each) => indented.test(each) || isBlank(each)).map((each) => each.slice(4));
      blocks.push({ kind: 'code', text: code.join('\n').trimEnd() });
    } else if (row.test(line)) {
      const rows = take((each) => row.test(each)).filter((each) => !rule.test(each));
      blocks.push({ kind: 'table', rows: rows.map((each) => cellsOf(each).map(parseText)) });
    } else if (item.test(line)) {
      blocks.push(takeList());
    } else {
      blocks.push({ kind: 'paragraph', text: parseText(joined([line, ...(at++, take(isPlain))])) });
    }
  }
  return blocks;

  /** Items that go on over lines are indented by as much as their text. */
  function takeList(): GuideBlock {
    const ordered = item.exec(lines[at] ?? '')?.[1] !== undefined;
    const items: GuideText[] = [];
    for (;;) {
      const [whole, , first = ''] = item.exec(lines[at] ?? '') ?? [];
      if (whole === undefined) return { kind: 'list', ordered, items };
      at += 1;
      items.push(parseText(joined([first, ...take((each) => /^ {2,}\S/.test(each))])));
    }
  }
}

const joined = (lines: readonly string[]): string => lines.map((line) => line.trim()).join(' ');
/** A bar in code is written `\|`. */
const cellsOf = (line: string): readonly string[] =>
  line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

const span = /`([^`]+)`|\*\*(.+?)\*\*|(?<!\w)[*_]([^*_\s][^*_]*)[*_](?!\w)|\[((?:[^\]`]|`[^`]*`)+)\]\(([^)\s]+)\)/;

function parseText(text: string): GuideText {
  const found = span.exec(text);
  if (found === null) return text === '' ? [] : [{ kind: 'text', text }];
  const [whole, code, strong, em, label, target = ''] = found;
  const before = text.slice(0, found.index);
  const made: GuideSpan =
    code !== undefined
      ? { kind: 'code', text: code }
      : strong !== undefined
        ? { kind: 'strong', text: strong }
        : em !== undefined
          ? { kind: 'em', text: em }
          : { kind: 'link', text: parseText(label ?? ''), target };
  return [
    ...(before === '' ? [] : [{ kind: 'text' as const, text: before }]),
    made,
    ...parseText(text.slice(found.index + whole.length)),
  ];
}
