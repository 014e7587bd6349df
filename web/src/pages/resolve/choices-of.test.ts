import { describe, expect, it } from 'vitest';
import { choicesOf } from './choices-of.ts';

const registry = (spec: unknown) => ({ kind: 'Registry', document: { spec } });
const harbor = registry({
  host: 'registry.example',
  gate: { names: ['gate.example'] },
  platforms: ['linux/arm64'],
  channels: { stable: {}, latest: {}, nightly: {} },
});

describe('choicesOf', () => {
  it.each(['registry.example', 'gate.example'])('finds the channels of %s', (host) => {
    const others = [registry({ host: 'other.example', channels: { other: {} } }), { kind: 'Exception', document: {} }];
    expect(choicesOf(host, [...others, harbor], [], undefined)).toEqual({
      channels: ['nightly', 'stable'],
      platforms: ['linux/arm64'],
    });
  });

  it('gathers platforms from what there is', () => {
    const certificates = [{ platforms: ['linux/arm64', 'linux/s390x'] }, { platforms: ['linux/s390x'] }];
    expect(choicesOf('registry.example', [harbor], certificates, { platform: 'linux/amd64' }).platforms).toEqual([
      'linux/amd64',
      'linux/arm64',
      'linux/s390x',
    ]);
  });

  it.each([undefined, null, 3, 'spec', {}, { host: 'a', channels: 3, platforms: 'all', gate: [] }])(
    'finds none in a document whose spec is %j',
    (spec) => {
      expect(choicesOf('a', [registry(spec)], [], undefined)).toEqual({ channels: [], platforms: [] });
    },
  );
});
