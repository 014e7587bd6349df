import { describe, expect, it } from 'vitest';
import { launchRequest } from '../../test/fakes/launches.ts';
import { digestOf } from '../base/index.ts';
import type { LaunchRequest } from '../model/index.ts';
import { launchFingerprint } from './launch-fingerprint.ts';

const key = Buffer.alloc(32, 1);
const image = digestOf('image');
const of = (over: Partial<LaunchRequest> = {}, secret = key) => launchFingerprint(launchRequest(over), image, secret);
const at = <Value>(value: Value, path = 'p') => ({ value, path });
const variable = (name: string, value: string) => ({ name, value, path: `env.${name}` });

describe('the fingerprint of a launch', () => {
  it.each<[string, Partial<LaunchRequest>]>([
    ['a name of the container', { name: 'web-1' }],
    ['labels', { workload: { labels: { 'com.docker.compose.config-hash': 'abc' } } }],
    ['where it stands', { path: 'services.web', groups: [] }],
    ['an ID as host name', { environment: [variable('HOSTNAME', '0123456789ab')] }],
  ])('is the same whatever %s', (_, over) => {
    expect(of(over)).toBe(of());
  });

  it.each<[string, Partial<LaunchRequest>]>([
    ['another argument', { command: [at('serve')] }],
    ['no entrypoint', { entrypoint: [] }],
    ['a variable', { environment: [variable('MODE', 'debug')] }],
    ['a host name that says something', { environment: [variable('HOSTNAME', 'web')] }],
    ['a mount', { mounts: [{ type: 'bind', source: '/srv', target: '/srv', readOnly: true, path: 'Binds[0]' }] }],
    ['a user', { user: at({ text: '0', uid: 0 }) }],
    ['privileges', { security: { privileged: at(true) } }],
    ['another namespace of the cluster', { workload: { namespace: 'prod', labels: {} } }],
    ['what has no place', { others: [{ name: 'Isolation', ...at('hyperv') }] }],
    ['another form', { form: 'config' }],
    ['an exec', { action: 'exec' }],
  ])('is another with %s', (_, over) => {
    expect(of(over)).not.toBe(of());
  });

  it('does not depend on the order of what has none', () => {
    const [a, b] = [variable('A', '1'), variable('B', '2')];
    expect(of({ environment: [a, b] })).toBe(of({ environment: [b, a] }));
    expect(of({ command: [at('a'), at('b')] })).not.toBe(of({ command: [at('b'), at('a')] }));
  });

  it('cannot be told apart by joining what stands side by side', () => {
    expect(of({ command: [at('a'), at('b')] })).not.toBe(of({ command: [at('a b')] }));
    expect(of({ environment: [variable('A', '1,B=2')] })).not.toBe(
      of({ environment: [variable('A', '1'), variable('B', '2')] }),
    );
  });

  it('takes a read-only mount for another than one that may be written', () => {
    const mount = { type: 'volume', source: 'data', target: '/data', path: 'p' } as const;
    expect(of({ mounts: [{ ...mount, readOnly: true }] })).not.toBe(of({ mounts: [{ ...mount, readOnly: false }] }));
  });

  it('cannot be guessed without the key, and is of the digest where the image is known', () => {
    expect(of({}, Buffer.alloc(32, 2))).not.toBe(of());
    expect(launchFingerprint(launchRequest(), digestOf('other'), key)).not.toBe(of());
  });
});
