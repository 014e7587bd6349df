import { describe, expect, it } from 'vitest';
import { launchRequest } from '../../test/fakes/launches.ts';
import type { LaunchRequest } from '../model/index.ts';
import { createLaunchReadings } from './launch-readings.ts';

function openReadings() {
  const looked: string[] = [];
  const read = createLaunchReadings((request, strictness) => {
    looked.push(`${request.environment[0]?.value?.slice(0, 20)} ${strictness}`);
    return { findings: [], inputs: [], unread: [] };
  });
  return { looked, read };
}

const asked = (value: string, rest: Partial<LaunchRequest> = {}) =>
  launchRequest({ environment: [{ name: 'SETTING', value, path: 'Env[0]' }], ...rest });

describe('readings of launches', () => {
  it('are made once of what is the same in every word', () => {
    const { looked, read } = openReadings();
    expect(read(asked('a'), 1, undefined)).toBe(read(asked('a'), 1, undefined));
    expect(looked).toEqual(['a 1']);
  });

  it.each<[string, (read: ReturnType<typeof openReadings>['read']) => void]>([
    ['another value', (read) => read(asked('b'), 1, undefined)],
    ['another strictness', (read) => read(asked('a'), 2, undefined)],
    ['another label', (read) => read(asked('a', { workload: { labels: { note: 'x' } } }), 1, undefined)],
    ['another start of the image', (read) => read(asked('a'), 1, { entrypoint: ['sh'], command: [] })],
  ])('are made anew for %s', (_, ask) => {
    const { looked, read } = openReadings();
    read(asked('a'), 1, undefined);
    ask(read);
    expect(looked).toHaveLength(2);
  });

  it('are not kept of what is long, and of no more than are bounded', () => {
    const { looked, read } = openReadings();
    for (const _ of [1, 2]) read(asked('x'.repeat(70_000)), 1, undefined);
    expect(looked).toHaveLength(2);
    for (let count = 0; count < 1001; count++) read(asked(`${count}`), 1, undefined);
    looked.length = 0;
    read(asked('1000'), 1, undefined);
    expect(looked).toEqual([]);
    read(asked('0'), 1, undefined);
    expect(looked).toEqual(['0 1']);
  });

  it('are the same of the same object, but for another strictness or start', () => {
    const { looked, read } = openReadings();
    const request = asked('a');
    expect(read(request, 1, undefined)).toBe(read(request, 1, undefined));
    const start = { entrypoint: ['sh'], command: [] };
    expect(read(request, 1, start)).not.toBe(read(request, 1, undefined));
    expect(read(request, 2, start)).not.toBe(read(request, 1, start));
    expect(looked).toEqual(['a 1', 'a 1', 'a 2']);
  });

  it('have no secret in what is recorded', () => {
    const { read } = openReadings();
    const { recorded } = read(asked('https://deployer:Zq7-horse-battery@files.example/a'), 1, undefined);
    expect(JSON.stringify(recorded)).not.toContain('horse');
  });
});
