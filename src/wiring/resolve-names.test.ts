import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { silentLog } from '../base/index.ts';
import { followNameServers } from './resolve-names.ts';

const directory = mkdtempSync(join(tmpdir(), 'pw-servers-'));
const file = join(directory, 'resolv.conf');
afterAll(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

it('asks the servers that the file has by now, also one on loopback', async () => {
  writeFileSync(file, 'nameserver 127.0.0.53\nnameserver 2001:db8::53\nsearch example\n');
  const servers = await followNameServers(file, silentLog);
  expect(servers()).toEqual([
    { address: '127.0.0.53', port: 53 },
    { address: '2001:db8::53', port: 53 },
  ]);
  writeFileSync(file, 'nameserver 192.0.2.53\n');
  vi.setSystemTime(Date.now() + 20_000);
  await vi.waitFor(() => expect(servers()).toEqual([{ address: '192.0.2.53', port: 53 }]));
  // What was known goes on where the file is gone for a moment.
  rmSync(file);
  vi.setSystemTime(Date.now() + 20_000);
  servers();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(servers()).toEqual([{ address: '192.0.2.53', port: 53 }]);
});

it('has none where there is no file', async () => {
  expect((await followNameServers(join(directory, 'none'), silentLog))()).toEqual([]);
});
