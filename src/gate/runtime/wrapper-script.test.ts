import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowedStatus } from './runtime-client.ts';
import { compileWrapperScript } from './wrapper-script.ts';

/** A folder whose name no shell takes for one word. */
let folder: string;
let wrapper: string;
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pw it's $(touch x) \n`"));
  const record = (name: string, end: string): void => {
    writeFileSync(
      at(name),
      `#!/bin/sh\nfor each do printf '%s\\0' "$each"; done >'${quoted(at(`${name}.args`))}'\n${end}\n`,
    );
    chmodSync(at(name), 0o755);
  };
  record('runtime', `echo $$; case $1 in update | create) cat >'${quoted(at('stdin'))}' ;; esac; exit 7`);
  record('node', `case $PW_STATUS in '') exit ${allowedStatus} ;; *) printf %s "$PW_OUT"; exit $PW_STATUS ;; esac`);
  wrapper = at('wrapper');
  const paths = { node: at('node'), client: at('client'), runtime: at('runtime'), socket: at('socket') };
  writeFileSync(wrapper, compileWrapperScript({ ...paths, dataRoot: '/var/lib/docker' }));
  chmodSync(wrapper, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

function quoted(text: string): string {
  return text.replaceAll("'", "'\\''");
}

function call(shell: string, args: readonly string[], environment: Record<string, string> = {}, input = '') {
  for (const name of ['runtime.args', 'node.args', 'stdin']) rmSync(at(name), { force: true });
  const child = spawnSync(shell, [...(shell === 'bash' ? ['--posix'] : []), wrapper, ...args], {
    env: { ...process.env, ...environment },
    input,
  });
  const read = (name: string) =>
    existsSync(at(name)) ? readFileSync(at(name), 'utf8').split('\0').slice(0, -1) : undefined;
  return { child, runtime: read('runtime.args'), asked: read('node.args') };
}

const passedOn: readonly (readonly string[])[] = [
  ['--version'],
  ['-v'],
  ['--root', '/run/runc', '--version'],
  ['features'],
  ['--root', 'create', 'state', 'id'],
  ['--root=create', '--log', 'run', '--log-format', 'json', '--systemd-cgroup', 'delete', '--force', 'create'],
  ['--root', '--', 'kill', 'create', '9'],
  ['start', 'create'],
  ['state', '--', 'exec'],
  ['--root', 'a b\n"c"\'d\'$(e)`f`\\', 'list', ''],
  ['checkpoint', '--image-path', 'run', 'id'],
  [],
];
const judged: readonly (readonly string[])[] = [
  ['create', '--bundle', '/b', 'state'],
  ['--root', 'state', 'create', 'id'],
  ['--root=x', '--log', 'delete', '--log-format', 'json', 'run', 'id'],
  ['--debug', '--rootless', 'true', 'exec', 'id', 'state'],
  ['restore', 'id'],
  ['--version', 'create', 'id'],
  ['--help', 'create', 'id'],
  ['-h', 'create', 'id'],
  ['--', 'create', 'id'],
  ['--version=false', 'create', 'id'],
  ['--roo', '/x', 'state'],
  ['-root', '/x', 'state'],
  ['mounts', 'add', 'id'],
  ['Create', 'id'],
  ['', 'create'],
  [' state', 'id'],
  ['state\ncreate', 'id'],
  ['create', '--bundle', "a b\n'c'", '--', 'id'],
];

describe.each(['dash', 'bash'])('the wrapper under %s', (shell) => {
  it.each(passedOn)('passes on at once: %j', (...args) => {
    const { child, runtime, asked } = call(shell, args);
    expect(child.status).toBe(7);
    expect(runtime).toEqual(args);
    expect(asked).toBeUndefined();
    // The runtime is the very process that the engine started.
    expect(child.stdout.toString()).toBe(`${child.pid}\n`);
  });

  it.each(judged)('asks about %j', (...args) => {
    const allowed = call(shell, args);
    expect(allowed.asked).toEqual([
      ...['--max-old-space-size=128', at('client'), at('socket'), '/var/lib/docker', '--'],
      ...args,
    ]);
    expect([allowed.child.status, allowed.child.stdout.toString()]).toEqual([7, `${allowed.child.pid}\n`]);
    expect(allowed.runtime).toEqual(args);
    const refused = call(shell, args, { PW_STATUS: '1' });
    expect([refused.child.status, refused.runtime]).toEqual([1, undefined]);
  });

  it('takes no other end of the client for an allowance', () => {
    for (const status of ['0', '2', '127', '137'])
      for (const word of ['create', 'update']) {
        const { child, runtime } = call(shell, [word, 'id'], { PW_STATUS: status });
        expect([child.status, runtime]).toEqual([1, undefined]);
      }
  });

  it('hands on the resources that the client read', () => {
    const args = ['update', '--resources', '-', 'id'];
    const resources = '{"memory": {"limit": 1}, "x": "%s\\n$(y)"}';
    const { child, runtime } = call(shell, args, { PW_STATUS: String(allowedStatus), PW_OUT: resources }, 'unread');
    expect([child.status, runtime]).toEqual([7, args]);
    expect(readFileSync(at('stdin'), 'utf8')).toBe(resources);
  });

  it('leaves standard input to the runtime', () => {
    const { child } = call(shell, ['create', 'id'], {}, 'of the container');
    expect(child.status).toBe(7);
    expect(readFileSync(at('stdin'), 'utf8')).toBe('of the container');
  });

  it('is not led astray by functions of the environment', () => {
    const lie = '() { echo lie; }';
    const environment = { 'BASH_FUNC_exec%%': lie, 'BASH_FUNC_exit%%': lie, 'BASH_FUNC_break%%': lie };
    const { child, runtime } = call(shell, ['create', 'id'], { ...environment, PW_STATUS: '1' });
    expect([child.status === 0, runtime]).toEqual([false, undefined]);
  });
});
