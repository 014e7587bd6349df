import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ContractInput } from '../../api/wire.ts';
import { canBeAdded, describeLine, inSteadyOrder, lineFor, readFields, rowsOf } from './contract-fields.ts';

const fields = (text: string) => readFields(parse(text));
const seen = { starts: 2 } as ContractInput['seen'];
const input = (name: string, over: Partial<ContractInput> = {}): ContractInput => ({
  ...{ place: 'variable', name, listed: true, unfit: [], seen, suggestion: null },
  ...over,
});
const unfit = [{ evidence: 'x', starts: 1, launches: [] }];

describe('rows of a list', () => {
  const contract = fields('spec: { environment: { A: {}, B: { type: url }, C: } }');
  it('are what the contract lists and what was seen, what does not fit first', () => {
    const inputs = [
      input('A'),
      input('B', { unfit }),
      input('D', { listed: false, unfit }),
      input('A', { place: 'file' }),
    ];
    expect(rowsOf('variable', contract, inputs).map(({ name, state }) => `${name} ${state}`)).toEqual([
      'B unfit',
      'D unlisted',
      'A fits',
      'C unseen',
    ]);
  });

  it('have nothing against a line that is new', () => {
    expect(rowsOf('variable', contract, [input('A', { listed: false, unfit })])[0]).toMatchObject({ state: 'fits' });
  });

  it('forget what was only listed and is no longer', () => {
    expect(rowsOf('variable', fields('spec: { environment: {} }'), [input('A', { seen: null })])).toEqual([]);
  });

  it('stay where they are when they are mended, and new ones come last', () => {
    const ranks = new Map<string, number>();
    const names = (text: string, inputs: readonly ContractInput[]) =>
      inSteadyOrder(rowsOf('variable', fields(text), inputs), ranks).map(({ name }) => name);
    const unlisted = input('D', { listed: false, unfit });
    expect(names('spec: { environment: { A: {}, B: {} } }', [input('B', { unfit }), unlisted])).toEqual([
      'B',
      'D',
      'A',
    ]);
    expect(names('spec: { environment: { A: {}, B: {}, D: {}, E: {} } }', [input('B'), unlisted])).toEqual([
      ...['B', 'D', 'A', 'E'],
    ]);
  });

  it('are open where any may be passed', () => {
    expect(rowsOf('variable', fields('spec: {}'), [input('A', { listed: false })])).toMatchObject([{ state: 'open' }]);
  });

  it('are as many as lines, though two have one flag', () => {
    const twice = fields('spec: { arguments: { allow: [{ flag: -v }, { flag: -v, type: path }, { type: url }] } }');
    const rows = rowsOf('argument', twice, undefined);
    expect(rows.map(({ state }) => state)).toEqual(['unread', 'unread', 'unread']);
    expect(rows.map(({ line }) => line?.path.at(-1))).toEqual([0, 1, 2]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(3);
  });
});

it('reads whatever there is', () => {
  fc.assert(
    fc.property(fc.object(), (value) => {
      expect(readFields({ spec: value, metadata: value }).images).toBeDefined();
    }),
  );
  for (const value of [undefined, null, 5, 'x', [], { spec: [] }])
    expect(readFields(value).lists.variable).toBeUndefined();
});

it.each([
  ['variable', {}, 'any value'],
  ['variable', { type: 'integer', min: 1, max: 32, required: true }, 'integer, 1 to 32, required'],
  ['variable', { max: 5, secret: 'reference-only' }, 'at most 5 characters, from a store of secrets alone'],
  ['variable', { type: 'enum', enum: ['a', 'b'] }, 'one of a, b'],
  ['variable', { type: 'url', pattern: 'https://.*', min: 3 }, 'url, at least 3 characters, as https://.*'],
  ['variable', { max: 1 }, 'at most 1 character'],
  ['argument', { flag: '-v' }, 'alone, without a value'],
  ['argument', {}, 'any word'],
  ['mount', { target: '/a' }, 'any kind'],
  ['mount', { target: '/a', type: 'bind', readOnly: true }, 'bind, read-only'],
  ['file', { format: 'json', schema: {}, maxBytes: 5 }, 'json, at most 5 bytes, by a schema'],
  ['port', {}, 'allowed'],
] as const)('%s %j is described', (place, line, words) => expect(describeLine(place, line)).toBe(words));

it.each([
  ['variable', 'A', { type: 'url' }, { type: 'url' }, true],
  ['variable', 'A B', null, { type: 'string' }, false],
  ['port', '80', null, 80, true],
  ['user', '1:1', null, '1:1', true],
  ['mount', '/a', { target: '/a', type: 'bind' }, { target: '/a', type: 'bind' }, true],
  ['argument', '', null, { type: 'string' }, true],
  ['argument', '-v', null, { flag: '-v' }, false],
  ['file', '/a', null, { format: 'text' }, false],
] as const)('%s %s is added by what was seen', (place, name, suggestion, line, can) => {
  const row = { place, name, input: input(name, { place, suggestion }) };
  expect(lineFor(row)).toEqual(line);
  expect(canBeAdded(row)).toBe(can);
});
