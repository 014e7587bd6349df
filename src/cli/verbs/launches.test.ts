import { describe, expect, it } from 'vitest';
import { createFakeLaunches } from '../../../test/fakes/launch-service.ts';
import { noRegistries } from '../../../test/fakes/no-registries.ts';
import { runVerb } from '../../../test/fakes/run-verb.ts';
import { fixedClock } from '../../base/index.ts';
import { compileRules } from '../../service/rules-in-force.ts';
import type { Services } from '../../service/services.ts';
import { exitCode } from '../exit-code.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const rules = compileRules([], 1, noRegistries.trustSources);

function open() {
  const launches = createFakeLaunches(fixedClock(now), async () => rules);
  const run = (...argv: readonly string[]) => runVerb(argv, { launches } as Services);
  return { launches, run };
}

describe('launches', () => {
  it.each<[readonly string[], number, RegExp]>([
    [[], 35, /^l1 .*refused|^l1 .*deny/m],
    [['--outcome', 'deny'], 2, /launch\/privileged HostConfig\.Privileged/],
    [['--outcome', 'undecided'], 1, /the image is not known/],
    [['--observed'], 1, /observed/],
    [['--gate', 'kubernetes'], 1, /shop\/report:5/],
    [['--host', 'two.example', '--outcome', 'allow', '--limit', '3'], 3, /two\.example/],
    [['--search', 'shop/mail'], 1, /shop\/mail:3/],
    [['--search', 'nothing-is-called-so'], 0, /OUTCOME/],
  ])('%j lists %i', async (argv, count, expected) => {
    const { code, out } = await open().run('launches', ...argv);
    expect(code).toBe(exitCode.done);
    expect(out).toMatch(expected);
    expect(out.match(/^l\d+ /gm) ?? []).toHaveLength(count);
  });

  it('says that there are more, and gives all as JSON', async () => {
    const { run, launches } = open();
    expect((await run('launches', '--limit', '2')).err).toMatch(/33 more/);
    const { out } = await run('launches', '--format', 'json');
    expect(JSON.parse(out)).toEqual(await launches.list({ limit: 100 }));
  });

  it.each([
    ['--outcome', 'maybe'],
    ['--gate', 'none'],
    ['--limit', 'x'],
  ])('are not asked by %s %s', async (...argv) => {
    expect((await open().run('launches', ...argv)).code).toBe(exitCode.usage);
  });
});

describe('explain', () => {
  it('says why, by whom, where, and what to do, without secrets', async () => {
    const { code, out } = await open().run('explain', 'l1');
    expect(code).toBe(exitCode.done);
    expect(out).toMatch(/^l1 deny, .*docker gate of one\.example, asked by deployer/);
    expect(out).toMatch(/launch\/engine-socket .*HostConfig\.Binds\[0\]/);
    expect(out).toMatch(/^- Take out --privileged/m);
    expect(out).toMatch(/Env\[1\] .*DB_PASSWORD .*secret/);
    expect(out).toMatch(/^told: .*explain l1/m);
  });

  it('names the ticket of what waits', async () => {
    expect((await open().run('explain', 'l5')).out).toMatch(/^ticket: t5$/m);
  });

  it('knows no other', async () => {
    const { code, err } = await open().run('explain', 'x9');
    expect(code).not.toBe(exitCode.done);
    expect(err).toMatch(/no decision "x9"/);
  });
});

describe('tickets', () => {
  it('lists those that are open, and shows one', async () => {
    const { run } = open();
    expect((await run('tickets', 'list')).out).toMatch(/^t5 .*shop\/report:5 .*open/m);
    expect((await run('tickets', 'list', '--state', 'refused')).out).not.toMatch(/t5/);
    expect(JSON.parse((await run('tickets', 'show', 't5')).out)).toMatchObject({ id: 't5', state: 'open' });
    expect((await run('tickets', 'show', 't6')).err).toMatch(/no ticket "t6"/);
  });

  it('are approved for 30 days, or as long as is said', async () => {
    const first = open();
    expect((await first.run('tickets', 'approve', 't5', '--reason', 'seen')).out).toBe(
      't5: approved; the same launch passes until 2026-03-31T12:00:00.000Z',
    );
    expect((await first.launches.ticket('t5'))?.answer).toMatchObject({ reason: 'seen' });
    const until = '2026-03-02T00:00:00Z';
    expect((await open().run('tickets', 'approve', 't5', '--reason', 'x', '--until', until)).out).toMatch(
      /2026-03-02T00:00:00/,
    );
  });

  it('are refused, and answered once', async () => {
    const { run } = open();
    expect((await run('tickets', 'refuse', 't5', '--reason', 'no')).out).toBe('t5: refused');
    const again = await run('tickets', 'approve', 't5', '--reason', 'yes');
    expect(again.code).not.toBe(exitCode.done);
    expect(again.err).toMatch(/was refused already/);
  });

  it.each<[readonly string[], RegExp]>([
    [['approve', 't5'], /--reason/],
    [['refuse', 't5'], /--reason/],
    [['approve', 't5', '--reason', ''], /reason/],
    [['approve', 't5', '--reason', 'x', '--until', 'tomorrow'], /no time from now on/],
    [['approve', 't5', '--reason', 'x', '--until', '2030-01-01T00:00:00Z'], /within a year/],
    [['refuse', 't5', '--reason', 'x', '--until', '2026-04-01T00:00:00Z'], /until/],
    [['approve', 't9', '--reason', 'x'], /no ticket "t9"/],
  ])('are not answered by %j', async (argv, expected) => {
    const { run, launches } = open();
    const { code, err } = await run('tickets', ...argv);
    expect(code).not.toBe(exitCode.done);
    expect(err).toMatch(expected);
    expect((await launches.ticket('t5'))?.state).toBe('open');
  });
});
