import { expect, it } from 'vitest';
import {
  type AttackOutcome,
  type AttackReport,
  type AttackRequest,
  attacks,
  selectAttacks,
} from '../../attack/index.ts';
import { runCli } from '../run-cli.ts';
import type { Wiring } from '../wiring.ts';

const held: AttackOutcome = { state: 'held', by: 'gate', words: 'plugin portwarden: no' };
const broken: AttackOutcome = { state: 'broken', witness: 'HostConfig.Privileged is true' };
const undetermined: AttackOutcome = { state: 'undetermined', reason: 'nobody <could> look' };
const skipped: AttackOutcome = { state: 'not-applicable', reason: 'no swarm' };

async function run(
  argv: readonly string[],
  outcomes: readonly AttackOutcome[] = [held],
  over: Partial<AttackReport> = {},
) {
  const runs: AttackRequest[] = [];
  const [out, err]: [string[], string[]] = [[], []];
  const report: AttackReport = {
    ...{ engine: { kind: 'docker', socket: '/s', version: '20.10' }, plugins: ['portwarden'], image: 'small:1' },
    results: outcomes.map((outcome, n) => ({
      ...{ id: `docker/body/a${n}`, title: 't', why: 'w', reference: 'r' },
      outcome,
    })),
    ...{ removedLeftovers: 0, left: [], ...over },
  };
  const wiring = {
    attackTest: {
      list: async (only: readonly string[]) => selectAttacks(only),
      plan: async () => ({ attacks, version: '20.10', plugins: [], images: ['small:1'] }),
      run: async (request: AttackRequest) => {
        runs.push(request);
        return report;
      },
    },
  } as unknown as Wiring;
  const output = { isTerminal: false, out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
  const code = await runCli(['attack-test', ...argv], wiring, new AbortController().signal, output);
  return { code, runs, out: out.join('\n'), err: err.join('\n') };
}

it.each([
  ['all held', [held, skipped], {}, 0],
  ['something broken', [held, undetermined, broken], {}, 1],
  ['something undetermined', [held, undetermined], {}, 3],
  ['something left', [held], { left: ['container c1'] }, 3],
] as const)('%s ends with its status', async (_, outcomes, over, wanted) => {
  expect((await run(['--yes'], outcomes, over)).code).toBe(wanted);
});

it('says first what it is about to do, and shows what was seen', async () => {
  const { out, err, runs } = await run(
    ['--yes', '--engine', 'podman', '--image', 'x', '--only', 'docker/body'],
    [broken, held],
  );
  expect(err).toMatch(/attacks on podman 20\.10 at \S+podman\.sock, which asks no authorization plugin/);
  expect(err).toContain('1 held, 1 broken, 0 undetermined');
  expect(runs[0]).toMatchObject({ engine: 'podman', image: 'x', only: ['docker/body'] });
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^ATTACK +OUTCOME +BY +WHAT WAS SEEN$/),
    expect.stringMatching(/^docker\/body\/a1 +held +gate +plugin portwarden: no$/),
    expect.stringMatching(/^docker\/body\/a0 +broken +HostConfig\.Privileged is true$/),
  ]);
});

it('does nothing where nobody can be asked and nobody said yes', async () => {
  const { code, runs, err } = await run([]);
  expect([code, runs.length]).toEqual([2, 0]);
  expect(err).toContain('say --yes');
});

it.each([['--list'], ['--dry-run']])('%s runs nothing', async (option) => {
  const { code, runs, out } = await run([option]);
  expect([code, runs.length]).toEqual([0, 0]);
  expect(out).toContain('docker/body/long-s');
});

it('knows which attacks there are', async () => {
  expect((await run(['--list', '--only', 'docker/exec'])).out.split('\n')).toHaveLength(9);
  expect(await run(['--list', '--only', 'nothing'])).toMatchObject({ code: 2 });
});

it('writes JSON and JUnit', async () => {
  const outcomes = [held, broken, undetermined, skipped];
  expect(JSON.parse((await run(['--yes', '--format', 'json'], outcomes)).out)).toMatchObject({
    results: outcomes.map((outcome) => ({ outcome })),
  });
  const { out } = await run(['--yes', '--format', 'junit'], outcomes);
  expect(out).toContain('tests="4" failures="1" errors="1" skipped="1"');
  expect(out).toContain('nobody &#60;could&#62; look');
  expect(out).toContain('classname="docker.body"');
});
