import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import {
  busyboxImage,
  type ContainerEngine,
  debianImage,
  describeWith,
  npmImage,
  pushImage,
  pythonImage,
  registryLogin,
  startDockerd,
  startPodman,
  startPostgres,
  startRegistry,
  whyMissing,
  writeDockerArchive,
  writeOciLayout,
} from '../engines/index.ts';
import { mountsUnder, processesNaming } from '../engines/scratch.ts';

const engines = [
  ['dockerd', startDockerd],
  ['podman', startPodman],
] as const;

describe.each(engines)('%s', (name, start) => {
  describeWith([name, 'busybox'], 'of a test', () => {
    it('runs an image of ours and leaves nothing behind', async () => {
      const engine: ContainerEngine = await start();
      const scratch = join(engine.socket, '..');
      try {
        const image = await loadAs(engine, 'localhost/harbor/busybox:1');
        const id = await engine.run({ image, name: 'pilot', labels: { berth: '7' } });
        const listed = (await engine.call('GET', '/containers/json')) as { Id: string; Labels: object }[];
        expect(listed).toMatchObject([{ Id: id, State: 'running', Labels: { berth: '7' } }]);
        expect(processesNaming(scratch)).not.toEqual([]);
        await engine.stopContainer(id);
        expect(await engine.call('GET', `/containers/${id}/json`)).toMatchObject({ State: { Running: false } });
        await engine.run({ image, name: 'still-running' });
      } finally {
        await engine.stop();
      }
      expect(processesNaming(scratch)).toEqual([]);
      expect(mountsUnder(scratch)).toEqual([]);
      expect(existsSync(scratch)).toBe(false);
      await engine.stop();
    });
  });
});

async function loadAs(engine: ContainerEngine, reference: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'pw-load-'));
  const archive = join(directory, 'image.tar');
  try {
    writeDockerArchive(busyboxImage(), archive, reference);
    return await engine.load(archive);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describeWith(['registry', 'skopeo', 'busybox'], 'registry of a test', () => {
  it.each([undefined, 'basic', 'bearer'] as const)('takes and gives an image (authentication: %s)', async (auth) => {
    const registry = await startRegistry(auth ? { auth } : {});
    try {
      const login = auth && { login: registryLogin };
      const digest = await pushImage(busyboxImage(), `${registry.host}/harbor/busybox:1`, login);
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      const answer = await request(`http://${registry.host}/v2/harbor/busybox/manifests/1`, {
        headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
      });
      await answer.body.dump();
      if (auth === undefined) expect(answer.headers['docker-content-digest']).toBe(digest);
      else expect(answer.headers['www-authenticate']).toMatch(new RegExp(`^${auth} `, 'i'));
      if (auth) await expect(pushImage(busyboxImage(), `${registry.host}/harbor/refused:1`)).rejects.toThrow();
    } finally {
      await registry.stop();
    }
  });
});

describeWith(['postgres'], 'PostgreSQL of a test', () => {
  it('answers, and is gone after its stop', async () => {
    const server = await startPostgres();
    const client = new pg.Client({ connectionString: server.url });
    client.on('error', () => {});
    await client.connect();
    expect((await client.query('select 6 * 7 as answer')).rows).toEqual([{ answer: 42 }]);
    await client.end();
    await server.stop();
    await expect(new pg.Client({ connectionString: server.url }).connect()).rejects.toThrow();
  });
});

describeWith(['debian', 'busybox'], 'images of a test', () => {
  it.each([
    ['debian', debianImage],
    ['npm', npmImage],
    ['python', pythonImage],
  ] as const)('%s: the same recipe gives the same digest', (_, make) => {
    const directory = mkdtempSync(join(tmpdir(), 'pw-layout-'));
    try {
      const digest = writeOciLayout(make(), join(directory, 'a'), { compression: 'zstd' });
      expect(writeOciLayout(make(), join(directory, 'b'), { compression: 'zstd' })).toBe(digest);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('whyMissing', () => {
  it('names the package to install', () => {
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      expect(whyMissing('skopeo')).toBe('skopeo not installed: apt-get install skopeo');
    } finally {
      process.env.PATH = path;
    }
  });
});
