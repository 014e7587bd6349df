import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debootstrap, downloadPackages, installDebianPackages, layMergedUsr, unpackPackage } from './debian-tree.ts';
import { findProgram } from './engine-needs.ts';
import { cachedLayer } from './layer-cache.ts';
import type { TestImage } from './test-image.ts';

export * from './test-image.ts';

/** Stays until it is killed, and ends at once when it is asked to. */
const waitForever = ['sh', '-c', 'trap exit TERM INT; while :; do sleep 1; done'];

/** The smallest image that runs: the static busybox of Debian under a dozen names. */
export function busyboxImage(): TestImage {
  return { layers: [busyboxLayer()], config: { Cmd: waitForever, Env: ['PATH=/bin'] } };
}

function busyboxLayer(): string {
  return cachedLayer('busybox-1', (root) => {
    for (const name of ['bin', 'etc', 'tmp']) mkdirSync(join(root, name));
    copyFileSync(need('busybox'), join(root, 'bin/busybox'));
    chmodSync(join(root, 'bin/busybox'), 0o755);
    for (const name of ['sh', 'sleep', 'ls', 'cat', 'echo', 'nc', 'wget'])
      symlinkSync('busybox', join(root, 'bin', name));
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\nharbor:x:1000:1000::/:/bin/sh\n');
  });
}

/** Packages of this machine's Debian with their dpkg records: a shell, a C library, OpenSSL. */
export const debianPackages = [
  'base-files',
  'dash',
  'coreutils',
  'libacl1',
  'libattr1',
  'libc6',
  'libgmp10',
  'libpcre2-8-0',
  'libselinux1',
  'libssl3',
  'openssl',
  'zlib1g',
];

export function debianImage(): TestImage {
  return { layers: [debianLayer()], config: { Cmd: waitForever, Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'] } };
}

function debianLayer(): string {
  return cachedLayer('debian-1', (root) => {
    layMergedUsr(root);
    installDebianPackages(root, debianPackages);
  });
}

/** What debootstrap itself makes of Debian: some ninety packages, configured. */
export function debootstrapImage(): TestImage {
  const layer = cachedLayer('debootstrap-1', debootstrap);
  return { layers: [layer], config: { Cmd: waitForever, Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'] } };
}

/** Old releases with published advisories, installed by npm itself on top of busybox. */
export const npmPackages = ['minimist@1.2.5', 'lodash@4.17.20', '@hapi/hoek@9.3.0'];

export function npmImage(): TestImage {
  const layer = cachedLayer('npm-1', (root) => {
    const app = join(root, 'srv/app');
    mkdirSync(app, { recursive: true });
    writeFileSync(join(app, 'package.json'), '{ "name": "harbor-app", "version": "3.2.1", "license": "Apache-2.0" }\n');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...npmPackages], {
      cwd: app,
      stdio: 'pipe',
    });
  });
  return { layers: [busyboxLayer(), layer], config: { Cmd: waitForever, Env: ['PATH=/bin'], User: '1000' } };
}

/** Python packages of Debian, recorded by dpkg, and one more that only has its own dist-info, as pip leaves it. */
export const pythonPackages = { byDpkg: ['python3-requests', 'python3-yaml'], byItself: 'python3-urllib3' } as const;

export function pythonImage(): TestImage {
  const layer = cachedLayer('python-1', (root) => {
    installDebianPackages(root, pythonPackages.byDpkg, debianStatus());
    const stage = mkdtempSync(join(tmpdir(), 'pw-python-'));
    chmodSync(stage, 0o777);
    try {
      downloadPackages(stage, [pythonPackages.byItself]);
      const file = readdirSync(stage).find((name) => name.endsWith('.deb'));
      unpackPackage(stage, join(stage, file ?? ''));
      const site = join(root, 'usr/local/lib/python3.11');
      mkdirSync(site, { recursive: true });
      execFileSync('cp', ['-a', join(stage, 'usr/lib/python3/dist-packages'), join(site, 'dist-packages')]);
    } finally {
      rmSync(stage, { recursive: true });
    }
  });
  return { layers: [debianLayer(), layer], config: { Cmd: waitForever, Env: ['PATH=/usr/bin:/bin'] } };
}

function debianStatus(): string {
  return execFileSync('tar', ['-xOf', debianLayer(), './var/lib/dpkg/status'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
}

/** A Go program of Debian: the registry itself, alone in an image from scratch, run by a number. */
export function goImage(): TestImage {
  const layer = cachedLayer('go-1', (root) => {
    copyFileSync(need('docker-registry'), join(root, 'registry'));
    chmodSync(join(root, 'registry'), 0o755);
  });
  return {
    layers: [layer],
    config: { Entrypoint: ['/registry'], User: '65532:65532', ExposedPorts: { '5000/tcp': {} } },
  };
}

/** A layer of the files that are given, on top of whatever. */
export function filesLayer(name: string, files: Readonly<Record<string, string>>): string {
  return cachedLayer(name, (root) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  });
}

function need(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}
