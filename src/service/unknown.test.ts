import { describe, expect, it } from 'vitest';
import type { Unexplained } from '../model/index.ts';
import { compileUnknown } from './unknown.ts';

const none = { files: 0, bytes: 0, largest: [] };
const all: Unexplained = { programs: { files: 9, bytes: 84e6 }, unowned: none, archives: none, records: [] };
const removed = { kind: 'package-database-removed', path: '/x', layer: 1, detail: 'd' } as const;

describe('compileUnknown', () => {
  it.each<[string, Unexplained | undefined, number, string, string]>([
    ['all is accounted for', all, 0, 'known', 'every program and library belongs to a component'],
    [
      'programs are left',
      { ...all, unowned: { files: 1, bytes: 10.08e6, largest: [] } },
      0,
      'partly-known',
      '12 % of 84 MB of programs and libraries belong to no package',
    ],
    [
      'next to nothing is left',
      { ...all, unowned: { files: 1, bytes: 1, largest: [] } },
      0,
      'partly-known',
      '0.1 % of',
    ],
    ['archives are left', { ...all, archives: { files: 2, bytes: 3, largest: [] } }, 0, 'partly-known', 'opened: 2'],
    ['a database was removed', { ...all, records: [removed] }, 0, 'unknown', 'package databases removed: 1'],
    ['something could not be read', all, 2, 'unknown', 'could not be looked at: 2'],
    ['nobody looked', undefined, 0, 'partly-known', 'nobody looked'],
  ])('%s', (_, unexplained, problems, state, summary) => {
    const found = compileUnknown(
      unexplained,
      Array.from({ length: problems }, () => ({ code: 'image/x', message: 'm' })),
    );
    expect(found.state).toBe(state);
    expect(found.summary).toContain(summary);
    expect(found.problems).toEqual(problems > 0 ? [{ code: 'image/x', count: problems }] : []);
  });
});
