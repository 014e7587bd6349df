import { describe, expect, it } from 'vitest';
import { parseRoute } from './parse-route.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

describe('parseRoute', () => {
  it.each([
    ['/v2/', { kind: 'ping' }],
    ['/token', { kind: 'token' }],
    ['/v2/a/manifests/1', { kind: 'manifest', repository: 'a', reference: '1' }],
    [`/v2/a/b/manifests/${digest}`, { kind: 'manifest', repository: 'a/b', reference: digest }],
    [`/v2/a/blobs/${digest}`, { kind: 'blob', repository: 'a', digest }],
    ['/v2/a/blobs/uploads/', { kind: 'new-upload', repository: 'a' }],
    [
      '/v2/a/blobs/uploads/abcdefghijklmnopqrstuv',
      { kind: 'upload', repository: 'a', session: 'abcdefghijklmnopqrstuv' },
    ],
    ['/v2/a/tags/list', { kind: 'tags', repository: 'a' }],
    [`/v2/a/referrers/${digest}`, { kind: 'referrers', repository: 'a', digest }],
    // A repository may be called as a part of a path is.
    ['/v2/blobs/uploads/manifests/1', { kind: 'manifest', repository: 'blobs/uploads', reference: '1' }],
  ])('%s', (path, route) => expect(parseRoute(path)).toEqual(route));

  it.each([
    ['/v2/../a/manifests/1', 'NAME_INVALID'],
    ['/v2/a//manifests/1', 'NAME_INVALID'],
    ['/v2/A/manifests/1', 'NAME_INVALID'],
    ['/v2/%61/manifests/1', 'NAME_INVALID'],
    ['/v2//manifests/1', 'NAME_INVALID'],
    [`/v2/${'a/'.repeat(200)}b/manifests/1`, 'NAME_INVALID'],
    ['/v2/a/manifests/', 'TAG_INVALID'],
    ['/v2/a/manifests/.1', 'TAG_INVALID'],
    ['/v2/a/manifests/sha256:ab', 'DIGEST_INVALID'],
    ['/v2/a/blobs/1', 'DIGEST_INVALID'],
    ['/v2/a/blobs/uploads/short', 'UNSUPPORTED'],
    ['/v2/_catalog', 'UNSUPPORTED'],
    ['/v1/a', 'UNSUPPORTED'],
    [`/v2/${'a'.repeat(2000)}`, 'UNSUPPORTED'],
    ['', 'UNSUPPORTED'],
  ])('%s is about nothing', (path, code) => expect(parseRoute(path)).toEqual({ kind: 'fault', code }));
});
