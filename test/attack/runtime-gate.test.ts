import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRuntimeGate, type TestRuntimeGate } from '../engines/index.ts';
import { type FakeLaunches, fakeLaunches, unless } from '../fakes/scripted-launches.ts';

/** A runtime that only writes down with what it was called, behind the wrapper and a gate that allows harmless programs. */
let folder: string;
let gate: TestRuntimeGate;
let launches: FakeLaunches;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pw-attack-'));
  writeFileSync(at('runtime'), `#!/bin/sh\nprintf '%s\\n' "$@" >'${at('ran')}'\ncat >'${at('stdin')}'\n`);
  chmodSync(at('runtime'), 0o755);
  launches = fakeLaunches(
    unless(({ set }) =>
      set.requests.every(({ command, security }) => command?.[0]?.value === 'harmless' && !security.privileged)
        ? undefined
        : 'rule x: no',
    ),
  );
  gate = await startRuntimeGate(launches, { runtime: at('runtime') });
});
afterAll(async () => {
  await gate?.remove();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  for (const name of ['ran', 'stdin', 'bundle', 'other']) rmSync(at(name), { recursive: true, force: true });
  makeBundle('bundle', configOf('harmless'));
});

function configOf(program: string): string {
  return JSON.stringify({
    ociVersion: '1.0.2',
    process: { user: { uid: 0, gid: 0 }, args: [program], cwd: '/', capabilities: {} },
    root: { path: 'rootfs' },
    linux: { namespaces: ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })) },
  });
}

function makeBundle(name: string, config: string | Uint8Array): void {
  mkdirSync(at(name));
  writeFileSync(at(`${name}/config.json`), config);
}

function start(args: readonly string[], cwd = folder): ChildProcess {
  return spawn(gate.wrapper, args, { cwd });
}

function ended(child: ChildProcess): Promise<{ status: number | null; err: string; milliseconds: number }> {
  const begun = performance.now();
  return new Promise((resolve) => {
    let err = '';
    child.stderr?.on('data', (text) => {
      err += text;
    });
    child.on('close', (status) => resolve({ status, err, milliseconds: performance.now() - begun }));
    child.stdin?.on('error', () => {});
    child.stdin?.end();
  });
}

const run = (...args: readonly string[]) => ended(start(args));

async function expectRefused(args: readonly string[]): Promise<string> {
  const { status, err } = await run(...args);
  expect([status, existsSync(at('ran'))]).toEqual([1, false]);
  expect(err).toMatch(/^portwarden: /);
  return err;
}

it('lets harmless ones pass: otherwise nothing below means anything', async () => {
  expect(await run('create', '--bundle', at('bundle'), 'id')).toMatchObject({ status: 0, err: '' });
  expect(readFileSync(at('ran'), 'utf8')).toBe(`create\n--bundle\n${at('bundle')}\nid\n`);
});

