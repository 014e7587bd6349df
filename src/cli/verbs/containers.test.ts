import { describe, expect, it } from 'vitest';
import { runVerb } from '../../../test/fakes/run-verb.ts';
import type { ContainerListQuery, ContainerRow } from '../../model/wire/index.ts';
import type { Services } from '../../service/services.ts';

const row: ContainerRow = {
  id: 'c'.repeat(64),
  name: 'web',
  host: 'harbor-1',
  engine: 'docker',
  image: 'main.example/team/app:1',
  digest: `sha256:${'a'.repeat(64)}`,
  started: '2026-01-01T00:00:00.000Z',
  ended: null,
  endedExact: true,
  labels: {},
  origin: { state: 'was-certified', reason: 'withdrawn: CVE-2026-1', startedBy: null, project: 'shop\u001b[2J' },
};

async function run(argv: readonly string[], items: readonly ContainerRow[], kinds: readonly string[] = []) {
  const asked: ContainerListQuery[] = [];
  const services = {
    containers: async (query: ContainerListQuery) => {
      asked.push(query);
      return { items, total: items.length };
    },
    documents: { list: async () => kinds.map((kind) => ({ kind })) },
  } as unknown as Services;
  return { asked, ...(await runVerb(['containers', ...argv], services)) };
}

describe('portwarden containers --ad-hoc', () => {
  it('asks for what is ad hoc, and shows why and the project', async () => {
    const { code, asked, out } = await run(['--ad-hoc'], [row]);
    expect({ code, asked }).toEqual({ code: 0, asked: [{ limit: 100, state: 'running', origin: 'ad-hoc' }] });
    expect(out).toMatch(/web +c{12} +harbor-1 .* was-certified +withdrawn: CVE-2026-1 +shop\\x1b\[2J/);
  });

  it('tells that nothing is from that nothing can be compared', async () => {
    expect(await run(['--ad-hoc'], [], ['Registry'])).toMatchObject({ out: '', err: 'all that runs is certified' });
    expect((await run(['--ad-hoc'], [], ['TrustRoot'])).err).toContain('nothing to compare with');
  });

  it('is not shown where it was not asked for', async () => {
    const { asked, out } = await run([], [row]);
    expect(asked).toEqual([{ limit: 100, state: 'running' }]);
    expect(out).not.toContain('was-certified');
  });
});
