import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenge, pullScopes, scopesOf } from './challenge.ts';

describe('a challenge', () => {
  const cases: readonly (readonly [string | readonly string[] | undefined, ReturnType<typeof parseChallenge>])[] = [
    [undefined, undefined],
    ['', undefined],
    ['Negotiate', undefined],
    ['Basic realm="harbor"', { scheme: 'basic' }],
    ['bAsIc', { scheme: 'basic' }],
    [
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull"',
      {
        scheme: 'bearer',
        realm: 'https://auth.example/token',
        service: 'registry.example',
        scope: 'repository:a/b:pull',
      },
    ],
    ['Bearer realm=https://auth.example/token', { scheme: 'bearer', realm: 'https://auth.example/token' }],
    ['Bearer realm="a\\"b" , service = "c,d"', { scheme: 'bearer', realm: 'a"b', service: 'c,d' }],
    ['Basic realm="x", Bearer realm="https://y"', { scheme: 'bearer', realm: 'https://y' }],
    [['Basic realm="x"', 'Bearer realm="https://y"'], { scheme: 'bearer', realm: 'https://y' }],
    ['Bearer service="no realm"', undefined],
    [`Bearer realm="${'x'.repeat(10_000)}"`, undefined],
  ];
  for (const [header, expected] of cases) {
    it(`of ${JSON.stringify(header)?.slice(0, 60)}`, () => expect(parseChallenge(header)).toEqual(expected));
  }

  it('of any text is one or none', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void parseChallenge(`Bearer ${text}`)));
  });
});

describe('scopes', () => {
  const cases: readonly (readonly [string | undefined, readonly string[]])[] = [
    [undefined, ['repository:a/b:pull']],
    ['repository:mirror/a/b:pull', ['repository:mirror/a/b:pull']],
    ['repository:a/b:pull,push', ['repository:a/b:pull']],
    ['repository:a/b:*', ['repository:a/b:pull']],
    ['registry:catalog:*', ['repository:a/b:pull']],
    ['repository:a/b:pull repository:c/d:delete', ['repository:a/b:pull', 'repository:c/d:pull']],
  ];
  for (const [asked, expected] of cases) {
    it(`${asked} become ${expected}`, () => expect(pullScopes(asked, 'a/b')).toEqual(expected));
  }

  it('to write are for the one repository, whatever is asked for', () => {
    const asked = 'repository:a/b:pull repository:c/d:push registry:catalog:*';
    expect(scopesOf({ actions: 'pull,push' }, asked, 'a/b')).toEqual(['repository:a/b:pull,push']);
    expect(scopesOf({ actions: 'pull,push', mountFrom: 'e/f' }, asked, 'a/b')).toEqual([
      'repository:a/b:pull,push',
      'repository:e/f:pull',
    ]);
    expect(scopesOf({ actions: 'pull' }, asked, 'a/b')).toEqual(pullScopes(asked, 'a/b'));
  });
});
