import { describe, expect, it } from 'vitest';
import { runVerb } from '../../../test/fakes/run-verb.ts';
import type { RegistryCell, RegistryDiff } from '../../model/wire/index.ts';
import { ServiceError } from '../../service/service-error.ts';
import type { RegistriesService, Services } from '../../service/services.ts';

const run = (argv: readonly string[], service: Partial<RegistriesService>) =>
  runVerb(argv, { registries: service } as Services);

const nothing = { digest: null, certificate: null, signed: null, platforms: null, created: null, message: null };
const present: RegistryCell = {
  ...nothing,
  state: 'present',
  digest: `sha256:${'a'.repeat(64)}`,
  certificate: 'certified',
  signed: true,
};
const absent: RegistryCell = { ...nothing, state: 'absent' };
const unknown: RegistryCell = { ...nothing, state: 'unknown', message: 'it does not answer' };

function diffOf(more: Partial<RegistryDiff>): Partial<RegistriesService> {
  const names = [
    { name: 'main', host: 'main.example' },
    { name: 'mirror', host: 'mirror.example' },
  ];
  const same = { repository: 'team/app', tag: 'same', cells: [present, present], differences: [] };
  const { rows = [], ...rest } = more;
  return {
    diff: async () => ({
      registries: names,
      rows: [same, ...rows],
      failures: [],
      different: 0,
      unknown: 0,
      left: null,
      ...rest,
    }),
  };
}
const differing = {
  repository: 'team/app',
  tag: '1',
  cells: [present, absent],
  differences: [
    { kind: 'certified-absent' as const, registries: ['mirror'], message: 'certified in main, absent in mirror' },
  ],
};

describe('portwarden registries diff', () => {
  it('hands repositories and registries on', async () => {
    const asked: unknown[] = [];
    const { diff = () => Promise.reject(new Error()) } = diffOf({});
    const service: Partial<RegistriesService> = {
      diff: (query, signal) => {
        asked.push(query);
        return diff(query, signal);
      },
    };
    await run(['registries', 'diff'], service);
    const { code, out, err } = await run(
      ['registries', 'diff', 'team/app', 'team/b', '--registry', 'main', '--registry', 'mirror'],
      service,
    );
    expect(asked).toEqual([{}, { repository: ['team/app', 'team/b'], registry: ['main', 'mirror'] }]);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '1 tags in main, mirror: 0 differ' });
  });

  it('shows what differs, and ends with 1', async () => {
    const { code, out, err } = await run(['registries', 'diff'], diffOf({ rows: [differing], different: 1 }));
    expect(code).toBe(1);
    expect(out).toMatch(/team\/app:1 +a{12} certified signed +absent +certified in main, absent in mirror/);
    expect(out).not.toContain('same');
    expect(err).toContain('2 tags in main, mirror: 1 differ');
  });

  it('ends with 3 where nothing differs and not everything could be looked at, and says what once', async () => {
    const failures = [{ registry: 'mirror', repository: 'team/app', message: 'it does not answer' }];
    const row = { repository: 'team/app', tag: '1', cells: [present, unknown], differences: [] };
    const { code, out, err } = await run(['registries', 'diff'], diffOf({ rows: [row], failures, unknown: 2 }));
    expect(code).toBe(3);
    expect(out).toBe('');
    expect(err.match(/it does not answer/g)).toHaveLength(1);
    expect(err).toContain('could not look at team/app in mirror: it does not answer');
    const single = await run(['registries', 'diff'], diffOf({ rows: [row], unknown: 1 }));
    expect(single).toMatchObject({ code: 3, out: expect.stringMatching(/team\/app:1 .* unknown/) });
    expect(single.err).toContain('could not look at team/app:1 in mirror: it does not answer');
    expect((await run(['registries', 'diff'], diffOf({ left: '5 tags' }))).code).toBe(3);
  });

  it('prints the whole matrix as JSON', async () => {
    const { code, out } = await run(
      ['registries', 'diff', '--format', 'json'],
      diffOf({ rows: [differing], different: 1 }),
    );
    expect(code).toBe(1);
    expect(JSON.parse(out).rows).toHaveLength(2);
  });

  it('is wrong usage where the service says so', async () => {
    const diff = () => Promise.reject(new ServiceError('unknown-registry', 'no such registry', { remedy: 'name one' }));
    expect(await run(['registries', 'diff'], { diff })).toMatchObject({ code: 2, out: '' });
  });
});

describe('portwarden registries list', () => {
  it('says which answer, and why the others do not', async () => {
    const one = { host: 'r.example', gates: ['g1', 'g2'], trusted: ['team/**'], account: null, platform: null };
    const list = async () => ({
      items: [
        { ...one, name: 'main', reachable: true, message: null },
        { ...one, name: 'mirror', reachable: false, message: 'no connection\u001b[2J' },
      ],
    });
    const { code, out } = await run(['registries', 'list'], { list });
    expect(code).toBe(0);
    expect(out).toMatch(/main +r\.example +g1 g2 +team\/\*\* +yes/);
    expect(out).toMatch(/mirror .* no: no connection\\x1b\[2J/);
  });
});
