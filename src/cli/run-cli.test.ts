import { describe, expect, it } from 'vitest';
import { ServiceError } from '../service/service-error.ts';
import type { Services } from '../service/services.ts';
import type { Output } from './output.ts';
import { runCli } from './run-cli.ts';
import type { Wiring } from './wiring.ts';

function recorded(): Output & { readonly stdout: string[]; readonly stderr: string[] } {
  const stdout: string[] = [];
  const stderr: string[] = [];
  return { stdout, stderr, isTerminal: false, out: (text) => stdout.push(text), err: (text) => stderr.push(text) };
}

function wiring(services: Partial<Services>): Wiring {
  const refuse = async () => {
    throw new Error('this verb must not ask for that');
  };
  return {
    version: '1.2.3',
    openServices: async () => ({ services: services as Services, close: async () => {} }),
    scan: refuse,
    match: refuse,
    verify: refuse,
    up: refuse,
    kubernetesManifests: () => Promise.reject(new Error('not here')),
    examine: async () => [{ check: 'node', state: 'bad', detail: 'too old' }],
    manageRuntime: async () => [],
    segmentation: { render: refuse, verify: refuse, installBoot: refuse, removeBoot: refuse, remove: refuse },
    attackTest: { list: refuse, plan: refuse, run: refuse },
    findLanguage: refuse,
  };
}

async function run(argv: readonly string[], services: Partial<Services> = {}) {
  const output = recorded();
  const code = await runCli(argv, wiring(services), new AbortController().signal, output);
  return { code, out: output.stdout.join('\n'), err: output.stderr.join('\n') };
}

const answer = {
  count: 2,
  images: 1,
  imagesNotRunning: 0,
  hosts: [],
  merely: 0,
  undetermined: 3,
  unread: 1,
  containers: [
    {
      id: 'c1',
      name: 'web\u001b[31m',
      host: 'h1',
      engine: 'docker',
      image: 'app:1',
      digest: 'sha256:00',
      started: '2026-01-01T00:00:00.000Z',
      ended: null,
      component: 'pkg:npm/x@1.0.0',
      evidence: 'installed' as const,
      otherComponents: [],
    },
  ],
};

describe('runCli', () => {
  it.each([['--version'], ['-V']])('%s prints the version', async (argument) => {
    expect(await run([argument])).toMatchObject({ code: 0, out: '1.2.3' });
  });

  it('lists the verbs with --help', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const verb of ['up', 'scan', 'who-runs', 'images', 'containers', 'feeds', 'compare-versions', 'doctor']) {
      expect(out).toContain(verb);
    }
  });

  it.each([
    [['fly'], /unknown command/],
    [['scan'], /missing required argument/],
    [['who-runs', 'x', '--format', 'xml'], /Allowed choices/],
    [['images', '--limit', 'many'], /whole number/],
    [['scan', 'docker:'], /names no image/],
    [['scan', 'Not A Reference'], /not an image reference/],
    [['compare-versions', 'deb', '1'], /ECOSYSTEM A B/],
    [['compare-versions', 'cobol', '1', '2'], /not an ecosystem/],
  ])('%j is wrong usage', async (argv, message) => {
    const { code, err, out } = await run(argv);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(out).toBe('');
  });

  it('hands the question of who-runs on, its --version is not the program’s', async () => {
    const asked: unknown[] = [];
    const services: Partial<Services> = {
      whoRuns: async (query) => {
        asked.push(query);
        return answer;
      },
    };
    const { code, out } = await run(
      ['who-runs', 'x', '--version', '<2', '--at', '2026-01-02', '--format', 'json'],
      services,
    );
    expect(asked).toEqual([{ name: 'x', version: '<2', at: '2026-01-02', evidence: 'installed', limit: 1000 }]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(answer);
  });

  it('keeps control characters from the terminal and says what it does not know', async () => {
    const { out } = await run(['who-runs', 'x'], { whoRuns: async () => answer });
    expect(out).not.toContain('\u001b');
    expect(out).toContain('web\\x1b[31m');
    expect(out).toMatch(/Cannot tell for 3 containers/);
    expect(out).toMatch(/Not looked into: 1 container/);
    expect(out).toMatch(/1 of them are shown/);
  });

  it('tells a wrong question from what could not be read', async () => {
    const wrong = async () => Promise.reject(new ServiceError('bad-query', 'no such time', { remedy: 'write a date' }));
    expect(await run(['who-runs', 'x'], { whoRuns: wrong })).toMatchObject({
      code: 2,
      err: 'portwarden: no such time\n  write a date',
    });
    const broken = async () => Promise.reject(new Error('disk on fire'));
    expect(await run(['who-runs', 'x'], { whoRuns: broken })).toMatchObject({
      code: 3,
      err: 'portwarden: disk on fire',
    });
  });

  it('prints a new token, alone or as JSON', async () => {
    const login = { createApiToken: async () => 'pw_token_x' } as unknown as Services['login'];
    expect((await run(['tokens', 'create', 'ci'], { login })).out).toBe('pw_token_x');
    const { out } = await run(['tokens', 'create', 'ci', '--format', 'json'], { login });
    expect(JSON.parse(out)).toEqual({ name: 'ci', token: 'pw_token_x' });
  });

  it.each([
    [['tokens', 'remove', 'x'], 'there is no token "x"; see: portwarden tokens list'],
    [['feeds', 'remove', 'x'], 'there is no feed "x"; see: portwarden feeds status'],
    [['vex', 'trust', 'x', 'y'], 'the feed "x" has no statement by "y"; see: portwarden vex authors'],
    [['notify', 'remove', 'x'], 'there is no target "x"; see: portwarden notify list'],
  ])('says of %j where the names are', async (argv, says) => {
    const none = {
      login: { removeApiToken: async () => false },
      feeds: { remove: async () => false, trust: async () => false },
      notifications: { remove: async () => false },
    } as unknown as Services;
    expect(await run(argv, none)).toEqual({ code: 2, out: '', err: `portwarden: ${says}` });
  });

  it('ends doctor with an error where something is bad', async () => {
    expect((await run(['doctor'])).code).toBe(3);
  });
});
