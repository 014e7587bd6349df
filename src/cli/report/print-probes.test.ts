import { expect, it } from 'vitest';
import type { Probe, ProbeReport, ProbeResult } from '../../model/index.ts';
import { printProbes } from './print-groups.ts';

const probe: Probe = {
  from: 'docker:a1',
  to: 'docker:b2',
  isEndpoint: true,
  source: '10.0.0.2',
  destination: '10.0.0.3',
  protocol: 'tcp',
  port: 5432,
  expected: 'passed',
};
const result = (more: Partial<ProbeResult>): ProbeResult => ({ probe, seen: 'stopped', agrees: false, ...more });

async function printed(more: Partial<ProbeReport>): Promise<string> {
  const lines: string[] = [];
  const output = {
    isTerminal: false,
    out: (text: string) => lines.push(text),
    err: (text: string) => lines.push(text),
  };
  const report = { results: [], agreed: 0, disagreed: [], untried: [], left: [], names: {}, isEveryPair: true };
  await printProbes(output, { ...report, milliseconds: 1, ...more });
  return lines.join('\n');
}

it('names the containers between which the kernel does otherwise, and each reason for what was not tried once', async () => {
  const disagreed = [result({ why: 'timed out' })];
  const untried = [1, 2].map((port) =>
    result({ probe: { ...probe, port }, seen: 'untried', why: 'there is no program ping' }),
  );
  const text = await printed({
    results: [...disagreed, ...untried],
    agreed: 4,
    disagreed,
    untried,
    names: { 'docker:a1': 'web' },
  });
  expect(text).toMatch(/web \(10\.0\.0\.2\) +docker:b2 \(10\.0\.0\.3\) +tcp\/5432 +passed +stopped +timed out/);
  expect(text).toContain('4 attempts went as the rules say, 1 did not, 2 could not be tried');
  expect(text.match(/there is no program ping/g)).toHaveLength(1);
});

it('says where there was nothing to try', async () => {
  expect(await printed({})).toMatch(/^There is nothing to try/);
});
