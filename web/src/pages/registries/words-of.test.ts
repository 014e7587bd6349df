import { describe, expect, it } from 'vitest';
import type { RegistryCell, RegistryDiff } from '../../api/wire.ts';
import { wordsOf } from './words-of.ts';

const registries = ['main', 'eu', 'lab'].map((name) => ({ name, host: `${name}.example` }));
const cell = (digest: string | null): RegistryCell => ({
  state: digest === null ? 'absent' : 'present',
  digest,
  certificate: null,
  signed: null,
  platforms: null,
  created: null,
  message: null,
});

type Difference = RegistryDiff['rows'][number]['differences'][number];
const words = (digests: readonly (string | null)[], differences: Difference[]) => {
  const row = { repository: 'team/app', tag: '1', cells: digests.map(cell), differences };
  return registries.map((_, at) => wordsOf(registries, row, at));
};

describe('wordsOf', () => {
  it('are none where nothing differs', () => {
    expect(words(['a', 'a', null], [])).toEqual([[], [], []]);
  });

  it('name the registries that hold another image, and none that lack it', () => {
    const differences: Difference[] = [
      { kind: 'different-digest', registries: ['main', 'eu'], message: 'a in main; b in eu' },
    ];
    expect(words(['a', 'b', null], differences)).toEqual([
      ['another image than in eu'],
      ['another image than in main'],
      [],
    ]);
    const three: Difference[] = [{ kind: 'different-digest', registries: ['main', 'eu', 'lab'], message: '' }];
    expect(words(['a', 'b', 'a'], three)).toEqual([
      ['another image than in eu'],
      ['another image than in main, lab'],
      ['another image than in eu'],
    ]);
  });

  it('are said of those that it is about alone, all that there is', () => {
    const differences: Difference[] = [
      { kind: 'certified-absent', registries: ['lab'], message: 'certified in main, absent in lab' },
      { kind: 'unsigned', registries: ['eu'], message: 'signed in main, not by whom eu trusts' },
      {
        kind: 'older-build',
        registries: ['eu'],
        message: 'built 2026-01-02T03:04:05.678Z in eu, 2026-03-01T00:00:00.000Z in main',
      },
    ];
    expect(words(['a', 'a', null], differences)).toEqual([
      [],
      ['signed in main, not by whom eu trusts', 'built 2026-01-02 03:04:05 in eu, 2026-03-01 00:00:00 in main'],
      ['certified in main, absent in lab'],
    ]);
  });
});
