import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Passport } from '../../src/model/wire/index.ts';
import {
  type ContainerEngine,
  debianImage,
  debianRelease,
  debootstrapImage,
  describeWith,
  goImage,
  npmImage,
  npmPackages,
  pushImage,
  pythonImage,
  pythonPackages,
  type RegistryServer,
  startDockerd,
  startPodman,
  startRegistry,
  writeDockerArchive,
  writeOciLayout,
} from '../engines/index.ts';
import { runPortwarden } from './running-portwarden.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-scan-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Each scan has a data directory of its own, unless a test keeps one. */
function scan(source: string, args: readonly string[] = [], data = join(directory, 'no-store')) {
  return runPortwarden(['scan', source, ...args], { PORTWARDEN_DATA: data });
}

async function passportOf(source: string, args: readonly string[] = []): Promise<Passport> {
  const { code, stdout, stderr } = await scan(source, ['--format', 'json', ...args]);
  expect(stderr).not.toContain('portwarden:');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Passport;
}

function versions(passport: Passport, ecosystem: string): string[] {
  return passport.components
    .filter((component) => component.ecosystem === ecosystem && component.ownedBy === null)
    .map(({ name, version }) => `${name} ${version}`)
    .sort();
}

describeWith(['debian', 'busybox', 'registry', 'skopeo'], 'portwarden scan of real images', () => {
  it('finds what dpkg says is in a Debian of debootstrap', async () => {
    const image = debootstrapImage();
    writeOciLayout(image, join(directory, 'debootstrap'));
    const passport = await passportOf(`oci-layout:${join(directory, 'debootstrap')}`);
    const admin = join(directory, 'dpkg');
    execFileSync('mkdir', ['-p', join(admin, 'updates'), join(admin, 'info')]);
    const status = execFileSync('tar', ['-xOf', image.layers[0] ?? '', './var/lib/dpkg/status'], {
      maxBuffer: 2 ** 26,
    });
    writeFileSync(join(admin, 'status'), status);
    const ask = [
      '--admindir',
      admin,
      '-W',
      '-f',
      '${db:Status-Status} ${Package} ${Version} ${source:Package} ${source:Version}\\n',
    ];
    const installed = execFileSync('dpkg-query', ask, { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .map((line) => line.slice('installed '.length));
    const found = passport.components
      .filter(({ ecosystem }) => ecosystem === 'deb')
      .map((each) => `${each.name} ${each.version} ${each.source?.name} ${each.source?.version}`);
    expect(found.sort()).toEqual(installed.sort());
    expect(installed.length).toBeGreaterThan(50);
    expect(passport.distribution).toContain(debianRelease().codename);
    expect(passport.facts?.setuidFiles).toContain('/usr/bin/passwd');
  });

  it('finds npm packages, and not the application that uses them', async () => {
    writeOciLayout(npmImage(), join(directory, 'npm'));
    const passport = await passportOf(`oci-layout:${join(directory, 'npm')}`);
    const wanted = npmPackages.map(
      (name) => `${name.slice(0, name.lastIndexOf('@'))} ${name.slice(name.lastIndexOf('@') + 1)}`,
    );
    expect(versions(passport, 'npm')).toEqual(wanted.sort());
    expect(passport.facts).toMatchObject({ user: '1000', runsAsRoot: false });
  });

  it('counts Python packages that dpkg owns through dpkg alone', async () => {
    writeOciLayout(pythonImage(), join(directory, 'python'));
    const passport = await passportOf(`oci-layout:${join(directory, 'python')}`);
    expect(versions(passport, 'pypi').map((each) => each.split(' ')[0])).toEqual(['urllib3']);
    const owned = passport.components.filter(
      (component) => component.ecosystem === 'pypi' && component.ownedBy !== null,
    );
    expect(owned.map(({ name }) => name).sort()).toEqual(['pyyaml', 'requests']);
    for (const name of pythonPackages.byDpkg) expect(versions(passport, 'deb').join()).toContain(name);
  });

  it('finds the Go of a binary, its port and its user', async () => {
    writeOciLayout(goImage(), join(directory, 'go'));
    const passport = await passportOf(`oci-layout:${join(directory, 'go')}`);
    expect(versions(passport, 'golang').join()).toMatch(/stdlib 1\.\d+/);
    expect(passport.facts).toMatchObject({ user: '65532:65532', runsAsRoot: false, exposedPorts: ['5000/tcp'] });
  });

  it('prints nothing but CycloneDX where that is asked for', async () => {
    writeOciLayout(npmImage(), join(directory, 'bom'));
    const { stdout, code } = await scan(`oci-layout:${join(directory, 'bom')}`, ['--format', 'cyclonedx']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
  });

  it('judges by the feeds that were imported, and exits 1 where a policy says no', async () => {
    const data = join(directory, 'data');
    const feed = join(directory, 'osv.json');
    const range = { type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '4.17.21' }] };
    const record = {
      id: 'TEST-1',
      modified: '2026-01-01T00:00:00Z',
      summary: 'command injection',
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H' }],
      affected: [{ package: { ecosystem: 'npm', name: 'lodash' }, ranges: [range] }],
    };
    writeFileSync(feed, JSON.stringify(record));
    const source = `oci-layout:${join(directory, 'judged')}`;
    writeOciLayout(npmImage(), join(directory, 'judged'));
    expect((await scan(source, ['--fail-on', 'critical'], data)).code).toBe(1);
    expect(existsSync(join(data, 'portwarden.db'))).toBe(false);
    expect((await runPortwarden(['feeds', 'import', feed], { PORTWARDEN_DATA: data })).code).toBe(0);
    expect((await scan(source, ['--fail-on', 'critical'], data)).code).toBe(0);
    const refused = await scan(source, ['--fail-on', 'high', '--format', 'json'], data);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('1 findings are high or worse');
    const { findings } = JSON.parse(refused.stdout) as Passport;
    expect(findings).toMatchObject([{ advisory: 'TEST-1', severity: 'high', name: 'lodash', fixedIn: '4.17.21' }]);
  });

  it('says what it could not read of an archive that was cut off, and reads the rest', async () => {
    const archive = join(directory, 'cut.tar');
    writeDockerArchive(debianImage(), archive, 'localhost/harbor/debian:1');
    truncateSync(archive, Math.floor(readFileSync(archive).length * 0.6));
    const { code, stdout, stderr } = await scan(`docker-archive:${archive}`, ['--format', 'json']);
    if (code === 0) expect((JSON.parse(stdout) as Passport).problems).not.toEqual([]);
    else expect([code, stderr]).toEqual([3, expect.stringContaining('cut.tar')]);
  });

  it.each(['docker-archive:/nowhere.tar', 'oci-layout:/nowhere', 'rootfs:/nowhere', 'registry:127.0.0.1:1/app:1'])(
    'ends with 3 and the reason where %s cannot be read',
    async (source) => {
      const { code, stdout, stderr } = await scan(source);
      expect([code, stdout]).toEqual([3, '']);
      expect(stderr).toMatch(/^portwarden: .+/);
    },
  );
});

describeWith(['dockerd', 'podman', 'registry', 'skopeo', 'debian'], 'the same image from every place', () => {
  let docker: ContainerEngine;
  let podman: ContainerEngine;
  let registry: RegistryServer;
  beforeAll(async () => {
    [docker, podman, registry] = await Promise.all([startDockerd(), startPodman(), startRegistry()]);
  });
  afterAll(async () => {
    await Promise.all([docker?.stop(), podman?.stop(), registry?.stop()]);
  });

  it('has the same components, the same facts and the same ID', async () => {
    const image = debianImage();
    const reference = 'localhost/harbor/debian:1';
    const archive = join(directory, 'everywhere.tar');
    const layout = join(directory, 'everywhere');
    writeDockerArchive(image, archive, reference);
    writeOciLayout(image, layout, { tag: '1' });
    await Promise.all([docker.load(archive), podman.load(archive)]);
    await pushImage(image, `${registry.host}/harbor/debian:1`);
    process.env.PORTWARDEN_DOCKER_SOCKET = docker.socket;
    process.env.PORTWARDEN_PODMAN_SOCKET = podman.socket;
    const sources = [
      `oci-layout:${layout}:1`,
      `docker-archive:${archive}`,
      `docker:${reference}`,
      `podman:${reference}`,
      `registry:${registry.host}/harbor/debian:1`,
    ];
    const [first, ...others] = await Promise.all(sources.map((source) => passportOf(source)));
    expect(first?.components.length).toBeGreaterThan(10);
    for (const other of others) {
      expect(other.components).toEqual(first?.components);
      expect(other.subject.key).toBe(first?.subject.key);
      expect({ ...other.facts, layers: [], ageDays: 0 }).toEqual({ ...first?.facts, layers: [], ageDays: 0 });
    }
  });
});
