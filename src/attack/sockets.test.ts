import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttackHost } from './attack.ts';
import { pluginAttacks } from './plugins.ts';
import { socketAttacks, whoMayReplace } from './sockets.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-sockets-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const never = new AbortController().signal;
const run = (id: string, host: Partial<AttackHost>) => {
  const attack = [...socketAttacks, ...pluginAttacks].find((each) => each.id === `docker/${id}`);
  return attack?.run({ engine: 'docker', plugins: [], otherSockets: [], ...host } as AttackHost, never);
};

it.each([
  [0o660, 'held'],
  [0o666, 'broken'],
  [0o662, 'broken'],
])('a socket of mode %o is %s', async (mode, state) => {
  const socket = join(directory, 's');
  writeFileSync(socket, '');
  chmodSync(socket, mode);
  expect(await run('socket/open-to-all', { socket })).toMatchObject({ state });
});

describe('sockets of other engines', () => {
  it('are broken where one lets this user in', async () => {
    const path = join(directory, 'containerd.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      const otherSockets = [join(directory, 'none.sock'), path];
      expect(await run('socket/other-engines', { uid: 1000, otherSockets })).toEqual({
        state: 'broken',
        witness: `this user may speak to ${path}`,
      });
      expect(await run('socket/other-engines', { uid: 1000, otherSockets, socket: path })).toMatchObject({
        state: 'held',
      });
    } finally {
      server.close();
    }
  });

  it('say nothing about root', async () => {
    expect(await run('socket/other-engines', { uid: 0 })).toMatchObject({ state: 'not-applicable' });
  });
});

describe('who may replace a file', () => {
  // Only root can make what only root may replace.
  it.runIf(process.getuid?.() === 0)('is nobody where root has it all, the sticky bit included', async () => {
    const file = join(directory, 'a');
    writeFileSync(file, '');
    expect(await whoMayReplace(file)).toBeUndefined();
  });

  it.runIf(process.getuid?.() === 0)('is whoever may write it, or a directory above it', async () => {
    const open = join(directory, 'open');
    mkdirSync(join(open, 'in'), { recursive: true });
    writeFileSync(join(open, 'in', 'a'), '');
    chmodSync(open, 0o777);
    expect(await whoMayReplace(join(open, 'in', 'a'))).toBe(`${open} has mode 0777`);
    chmodSync(open, 0o755);
    chmodSync(join(open, 'in', 'a'), 0o666);
    expect(await whoMayReplace(join(open, 'in', 'a'))).toMatch(/in\/a has mode 0666/);
  });

  it.runIf(process.getuid?.() === 0)('does not mind that links have every mode', async () => {
    symlinkSync('/etc', join(directory, 'link'));
    expect(await whoMayReplace(join(directory, 'link'))).toBeUndefined();
  });
});

describe('the plugin', () => {
  it.each([
    ['asked', { plugins: [] }, 'broken'],
    ['asked', { plugins: ['portwarden'] }, 'held'],
    ['asked', { engine: 'podman' }, 'not-applicable'],
    ['socket-owner', { plugins: [] }, 'not-applicable'],
    ['socket-owner', { plugins: ['no-such-plugin-here'] }, 'undetermined'],
    ['socket-owner', { plugins: ['../../etc/passwd'] }, 'undetermined'],
  ] as const)('%s, of %j: %s', async (name, host, state) => {
    expect(await run(`plugin/${name}`, host)).toMatchObject({ state });
  });
});
