import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markObserving } from './mark-observing.ts';
import { parseRuntimeCall } from './runtime-call.ts';
import { allowedStatus, compileLogLine, outerUser, parseRuntimeCommand, runtimeLimits } from './runtime-client.ts';

const client = fileURLToPath(new URL('./runtime-client.ts', import.meta.url));
let folder: string;
let server: Server | undefined;
const at = (name: string): string => join(folder, name);
const config = '{"ociVersion": "1.0.2"}\n';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pw-client-'));
  mkdirSync(at('bundle'));
  writeFileSync(at('bundle/config.json'), config);
});
afterEach(async () => {
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** An agent that gives each call these bytes; undefined: never any. */
async function listen(answer: string | undefined, seen: (bytes: Buffer) => void = () => {}): Promise<void> {
  server = createServer((connection: Socket) => {
    connection.on('error', () => {});
    connection.on('data', (bytes) => {
      seen(bytes);
      if (answer !== undefined) connection.end(answer);
    });
  });
  await new Promise<void>((resolve) => server?.listen(at('socket'), resolve));
  chmodSync(at('socket'), 0o600);
}

function ask(args: readonly string[], input = ''): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [client, at('socket'), '/data', '--', ...args], { cwd: folder });
    const said = { out: '', err: '' };
    child.stdout.on('data', (text) => {
      said.out += text;
    });
    child.stderr.on('data', (text) => {
      said.err += text;
    });
    child.on('close', (status) => resolve({ status, ...said }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

const allow = '{"outcome":"allow","message":""}\n';

describe('parseRuntimeCommand', () => {
  it('reads what engines write', () => {
    const argv = '--root /r --log /l --log-format json --systemd-cgroup create --bundle /b --pid-file=/p --no-pivot id';
    expect(parseRuntimeCommand(argv.split(' '))).toEqual({
      ...{ command: 'create', id: 'id', args: [], root: '/r', log: '/l', logFormat: 'json' },
      options: [
        ['bundle', '/b'],
        ['pid-file', '/p'],
        ['no-pivot', ''],
      ],
    });
    expect(parseRuntimeCommand(['exec', '-t', '-e', 'A=-b', '--process', '/p', 'id'])).toMatchObject({
      options: [
        ['tty', ''],
        ['env', 'A=-b'],
        ['process', '/p'],
      ],
    });
    expect(parseRuntimeCommand(['exec', 'id', '--', 'sh', '-c', 'x'])).toMatchObject({ args: ['sh', '-c', 'x'] });
  });

  it.each([
    [['create', '--bundle']],
    [['create', 'id', '--bundle', '/other']],
    [['create', '--bundl', '/b', 'id']],
    [['create', '-b/b', 'id']],
    [['create', '-b=/b', 'id']],
    [['create', '-bundle', '/b', 'id']],
    [['create', '--', 'id']],
    [['create', '--no-pivot', 'true', 'id']],
    [['run', '--config', '/c', 'id']],
    [['create', '../id']],
    [['create']],
    [['create', '--constructor', 'x', 'id']],
    [['exec', '-toString', 'id']],
    [['toString', 'id']],
    [['mounts', 'id']],
    [['--version', 'create', 'id']],
    [[]],
  ])('refuses %j', (argv) => {
    expect(() => parseRuntimeCommand(argv)).toThrow();
  });
});

it('writes lines of a log as runc does', () => {
  const now = new Date('2026-01-02T03:04:05.678Z');
  const json = compileLogLine('no "x"', 'json', now);
  expect(JSON.parse(json)).toEqual({ level: 'error', msg: 'no "x"', time: '2026-01-02T03:04:05Z' });
  expect(compileLogLine('no "x"', 'text', now)).toBe('time="2026-01-02T03:04:05Z" level=error msg="no \\"x\\""\n');
});

describe('the client', () => {
  it('shows the configuration, and passes on what the agent allows', async () => {
    let shown = Buffer.alloc(0);
    await listen(allow, (bytes) => {
      shown = Buffer.concat([shown, bytes]);
    });
    const { status, out, err } = await ask(['--root', '/r', 'create', '--bundle', 'bundle', 'id']);
    expect([status, out, err]).toEqual([allowedStatus, '', '']);
    const call = parseRuntimeCall(shown);
    expect(call).toMatchObject({ dataRoot: '/data', command: 'create', id: 'id', root: '/r' });
    expect(call.bundle).toBe(at('bundle'));
    expect(Buffer.from(call.file ?? []).toString()).toBe(config);
  });

  it('says why not, to the engine and in its log', async () => {
    await listen('{"outcome":"deny","message":"rule x: no"}\n');
    const log = ['--log', at('log.json'), '--log-format', 'json'];
    const { status, err } = await ask([...log, 'create', '--bundle', at('bundle'), 'id']);
    expect([status, err]).toEqual([1, 'portwarden: rule x: no\n']);
    expect(JSON.parse(readFileSync(at('log.json'), 'utf8'))).toMatchObject({
      level: 'error',
      msg: 'portwarden: rule x: no',
    });
  });

  it.each([
    ['nothing', ''],
    ['half an answer', '{"outcome":"allow","message":""}'],
    ['another word', '{"outcome":"Allow","message":""}\n'],
    ['two answers', allow + allow],
    ['no message', '{"outcome":"allow"}\n'],
    ['null', 'null\n'],
    ['too much', `${' '.repeat(runtimeLimits.answerBytes)}${allow}`],
  ])('refuses where the agent says %s', async (_, answer) => {
    await listen(answer);
    expect((await ask(['create', '--bundle', 'bundle', 'id'])).status).toBe(1);
  });

  it('refuses where the agent is away or hangs', async () => {
    expect(await ask(['create', '--bundle', 'bundle', 'id'])).toMatchObject({ status: 1 });
    await listen(undefined);
    const { status, err } = await ask(['create', '--bundle', 'bundle', 'id']);
    expect([status, err]).toEqual([1, 'portwarden: the agent does not answer in time\n']);
  });

  it('goes on while the agent is away where it only observed when it was last there', async () => {
    markObserving(at('socket'), true);
    expect((await ask(['create', '--bundle', 'bundle', 'id'])).status).toBe(allowedStatus);
    chmodSync(`${at('socket')}.observes`, 0o666);
    expect((await ask(['create', '--bundle', 'bundle', 'id'])).status).toBe(1);
    markObserving(at('socket'), false);
    expect((await ask(['create', '--bundle', 'bundle', 'id'])).status).toBe(1);
    markObserving(at('socket'), true);
    await listen('{"outcome":"deny","message":"no"}\n');
    expect((await ask(['create', '--bundle', 'bundle', 'id'])).status).toBe(1);
  });

  it('refuses a configuration that changes while it is judged', async () => {
    await listen(allow, () => writeFileSync(at('bundle/config.json'), config.replace('1.0.2', '1.0.3')));
    expect((await ask(['create', '--bundle', 'bundle', 'id'])).err).toContain('was changed while it was judged');
  });

  it.each([
    ['is a symlink', (path: string) => symlinkSync('/etc/hostname', path)],
    ['is a FIFO', (path: string) => spawnSync('mkfifo', [path])],
    ['is a folder', (path: string) => mkdirSync(path)],
    ['is not there', () => {}],
    ['is too large', (path: string) => writeFileSync(path, Buffer.alloc(runtimeLimits.configBytes + 1))],
  ])('refuses a configuration that %s', async (_, make) => {
    await listen(allow);
    rmSync(at('bundle/config.json'));
    make(at('bundle/config.json'));
    expect((await ask(['create', '--bundle', 'bundle', 'id'])).status).toBe(1);
  });

  it.each([0o666, 0o602])('refuses a socket of mode %o', async (mode) => {
    await listen(allow);
    chmodSync(at('socket'), mode);
    expect((await ask(['create', '--bundle', 'bundle', 'id'])).err).toContain('can be written by others');
  });

  it('refuses a socket behind a symlink, or in a folder of others', async () => {
    await listen(allow);
    chmodSync(folder, 0o777);
    expect((await ask(['create', '--bundle', 'bundle', 'id'])).err).toContain('can be written by others');
    chmodSync(folder, 0o700);
    spawnSync('mv', [at('socket'), at('real')]);
    symlinkSync(at('real'), at('socket'));
    expect((await ask(['create', '--bundle', 'bundle', 'id'])).err).toContain('is not what it should be');
  });

  it('hands on resources of standard input', async () => {
    await listen(allow);
    expect(await ask(['update', '--resources', '-', 'id'], '{"memory":{}}')).toMatchObject({
      status: allowedStatus,
      out: '{"memory":{}}',
    });
  });
});

it.each([
  [0, 1001],
  [1, 100_000],
  [65_536, 165_535],
  [65_537, 65_537],
])('user %i of a namespace is %i outside of it', (inside, outside) => {
  const map = '         0       1001          1\n         1     100000      65536\n';
  expect(outerUser(inside, map)).toBe(outside);
});
