import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../base/index.ts';
import { formatImageReference, ImageReferenceError, parseImageReference } from './reference.ts';

const digest = digestOf('x');

describe('parseImageReference', () => {
  it.each([
    ['busybox', 'docker.io/library/busybox'],
    ['busybox:1.36', 'docker.io/library/busybox:1.36'],
    ['grafana/loki', 'docker.io/grafana/loki'],
    ['docker.io/busybox', 'docker.io/library/busybox'],
    ['index.docker.io/library/busybox', 'docker.io/library/busybox'],
    ['localhost/app', 'localhost/app'],
    ['localhost:5000/app', 'localhost:5000/app'],
    ['registry.example/app', 'registry.example/app'],
    ['Registry.Example/app', 'registry.example/app'],
    ['registry.example:443/team/app:v1', 'registry.example:443/team/app:v1'],
    ['[::1]:5000/app', '[::1]:5000/app'],
    [`busybox@${digest}`, `docker.io/library/busybox@${digest}`],
    [`registry.example/app:1@${digest}`, `registry.example/app:1@${digest}`],
  ])('reads %s', (text, full) => {
    expect(formatImageReference(parseImageReference(text))).toBe(full);
  });

  it('does not take a port for a tag', () => {
    expect(parseImageReference('host.example:443/img')).toEqual({ registry: 'host.example:443', repository: 'img' });
    expect(parseImageReference('host:443')).toMatchObject({
      registry: 'docker.io',
      repository: 'library/host',
      tag: '443',
    });
  });

  it.each([
    '',
    ':tag',
    '/app',
    'app/',
    'App',
    'a//b',
    'registry.example/App',
    'registry.example./app',
    'app:',
    `app:${'a'.repeat(129)}`,
    'app@sha256:abc',
    'app@md5:d41d8cd98f00b204e9800998ecf8427e',
    'registry.example/../app',
    'app\n',
    'app tag',
    'xn--\u00e9/app',
    'a'.repeat(600),
  ])('refuses %j', (text) => {
    expect(() => parseImageReference(text)).toThrow(ImageReferenceError);
  });

  it('gives a value or a typed error, and what it formats it reads again', () => {
    const parts = fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', '-', '_', '/', ':', '@', 'A', '[', ']') });
    fc.assert(
      fc.property(parts, (text) => {
        try {
          const reference = parseImageReference(text);
          expect(parseImageReference(formatImageReference(reference))).toEqual(reference);
        } catch (error) {
          expect(error).toBeInstanceOf(ImageReferenceError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