describe('the configuration', () => {
  it.each(['create', 'run', 'restore'])('%s: is judged', async (command) => {
    rmSync(at('bundle'), { recursive: true });
    makeBundle('bundle', configOf('evil'));
    expect(await expectRefused([command, '--bundle', at('bundle'), 'id'])).toContain('rule x');
  });

  it('swapped between look and start is refused', async () => {
    const slow = await startRuntimeGate(
      {
        ...launches,
        decide: async (asked) => {
          writeFileSync(at('bundle/config.json'), configOf('evil'));
          return launches.decide(asked);
        },
      },
      { runtime: at('runtime') },
    );
    try {
      const { status, err } = await ended(spawn(slow.wrapper, ['create', '--bundle', at('bundle'), 'id']));
      expect([status, existsSync(at('ran'))]).toEqual([1, false]);
      expect(err).toContain('was changed while it was judged');
    } finally {
      await slow.remove();
    }
  });

  it.each([
    ['a symlink', () => symlinkSync(at('other/config.json'), at('bundle/config.json'))],
    ['a FIFO', () => spawnSync('mkfifo', [at('bundle/config.json')])],
    ['a device', () => symlinkSync('/dev/zero', at('bundle/config.json'))],
    ['huge', () => writeFileSync(at('bundle/config.json'), Buffer.alloc(17 * 1024 * 1024, ' '))],
    ['deep', () => writeFileSync(at('bundle/config.json'), '['.repeat(1_000_000))],
    ['empty', () => writeFileSync(at('bundle/config.json'), '')],
    ['not UTF-8', () => writeFileSync(at('bundle/config.json'), Buffer.from([0x7b, 0xff, 0x7d]))],
    ['two documents', () => writeFileSync(at('bundle/config.json'), configOf('harmless') + configOf('evil'))],
    ['a list', () => writeFileSync(at('bundle/config.json'), '[]')],
    [
      'a key that is there twice',
      () =>
        writeFileSync(
          at('bundle/config.json'),
          configOf('harmless').replace('"process"', '"process":{"args":["evil"]},"process"'),
        ),
    ],
    [
      'a key in other letters',
      () =>
        writeFileSync(
          at('bundle/config.json'),
          configOf('harmless').replace('"root"', '"Process":{"args":["evil"]},"root"'),
        ),
    ],
    [
      'a key that nobody knows',
      () => writeFileSync(at('bundle/config.json'), configOf('harmless').replace('"root"', '"surprise":1,"root"')),
    ],
  ])('that is %s is refused', async (_, make) => {
    makeBundle('other', configOf('harmless'));
    rmSync(at('bundle/config.json'));
    make();
    await expectRefused(['create', '--bundle', at('bundle'), 'id']);
  });
});

describe('the command line', () => {
  beforeEach(() => makeBundle('other', configOf('evil')));
  const lines: readonly (readonly string[])[] = [
    ['create', '--bundle', 'bundle', '--bundle', 'other', 'id'],
    ['create', '-b', 'bundle', '--bundle=other', 'id'],
    ['create', '--bundle', 'bundle', 'id', '--bundle', 'other'],
    ['create', '--bundle', 'bundle', '--pid-file', '--bundle', 'other', 'id'],
    ['create', '--no-pivot', '--bundle=other', 'id'],
    ['create', '-bother', 'id'],
    ['create', '--bund=other', 'id'],
    ['run', '--config', 'other/config.json', '--bundle', 'bundle', 'id'],
    ['--root', '/x', '--', 'create', '--bundle', 'other', 'id'],
    ['--version', 'create', '--bundle', 'other', 'id'],
    ['--version=false', 'create', '--bundle', 'other', 'id'],
    ['--help=false', 'create', '--bundle', 'other', 'id'],
    ['--log', 'state', 'create', '--bundle', 'other', 'id'],
    ['--log=x', 'create', '--bundle', 'other', 'state'],
    ['-root', 'state', 'create', '--bundle', 'other', 'id'],
    ['--root\n', 'state', 'create', '--bundle', 'other', 'id'],
    ['--debug=', '--root=\n', 'create', '--bundle', 'other', '-h'],
    ['mounts', 'add', 'id'],
    ['CREATE', '--bundle', 'other', 'id'],
    ['create\n', '--bundle', 'other', 'id'],
    ['init'],
  ];
  it.each(lines.map((line) => [line]))('%j', async (line) => {
    await expectRefused(line);
  });

  it('a bundle that the working directory names is the one that the runtime takes', async () => {
    expect(await ended(start(['create', 'id'], at('bundle')))).toMatchObject({ status: 0 });
    rmSync(at('ran'));
    const { status } = await ended(start(['create', 'id'], at('other')));
    expect([status, existsSync(at('ran'))]).toEqual([1, false]);
  });
});

describe('what is started in a container', () => {
  it.each([
    ['by arguments', ['exec', 'id', 'evil']],
    ['by arguments that look like options', ['exec', '--', 'id', 'evil']],
    ['with all capabilities', ['exec', '--cap', 'CAP_NOTHING', 'id', 'harmless']],
    ['without a program', ['exec', 'id']],
    ['by a file that is not there', ['exec', '--process', '/nowhere/process.json', 'id']],
    ['by standard input', ['exec', '-p', '/dev/stdin', 'id']],
  ])('%s', async (_, args) => {
    await expectRefused(args);
  });

  it('by process.json', async () => {
    const process = (program: string) => JSON.stringify({ args: [program], cwd: '/', user: { uid: 0, gid: 0 } });
    writeFileSync(at('process.json'), process('evil'));
    expect(await expectRefused(['exec', '-p', at('process.json'), '-d', 'id'])).toContain('rule x');
    writeFileSync(at('process.json'), process('harmless'));
    expect(await run('exec', '--process', at('process.json'), 'id')).toMatchObject({ status: 0 });
  });
});

