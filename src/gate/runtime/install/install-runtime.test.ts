import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { editContainerdConfig, unseenContainerdRuntimes } from './containerd-config.ts';
import { editDockerConfig, restoreDockerConfig, unseenRuntimes } from './docker-config.ts';
import { printChanges } from './file-changes.ts';
import type { InstallPaths } from './install-paths.ts';
import { installRuntime, readRuntimeStatus, uninstallRuntime } from './install-runtime.ts';
import { compileServicePath } from './service-path.ts';

let folder: string;
let paths: InstallPaths;
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pw-install-'));
  paths = {
    directory: at('lib'),
    socket: at('run/runtime.sock'),
    node: '/usr/bin/node',
    runtimes: new Map([
      ['runc', '/usr/sbin/runc'],
      ['crun', '/usr/bin/crun'],
    ]),
    dataRoot: '/var/lib/docker',
    dockerConfig: at('docker/daemon.json'),
    podmanConfig: at('containers.conf.d/99-portwarden.conf'),
    containerdConfig: at('containerd/config.toml'),
    units: at('systemd'),
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

function tree(): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [
      join(parentPath, name).slice(folder.length + 1),
      readFileSync(join(parentPath, name), 'utf8'),
    ]),
  );
}

const wrappers = new Map([
  ['runc', '/w/runc'],
  ['crun', '/w/crun'],
]);
const containerdConfig = `# mine
version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "pause:3" # keep
  [plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc.options]
      SystemdCgroup = true
      BinaryName = ""
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun.options]
      BinaryName = "/usr/bin/crun"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]
    runtime_type = "io.containerd.kata.v2"
`;

describe('installRuntime', () => {
  const configs = {
    docker: 'docker/daemon.json',
    podman: 'containers.conf.d/99-portwarden.conf',
    containerd: 'containerd/config.toml',
  };

  it.each(['docker', 'podman', 'containerd'] as const)(
    '%s: once is as twice, and is taken away whole',
    async (engine) => {
      const before = tree();
      const planned = installRuntime({ engine, paths, dryRun: true });
      expect(tree()).toEqual(before);
      const done = installRuntime({ engine, paths });
      expect(done).toEqual(planned);
      expect(Object.keys(tree())).toContain(configs[engine]);
      expect(statSync(at('lib/bin/runc')).mode & 0o777).toBe(0o755);
      expect(await readRuntimeStatus({ engine, paths })).toMatchObject({
        state: 'installed',
        differs: [],
        agent: 'away',
      });
      const once = tree();
      const again = installRuntime({ engine, paths });
      expect([again.restart, tree()]).toEqual([[], once]);
      uninstallRuntime({ engine, paths });
      expect(tree()).toEqual(before);
      expect((await readRuntimeStatus({ engine, paths })).state).toBe('absent');
      expect(uninstallRuntime({ engine, paths }).changes).toEqual([]);
    },
  );

  it.each([
    [
      'docker',
      'docker',
      '{\n    "live-restore": true,\n    "default-runtime": "crun",\n    "runtimes": {"crun": {"path": "/usr/bin/crun"}}\n}',
    ],
    ['containerd', 'containerd', containerdConfig],
  ] as const)('%s: gives back what somebody wrote, to the byte', (engine, directory, text) => {
    mkdirSync(at(directory));
    writeFileSync(at(configs[engine]), text);
    const before = tree();
    installRuntime({ engine, paths });
    expect(tree()[`${configs[engine]}.before-portwarden`]).toBe(text);
    uninstallRuntime({ engine, paths });
    expect(tree()).toEqual(before);
  });

  it('keeps the mode of a file, and a symlink to it', () => {
    mkdirSync(at('docker'));
    writeFileSync(at('mine.json'), '{}', { mode: 0o600 });
    symlinkSync('../mine.json', at(configs.docker));
    installRuntime({ engine: 'docker', paths });
    expect(readFileSync(at('mine.json'), 'utf8')).toContain('portwarden');
    expect([lstatSync(at(configs.docker)).isSymbolicLink(), statSync(at('mine.json')).mode & 0o777]).toEqual([
      true,
      0o600,
    ]);
    expect(statSync(`${at(configs.docker)}.before-portwarden`).mode & 0o777).toBe(0o600);
    uninstallRuntime({ engine: 'docker', paths });
    expect([lstatSync(at(configs.docker)).isSymbolicLink(), readFileSync(at('mine.json'), 'utf8')]).toEqual([
      true,
      '{}',
    ]);
  });

  it('leaves no folder of its own, and the files of others in one', () => {
    mkdirSync(at('systemd/docker.service.d'), { recursive: true });
    writeFileSync(at('systemd/docker.service.d/proxy.conf'), '[Service]\n');
    installRuntime({ engine: 'docker', paths });
    uninstallRuntime({ engine: 'docker', paths });
    expect(readdirSync(at('systemd'))).toEqual(['docker.service.d']);
    expect(readdirSync(at('systemd/docker.service.d'))).toEqual(['proxy.conf']);
    expect(existsSync(at('lib'))).toBe(false);
  });

  it('leaves to an engine what it shares with another', () => {
    installRuntime({ engine: 'docker', paths });
    const docker = tree();
    installRuntime({ engine: 'containerd', paths });
    uninstallRuntime({ engine: 'containerd', paths });
    expect(tree()).toEqual(docker);
    installRuntime({ engine: 'podman', paths });
    uninstallRuntime({ engine: 'docker', paths });
    expect(Object.keys(tree()).toSorted()).toEqual([
      ...[configs.podman, 'lib/bin/crun', 'lib/bin/runc', 'lib/runtime-client.mjs'],
    ]);
  });

  it('touches nothing where a configuration cannot be read', () => {
    mkdirSync(at('docker'));
    writeFileSync(at('docker/daemon.json'), '{"a": 1,}');
    const before = tree();
    expect(() => installRuntime({ engine: 'docker', paths })).toThrow('daemon.json cannot be read');
    expect(tree()).toEqual(before);
    expect(existsSync(at('lib'))).toBe(false);
  });

  it('installs a client that is JavaScript', () => {
    installRuntime({ engine: 'podman', paths });
    const client = readFileSync(at('lib/runtime-client.mjs'), 'utf8');
    expect(client).not.toMatch(/interface |: string/);
    expect([...client.matchAll(/ from '([^']*)'/g)].map(([, name]) => name)).toEqual([
      'node:fs',
      'node:net',
      'node:path',
    ]);
  });

  it('shows what it would write', () => {
    const { changes } = installRuntime({ engine: 'docker', paths, dryRun: true });
    const text = printChanges(changes);
    expect(text).toContain(`write ${at('lib/bin/runc')}\n`);
    expect(text).toContain('+   "default-runtime": "portwarden"');
  });
});

