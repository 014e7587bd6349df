import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageError } from '../image-error.ts';
import type { FindCloudLogin } from './cloud/find-cloud-login.ts';
import { credentialFiles, findCredential } from './credentials.ts';

let directory: string;
const signal = new AbortController().signal;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-credentials-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(name: string, document: object): string {
  const file = join(directory, name);
  writeFileSync(file, JSON.stringify(document));
  return file;
}

function auth(text: string): { auth: string } {
  return { auth: Buffer.from(text).toString('base64') };
}

const basic = (username: string, password: string) => ({ kind: 'basic', username, password });

describe('credentials of a repository', () => {
  const cases: readonly (readonly [string, object, string, string, object | undefined])[] = [
    ['by host', { 'registry.example': auth('a:b') }, 'registry.example', 'x/y', basic('a', 'b')],
    ['by host and port', { 'registry.example': auth('a:b') }, 'registry.example:5000', 'x/y', undefined],
    ['by a URL', { 'https://registry.example/v2/': auth('a:b') }, 'registry.example', 'x/y', basic('a', 'b')],
    [
      "by docker's name for docker.io",
      { 'https://index.docker.io/v1/': auth('a:b') },
      'docker.io',
      'library/x',
      basic('a', 'b'),
    ],
    ['not by the end of a host', { 'evil-registry.example': auth('a:b') }, 'registry.example', 'x', undefined],
    ['not by the start of a host', { 'registry.example.evil': auth('a:b') }, 'registry.example', 'x', undefined],
    [
      'by the longest namespace',
      { 'registry.example': auth('a:1'), 'registry.example/x': auth('a:2'), 'registry.example/x/y': auth('a:3') },
      'registry.example',
      'x/y/z',
      basic('a', '3'),
    ],
    ['not by half a namespace', { 'registry.example/x': auth('a:2') }, 'registry.example', 'xy/z', undefined],
    ['with a colon in the password', { 'registry.example': auth('a:b:c') }, 'registry.example', 'x', basic('a', 'b:c')],
    [
      'with what old versions padded',
      { 'registry.example': auth('a:b\0\0') },
      'registry.example',
      'x',
      basic('a', 'b'),
    ],
    [
      'in the clear',
      { 'registry.example': { username: 'a', password: 'b' } },
      'registry.example',
      'x',
      basic('a', 'b'),
    ],
    [
      'as an identity token',
      { 'registry.example': { ...auth('a:'), identitytoken: 't' } },
      'registry.example',
      'x',
      { kind: 'identity-token', token: 't' },
    ],
    [
      'as a registry token',
      { 'registry.example': { registrytoken: 't' } },
      'registry.example',
      'x',
      { kind: 'registry-token', token: 't' },
    ],
    ['that are empty', { 'registry.example': {} }, 'registry.example', 'x', undefined],
    ['that are nonsense', { 'registry.example': 7 }, 'registry.example', 'x', undefined],
  ];
  for (const [title, auths, registry, repository, expected] of cases) {
    it(title, async () => {
      const search = await findCredential({ registry, repository }, [write('config.json', { auths })], signal);
      expect(search.credential).toEqual(expected);
      expect(search.failures).toEqual([]);
    });
  }

  it('are those of the first file that has some', async () => {
    const files = [
      join(directory, 'missing.json'),
      write('empty.json', { auths: {} }),
      write('first.json', { auths: { 'registry.example': auth('first:1') } }),
      write('second.json', { auths: { 'registry.example': auth('second:2') } }),
    ];
    const search = await findCredential({ registry: 'registry.example', repository: 'x' }, files, signal);
    expect(search).toEqual({ credential: basic('first', '1'), files: [files[2]], failures: [] });
  });

  it('are looked for where docker and podman keep them', () => {
    expect(credentialFiles({ HOME: '/h' })).toEqual(['/h/.docker/config.json', '/h/.config/containers/auth.json']);
    const env = {
      HOME: '/h',
      DOCKER_CONFIG: '/d',
      REGISTRY_AUTH_FILE: '/r',
      XDG_RUNTIME_DIR: '/x',
      XDG_CONFIG_HOME: '/c',
    };
    expect(credentialFiles(env)).toEqual([
      '/d/config.json',
      '/r',
      '/x/containers/auth.json',
      '/c/containers/auth.json',
    ]);
  });
});

describe('a login of a cloud', () => {
  const image = { registry: 'contoso.azurecr.io', repository: 'x' };
  const source = 'the identity of this machine at Azure';
  const none = () => join(directory, 'missing.json');

  function cloud(outcome: () => ReturnType<FindCloudLogin>) {
    const asked: string[] = [];
    const login: FindCloudLogin = async (host) => {
      asked.push(host);
      return outcome();
    };
    return { asked, login };
  }
  const found = async () => ({ credential: { kind: 'basic', username: 'u', password: 'p' }, source }) as const;

  it('is taken where no file has one for the registry', async () => {
    const { asked, login } = cloud(found);
    const files = [none(), write('config.json', { auths: { 'fabrikam.azurecr.io': auth('a:b') } })];
    const search = await findCredential(image, files, signal, login);
    expect(search).toEqual({ credential: basic('u', 'p'), files: [source], failures: [] });
    expect(asked).toEqual(['contoso.azurecr.io']);
  });

  it('is not asked for where a file has one', async () => {
    const { asked, login } = cloud(found);
    const files = [write('config.json', { auths: { 'contoso.azurecr.io': auth('a:b') } })];
    expect((await findCredential(image, files, signal, login)).credential).toEqual(basic('a', 'b'));
    expect(asked).toEqual([]);
  });

  it('is not asked for where no credentials are wanted', async () => {
    const { asked, login } = cloud(found);
    expect(await findCredential(image, [], signal, login)).toEqual({ files: [], failures: [] });
    expect(asked).toEqual([]);
  });

  it('that fails is told of with the others, and no obstacle to what everybody may read', async () => {
    const failure = new ImageError('credential-failure', 'STS answered 403');
    const { login } = cloud(() => Promise.reject(failure));
    expect(await findCredential(image, [none()], signal, login)).toEqual({ files: [], failures: [failure] });
  });

  it('that is given up, or breaks, is not passed over', async () => {
    for (const error of [new ImageError('aborted', 'stop'), new TypeError('a mistake')]) {
      const { login } = cloud(() => Promise.reject(error));
      await expect(findCredential(image, [none()], signal, login)).rejects.toBe(error);
    }
  });
});
