import { describe, expect, it } from 'vitest';
import { isPublicAddress, registryEndpoint } from './registry-endpoint.ts';

describe('the API of a registry', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['docker.io', 'https://registry-1.docker.io/'],
    ['registry.example', 'https://registry.example/'],
    ['registry.example:5000', 'https://registry.example:5000/'],
    ['listed.example:5000', 'http://listed.example:5000/'],
    ['localhost', 'http://localhost/'],
    ['127.0.0.1:5000', 'http://127.0.0.1:5000/'],
    ['[::1]:5000', 'http://[::1]:5000/'],
    ['10.0.0.1', 'https://10.0.0.1/'],
    ['localhost.example', 'https://localhost.example/'],
  ];
  for (const [registry, url] of cases) {
    it(`${registry} is at ${url}`, () => expect(registryEndpoint(registry, ['listed.example:5000']).href).toBe(url));
  }
});

describe('an address', () => {
  const cases: readonly (readonly [string, boolean | undefined])[] = [
    ['8.8.8.8', true],
    ['[2606:4700::1111]', true],
    ['registry.example', undefined],
    ['localhost', false],
    ['127.8.9.1', false],
    ['10.0.0.1', false],
    ['172.16.0.1', false],
    ['192.168.0.1', false],
    ['169.254.169.254', false],
    ['100.64.0.1', false],
    ['0.0.0.0', false],
    ['[::]', false],
    ['[::1]', false],
    ['[fe80::1]', false],
    ['[fd00::1]', false],
    ['[::ffff:10.0.0.1]', false],
    ['[64:ff9b::a00:1]', false],
  ];
  for (const [host, expected] of cases) {
    it(`${host} is ${expected ? '' : 'not '}known as public`, () => expect(isPublicAddress(host)).toBe(expected));
  }
});
