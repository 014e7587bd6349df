import { describe, expect, it } from 'vitest';
import { judgePackage, judgeProgram } from './judge-drift.ts';

const program = { path: '/opt/tool', size: 2048, mode: 0o755 } as const;

describe('a program in a writable layer', () => {
  it.each([
    ['added', {}, 'added-program medium certain'],
    ['added', { mode: 0o4755 }, 'added-program high certain'],
    ['added', { mode: 0o2755 }, 'added-program high certain'],
    ['changed', {}, 'changed-program high certain'],
    ['changed', { size: 0 }, 'changed-program high certain'],
    ['unknown', {}, 'changed-program medium guess'],
    ['unknown', { mode: 0o4755 }, 'changed-program medium guess'],
  ] as const)('that is %s %j is told', (change, changes, expected) => {
    const finding = judgeProgram({ ...program, ...changes, change, changedAt: 7 });
    expect(finding && `${finding.rule.slice('inspect/drift/'.length)} ${finding.severity} ${finding.confidence}`).toBe(
      expected,
    );
    expect(finding).toMatchObject({ subject: '/opt/tool', changedAt: 7 });
  });

  it('that is as its image brought it, or an empty place to mount on, says nothing', () => {
    expect(judgeProgram({ ...program, change: 'same' })).toBeUndefined();
    expect(judgeProgram({ ...program, size: 0, change: 'added' })).toBeUndefined();
  });
});

describe('a package in a writable layer', () => {
  const added = { purl: 'pkg:npm/a@2', name: 'a', version: '2', imageVersions: [], programs: 0 };
  it.each([
    [{}, 'a 2; the image has none'],
    [{ imageVersions: ['1', '1.5'] }, 'a 2; the image has 1, 1.5'],
    [{ imageVersions: ['1', '2', '3', '4', '5', '6'] }, 'a 2; the image has 1, 2, 3, 4, 5'],
    [
      { programs: 1, location: '/srv/a/package.json' },
      'a 2, in /srv/a/package.json; the image has none; with 1 program',
    ],
    [{ programs: 3 }, 'a 2; the image has none; with 3 programs'],
  ])('%j is told as %j', (changes, detail) => {
    expect(judgePackage({ ...added, ...changes })).toMatchObject({ subject: 'pkg:npm/a@2', detail });
  });
});
