import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readAsksFromHost, saysHostServers } from './read-resolver-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'pw-resolv-'));
afterAll(() => rmSync(directory, { recursive: true }));
const head = "nameserver 127.0.0.11\noptions ndots:0\n\n# Based on host file: '/etc/resolv.conf' (internal resolver)\n";

it.each([
  ['of newer dockerd', `${head}# ExtServers: [host(127.0.0.53)]\n`, true],
  ['of which some are asked from the host', `${head}# ExtServers: [192.0.2.53 host(192.0.2.54)]\n`, true],
  ['with servers that somebody named', `${head}# ExtServers: [192.0.2.53]\n# Overrides: [nameservers]\n`, false],
  ['of older dockerd', 'nameserver 127.0.0.11\noptions ndots:0\n', false],
  ['without an end', `# ExtServers: [${'x'.repeat(100_000)}host(`, false],
])('a file %s', async (_, text, expected) => {
  expect(saysHostServers(text)).toBe(expected);
  const file = join(directory, 'resolv.conf');
  writeFileSync(file, text);
  expect(await readAsksFromHost(file)).toBe(expected);
});

it('is nothing where it is gone, a link or a directory', async () => {
  expect(await readAsksFromHost(join(directory, 'gone'))).toBeUndefined();
  writeFileSync(join(directory, 'there'), `${head}# ExtServers: [host(127.0.0.53)]\n`);
  symlinkSync(join(directory, 'there'), join(directory, 'link'));
  expect(await readAsksFromHost(join(directory, 'there'))).toBe(true);
  expect(await readAsksFromHost(join(directory, 'link'))).toBeUndefined();
  expect(await readAsksFromHost(directory)).toBeUndefined();
});
