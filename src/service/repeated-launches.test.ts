import { describe, expect, it } from 'vitest';
import { fingerprint, launchRecord, launchRequest } from '../../test/fakes/launches.ts';
import type { LaunchRecord, LaunchRequest } from '../model/index.ts';
import { createRepeats } from './repeated-launches.ts';

const minute = 60_000;
const exec = (over: Partial<LaunchRecord> = {}, asked: Partial<LaunchRequest> = {}, print = 'check'): LaunchRecord => {
  const [facts] = launchRecord().facts;
  if (!facts) throw new Error('the specimen has no facts');
  const request = launchRequest({ action: 'exec', name: 'web', ...asked });
  return launchRecord({
    gate: 'runtime',
    at: 0,
    facts: [{ ...facts, fingerprint: fingerprint(print), request }],
    ...over,
  });
};

describe('what is asked again and again', () => {
  it('is a repetition within ten minutes of what was recorded, and then not', () => {
    const isRepeated = createRepeats();
    const asked = [0, 5, 9.9, 10, 15, 21].map((at) => isRepeated(exec({ at: at * minute })));
    expect(asked).toEqual([false, true, true, false, true, false]);
  });

  it.each<[string, LaunchRecord]>([
    ['another process', exec({}, {}, 'other')],
    ['another container', exec({}, { name: 'api' })],
    ['another host', exec({ host: 'two.example' })],
    ['one that is only observed', exec({ observed: true })],
    ['one that is refused', exec({ outcome: 'deny' })],
    ['one that is not decided', exec({ outcome: 'undecided' })],
    ['one that the API was asked for', exec({ gate: 'docker' })],
    ['a start', exec({}, { action: 'start' })],
    ['what could not be read', exec({ facts: [] })],
  ])('is not %s', (_, other) => {
    const isRepeated = createRepeats();
    isRepeated(exec());
    expect(isRepeated(other)).toBe(false);
  });

  it('is never what is always recorded', () => {
    const isRepeated = createRepeats();
    const denied = exec({ outcome: 'deny' });
    expect([isRepeated(denied), isRepeated(denied)]).toEqual([false, false]);
  });
});