describe('editDockerConfig', () => {
  it('takes the place of the default, and of runtimes that have a wrapper', () => {
    const text = JSON.stringify({
      'default-runtime': 'mine',
      runtimes: {
        mine: { path: '/usr/bin/crun', runtimeArgs: ['--debug'] },
        kata: { runtimeType: 'io.containerd.kata.v2' },
      },
    });
    const edited = editDockerConfig(text, wrappers);
    expect(JSON.parse(edited)).toEqual({
      'default-runtime': 'portwarden',
      runtimes: {
        mine: { path: '/w/crun', runtimeArgs: ['--debug'] },
        kata: { runtimeType: 'io.containerd.kata.v2' },
        portwarden: { path: '/w/crun', runtimeArgs: ['--debug'] },
      },
    });
    expect(editDockerConfig(edited, wrappers)).toBe(edited);
    expect(unseenRuntimes(edited, wrappers)).toEqual(['kata']);
  });

  it('gives back only what is its own where somebody changed it since', () => {
    const edited = editDockerConfig('{"runtimes":{"c":{"path":"/usr/bin/crun"}}}', wrappers);
    const changed = JSON.stringify({ ...JSON.parse(edited), debug: true });
    expect(
      JSON.parse(restoreDockerConfig(changed, '{"runtimes":{"c":{"path":"/usr/bin/crun"}}}', wrappers) ?? ''),
    ).toEqual({
      debug: true,
      runtimes: { c: { path: '/usr/bin/crun' } },
    });
  });

  it.each(['[]', '{"a":1', '"x"', '{"a":1}{"b":2}'])('refuses %j', (text) => {
    expect(() => editDockerConfig(text, wrappers)).toThrow('daemon.json');
  });
});

describe('editContainerdConfig', () => {
  it('sets BinaryName where it stands, and nothing else', () => {
    const edited = editContainerdConfig(containerdConfig, wrappers);
    expect(edited).toBe(
      containerdConfig.replace('BinaryName = ""', 'BinaryName = "/w/runc"').replace('"/usr/bin/crun"', '"/w/crun"'),
    );
    expect(editContainerdConfig(edited, wrappers)).toBe(edited);
    expect(unseenContainerdRuntimes(edited, wrappers)).toEqual(['kata']);
  });

  it.each([
    [undefined, 'io.containerd.grpc.v1.cri'],
    ['version = 2\n', 'io.containerd.grpc.v1.cri'],
    ['version = 3\n[debug]\nlevel = "info"\n', 'io.containerd.cri.v1.runtime'],
    [
      'version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]\nruntime_type = "io.containerd.runc.v2"\n',
      'io.containerd.grpc.v1.cri',
    ],
    [
      'version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]\nSystemdCgroup = true\n',
      'io.containerd.grpc.v1.cri',
    ],
  ])('adds what is missing to %j', (text, plugin) => {
    const made = parse(editContainerdConfig(text, wrappers));
    expect(made).toMatchObject({
      plugins: { [plugin]: { containerd: { runtimes: { runc: { options: { BinaryName: '/w/runc' } } } } } },
    });
  });

  it.each([
    ['version = 1\n'],
    ['version = 9\n'],
    ['version = \n'],
    [
      'version = 2\nplugins = { "io.containerd.grpc.v1.cri" = { containerd = { runtimes = { runc = { runtime_type = "io.containerd.runc.v2" } } } } }\n',
    ],
  ])('refuses %j', (text) => {
    expect(() => editContainerdConfig(text, wrappers)).toThrow('config.toml');
  });
});

it('quotes a path for systemd', () => {
  expect(compileServicePath('/opt/100% "x"')).toContain('Environment="PATH=/opt/100%% \\"x\\":');
});
