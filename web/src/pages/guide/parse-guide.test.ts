import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guideNames } from '../../parts/page.tsx';
import { type GuideBlock, type GuideText, parseGuide } from './parse-guide.ts';

const folder = new URL('../../../../docs/guide/', import.meta.url);
const words = (text: GuideText): string =>
  text.map((span) => (span.kind === 'link' ? words(span.text) : span.kind === 'code' ? '' : span.text)).join('');
const textsOf = (block: GuideBlock): readonly GuideText[] => {
  if (block.kind === 'code') return [];
  if (block.kind === 'list') return block.items;
  return block.kind === 'table' ? block.rows.flat() : [block.text];
};

describe('parseGuide', () => {
  it('knows what a block is', () => {
    const text = [
      '# A title',
      'One line',
      'and another with `code`, **weight**, *stress* and [a `link`](other.md#part).',
      '',
      '    indented code',
      '',
      '      deeper',
      '',
      '- one',
      '  and more',
      '- two',
      '',
      '1. first',
      '',
      '```yaml',
      '- not: a list',
      '```',
      '| a | b |',
      '|---|---|',
      '| `x \\| y` | 2 |',
    ].join('\n');
    const plain = (said: string) => [{ kind: 'text', text: said }];
    expect(parseGuide(text)).toEqual([
      { kind: 'heading', level: 1, text: plain('A title') },
      {
        kind: 'paragraph',
        text: [
          { kind: 'text', text: 'One line and another with ' },
          { kind: 'code', text: 'code' },
          { kind: 'text', text: ', ' },
          { kind: 'strong', text: 'weight' },
          { kind: 'text', text: ', ' },
          { kind: 'em', text: 'stress' },
          { kind: 'text', text: ' and ' },
          {
            kind: 'link',
            text: [
              { kind: 'text', text: 'a ' },
              { kind: 'code', text: 'link' },
            ],
            target: 'other.md#part',
          },
          { kind: 'text', text: '.' },
        ],
      },
      { kind: 'code', text: 'indented code\n\n  deeper' },
      { kind: 'list', ordered: false, items: [plain('one and more'), plain('two')] },
      { kind: 'list', ordered: true, items: [plain('first')] },
      { kind: 'code', text: '- not: a list' },
      {
        kind: 'table',
        rows: [
          [plain('a'), plain('b')],
          [[{ kind: 'code', text: 'x | y' }], plain('2')],
        ],
      },
    ]);
  });

  const names = readdirSync(folder);
  it.each(guideNames)('has %s, to which a page leads', (name) => expect(names).toContain(`${name}.md`));

  it('sees the guides', () => expect(names.length).toBeGreaterThan(10));
  it.each(names)('leaves no mark of %s in its words', (name) => {
    const blocks = parseGuide(readFileSync(new URL(name, folder), 'utf8'));
    expect(blocks[0]).toMatchObject({ kind: 'heading', level: 1 });
    const left = blocks
      .flatMap(textsOf)
      .map(words)
      .filter((text) => /\*\*|`|\]\(|^\||^#|^[-*] /.test(text));
    expect(left).toEqual([]);
  });
});
