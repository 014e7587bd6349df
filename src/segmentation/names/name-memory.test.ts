import { expect, it } from 'vitest';
import { createNameMemory } from './name-memory.ts';

const askers = (id: string) => new Map([['10.1.0.2', { id }]]);

it('knows what a container asked for, the latest last', () => {
  const memory = createNameMemory();
  memory.keep(askers('one'));
  memory.note('10.1.0.2', 'a.test', ['198.51.100.1', '198.51.100.2']);
  memory.note('10.1.0.2', 'b.test', ['198.51.100.1']);
  memory.note('10.1.0.2', 'a.test', ['198.51.100.2']);
  expect(memory.namesOf('10.1.0.2', '198.51.100.1')).toEqual(['a.test', 'b.test']);
  expect(memory.namesOf('10.1.0.2', '198.51.100.2')).toEqual(['a.test']);
  expect(memory.namesOf('10.1.0.3', '198.51.100.2')).toEqual([]);
});

it('forgets it where another container has the address', () => {
  const memory = createNameMemory();
  memory.keep(askers('one'));
  memory.note('10.1.0.2', 'a.test', ['198.51.100.1']);
  memory.keep(askers('one'));
  expect(memory.namesOf('10.1.0.2', '198.51.100.1')).toEqual(['a.test']);
  memory.keep(askers('two'));
  expect(memory.namesOf('10.1.0.2', '198.51.100.1')).toEqual([]);
});

it('keeps the latest of many', () => {
  const memory = createNameMemory();
  memory.keep(askers('one'));
  for (let at = 0; at < 5000; at++) memory.note('10.1.0.2', 'a.test', [`address ${at}`]);
  for (let at = 0; at < 20; at++) memory.note('10.1.0.2', `n${at}.test`, ['shared']);
  expect(memory.namesOf('10.1.0.2', 'address 0')).toEqual([]);
  expect(memory.namesOf('10.1.0.2', 'address 4999')).toEqual(['a.test']);
  expect(memory.namesOf('10.1.0.2', 'shared')).toHaveLength(8);
});

it('is the same after another start, for those that are the same', () => {
  const memory = createNameMemory();
  memory.keep(new Map([...askers('one'), ['10.1.0.3', { id: 'two' }]]));
  memory.note('10.1.0.2', 'a.test', ['198.51.100.1']);
  memory.note('10.1.0.3', 'b.test', ['198.51.100.2']);
  const again = createNameMemory();
  again.recall(JSON.parse(JSON.stringify(memory.remembered())));
  expect(again.namesOf('10.1.0.2', '198.51.100.1')).toEqual([]);
  again.keep(new Map());
  again.keep(new Map([...askers('one'), ['10.1.0.3', { id: 'another' }]]));
  expect(again.namesOf('10.1.0.2', '198.51.100.1')).toEqual(['a.test']);
  expect(again.namesOf('10.1.0.3', '198.51.100.2')).toEqual([]);
  again.keep(new Map([['10.1.0.3', { id: 'two' }]]));
  expect(again.namesOf('10.1.0.3', '198.51.100.2')).toEqual([]);
});
