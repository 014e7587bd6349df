import { expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import type { RuntimeReport, RuntimeRequest, Wiring } from '../wiring.ts';

async function run(argv: readonly string[], reports: readonly RuntimeReport[]) {
  const asked: RuntimeRequest[] = [];
  const [out, err]: [string[], string[]] = [[], []];
  const wiring = {
    manageRuntime: async (request: RuntimeRequest) => {
      asked.push(request);
      return reports;
    },
  } as unknown as Wiring;
  const output = { isTerminal: false, out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
  const code = await runCli(argv, wiring, new AbortController().signal, output);
  return { code, asked, out: out.join('\n'), err: err.join('\n') };
}

const report: RuntimeReport = {
  ...{ engine: 'docker', state: 'planned', unseen: ['kata'], files: ['/a'], changes: 'write /a\n+ x\u001b[2J' },
  restart: ['systemctl restart docker'],
  notes: ['all users are asked'],
};

it('prints what would be written, and what to do then', async () => {
  const { code, asked, out, err } = await run(['runtime', 'install', '--engine', 'docker', '--dry-run'], [report]);
  expect(asked).toEqual([{ action: 'install', engines: ['docker'], dryRun: true }]);
  expect([code, out]).toEqual([0, 'write /a\n+ x\\x1b[2J']);
  expect(err).toContain('kata are not seen');
  expect(err).toContain('docker: all users are asked');
  expect(err).toContain('it counts after: systemctl restart docker');
});

it('needs an engine that there is', async () => {
  for (const argv of [['install'], ['install', '--engine', 'lxc'], ['uninstall']])
    expect((await run(['runtime', ...argv], [])).code).toBe(2);
});

it.each([
  ['away', 'installed', 3],
  ['away', 'absent', 0],
  ['listens', 'installed', 0],
] as const)('status: an agent that is %s and a wrapper that is %s end with %i', async (agent, state, wanted) => {
  const { code, asked, out } = await run(['runtime', 'status'], [{ ...report, agent, state }]);
  expect([code, asked[0]?.engines]).toEqual([wanted, ['docker', 'podman', 'containerd']]);
  expect(out).toContain(`docker  ${state}`);
});