describe('an update', () => {
  it.each([
    ['devices', '{"devices":[{"allow":true,"access":"rwm"}]}', false],
    ['devices in other letters', '{"Devices":[{"allow":true,"access":"rwm"}]}', false],
    ['a controller by its file', '{"unified":{"devices.allow":"a"}}', false],
    ['no JSON', '{', false],
    ['limits', '{"memory":{"limit":18446744073709551615},"cpu":{"shares":2},"devices":null}', true],
  ])('of %s', async (_, resources, isAllowed) => {
    writeFileSync(at('resources.json'), resources);
    const { status } = await run('update', '--resources', at('resources.json'), 'id');
    expect([status === 0, existsSync(at('ran'))]).toEqual([isAllowed, isAllowed]);
    rmSync(at('ran'), { force: true });
    const child = start(['update', '-r', '-', 'id']);
    child.stdin?.write(resources);
    expect((await ended(child)).status === 0).toBe(isAllowed);
    if (isAllowed) expect(readFileSync(at('stdin'), 'utf8')).toBe(resources);
  });
});

describe('the agent', () => {
  it('that hangs is given less than two seconds', async () => {
    const never = new Promise<never>(() => {});
    const hung = await startRuntimeGate({ decide: () => never, refuse: () => never }, { runtime: at('runtime') });
    try {
      const { status, err } = await ended(spawn(hung.wrapper, ['create', '--bundle', at('bundle'), 'id']));
      expect([status, existsSync(at('ran')), err]).toEqual([
        1,
        false,
        'portwarden: the agent does not answer in time\n',
      ]);
    } finally {
      await hung.remove();
    }
  });

  it('that throws has not allowed', async () => {
    const fail = () => Promise.reject(new Error('boom'));
    const broken = await startRuntimeGate({ decide: fail, refuse: fail }, { runtime: at('runtime') });
    try {
      const { status, err } = await ended(spawn(broken.wrapper, ['create', '--bundle', at('bundle'), 'id']));
      expect([status, existsSync(at('ran'))]).toEqual([1, false]);
      expect(err).toContain('it cannot be decided');
    } finally {
      await broken.remove();
    }
  });

  it.each([
    ['of another user', (socket: string) => chownSync(socket, 65_534, 65_534)],
    ['that all can write to', (socket: string) => chmodSync(socket, 0o777)],
  ])('is not one %s', async (_, spoil) => {
    const impostor = await startRuntimeGate(fakeLaunches(), { runtime: at('runtime') });
    await impostor.close();
    const server = createServer((connection) => connection.end('{"outcome":"allow","message":""}\n'));
    await new Promise<void>((resolve) => server.listen(impostor.socket, resolve));
    try {
      chmodSync(impostor.socket, 0o600);
      spoil(impostor.socket);
      const { status } = await ended(spawn(impostor.wrapper, ['create', '--bundle', at('bundle'), 'id']));
      expect([status, existsSync(at('ran'))]).toEqual([1, false]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
      await impostor.remove();
    }
  });

  it('answers nobody who sends something else, and goes on', async () => {
    const { connect } = await import('node:net');
    for (const bytes of [
      'GET / HTTP/1.1\r\n\r\n',
      '{}\n',
      '{"version":1,"size":1e99}\n',
      '\0'.repeat(1000),
      '{"version":1,"size":-1}\n',
    ]) {
      const answer = await new Promise<string>((resolve) => {
        const connection = connect(gate.socket);
        let said = '';
        connection.on('data', (text) => {
          said += text;
        });
        connection.on('error', () => {});
        connection.on('close', () => resolve(said));
        connection.end(bytes);
      });
      expect(answer).not.toContain('"allow"');
    }
    expect(await run('create', '--bundle', at('bundle'), 'id')).toMatchObject({ status: 0 });
  });
});
