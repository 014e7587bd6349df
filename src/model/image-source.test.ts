import { describe, expect, it } from 'vitest';
import { formatSource, parseSource, SourceError } from './image-source.ts';
import { ImageReferenceError } from './reference.ts';

describe('parseSource', () => {
  it.each([
    ['docker:nginx:1.27', { kind: 'docker', name: 'nginx:1.27' }],
    ['podman:3f2a', { kind: 'podman', name: '3f2a' }],
    [
      'registry:localhost:5000/app:1',
      { kind: 'registry', reference: { registry: 'localhost:5000', repository: 'app', tag: '1' } },
    ],
    ['nginx', { kind: 'registry', reference: { registry: 'docker.io', repository: 'library/nginx' } }],
    ['localhost:5000/app', { kind: 'registry', reference: { registry: 'localhost:5000', repository: 'app' } }],
    ['docker-archive:/tmp/a.tar', { kind: 'docker-archive', path: '/tmp/a.tar' }],
    ['docker-archive:a.tar.gz:app', { kind: 'docker-archive', path: 'a.tar.gz', tag: 'app' }],
    ['oci-layout:dir', { kind: 'oci-layout', path: 'dir' }],
    ['oci-layout:/a:b/dir:1.0', { kind: 'oci-layout', path: '/a:b/dir', tag: '1.0' }],
    ['oci-layout:/a:b/dir', { kind: 'oci-layout', path: '/a:b/dir' }],
    ['oci-archive:a.tar:v1', { kind: 'oci-archive', path: 'a.tar', tag: 'v1' }],
    ['rootfs:/', { kind: 'rootfs', path: '/' }],
  ])('reads %s', (text, source) => {
    expect(parseSource(text)).toEqual(source);
    expect(parseSource(formatSource(parseSource(text)))).toEqual(source);
  });

  it.each(['docker:', 'rootfs:', 'registry:'])('refuses %s, which names nothing', (text) => {
    expect(() => parseSource(text)).toThrow(SourceError);
  });

  it('takes an unknown scheme for a reference, and refuses it as one', () => {
    expect(() => parseSource('ftp://host/app')).toThrow(ImageReferenceError);
  });
});
