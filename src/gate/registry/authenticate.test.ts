import { describe, expect, it } from 'vitest';
import type { RegistryDocument } from '../../policy/index.ts';
import type { LoginService } from '../../service/index.ts';
import { authenticate, challenge, issueToken } from './authenticate.ts';

const login = {
  apiToken: async (secret: string) =>
    secret === 'right' ? { name: 'ci', created: 0, role: 'push' as const } : undefined,
} as unknown as LoginService;

const registry = (anonymousPull: boolean): RegistryDocument => ({
  apiVersion: 'portwarden/v1',
  kind: 'Registry',
  metadata: { name: 'main' },
  spec: { host: 'r.example', quarantine: 'q', trusted: ['a'], gate: { names: ['g.example'], anonymousPull } },
});
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const asked = (authorization?: string) => ({ headers: authorization === undefined ? {} : { authorization } });

describe('who asks', () => {
  it.each([
    ['a bearer', 'Bearer right', 'ci'],
    ['a password of any name', basic('anybody:right'), 'ci'],
    ['a password with a colon in it', basic('anybody:right:er'), undefined],
    ['a wrong token', 'Bearer wrong', undefined],
    ['nobody', undefined, undefined],
    ['a name alone', basic('right'), undefined],
    ['another scheme', 'Digest right', undefined],
    ['an endless token', `Bearer ${'x'.repeat(10_000)}`, undefined],
  ])('%s', async (_name, authorization, name) => {
    expect((await authenticate(asked(authorization), registry(true), login))?.name).toBe(name);
  });

  it('is anonymous only where the document says so', async () => {
    expect(await authenticate(asked('Bearer anonymous'), registry(true), login)).toMatchObject({ role: 'anonymous' });
    expect(await authenticate(asked('Bearer anonymous'), registry(false), login)).toBeUndefined();
  });
});

describe('a token', () => {
  it('is what was shown, or that of anybody where that will do', async () => {
    expect(await issueToken(asked(basic('x:right')), registry(false), login)).toBe('right');
    expect(await issueToken(asked(basic('x:wrong')), registry(true), login)).toBeUndefined();
    expect(await issueToken(asked(), registry(true), login)).toBe('anonymous');
    expect(await issueToken(asked(), registry(false), login)).toBeUndefined();
  });

  it('is asked for at the gate itself', () => {
    expect(challenge('https://g.example', 'team/app', 'pull')).toBe(
      'Bearer realm="https://g.example/token",service="portwarden",scope="repository:team/app:pull"',
    );
  });
});
