import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeBolt } from '../../../test/fakes/bolt-writer.ts';
import { identifyContainer, identifyUserContainer } from './identify-container.ts';
import type { RuntimeCall } from './runtime-call.ts';

const id = 'ab'.repeat(32);
const image = `sha256:${'cd'.repeat(32)}`;
const manifest = `sha256:${'ef'.repeat(32)}`;
let folder: string;
const at = (name: string): string => join(folder, name);
const write = (name: string, value: unknown): void => {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), value instanceof Buffer || typeof value === 'string' ? value : JSON.stringify(value));
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pw-identify-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function identify(part: Partial<RuntimeCall>) {
  const call = {
    command: 'create',
    id,
    options: [],
    args: [],
    root: '',
    bundle: '/b',
    dataRoot: at('docker'),
  } as const;
  return identifyContainer({ ...call, ...part }, at('containerd'));
}

const moby = `/run/containerd/io.containerd.runtime.v2.task/moby/${id}`;

describe('a container of dockerd', () => {
  beforeEach(() => {
    const config = { Image: 'example.test/app:1', Labels: { team: 'a', n: 1 } };
    write(`docker/containers/${id}/config.v2.json`, { ID: id, Name: '/web', Image: image, Config: config });
  });

  it('has its name, labels, and image by the ID', async () => {
    expect(await identify({ bundle: moby })).toEqual({
      engine: 'docker',
      name: 'web',
      labels: { team: 'a' },
      image: { value: 'example.test/app:1', path: '', id: image },
    });
  });

  it('has a name of the image only with the digest by which it was pulled', async () => {
    const app = {
      'example.test/app:1': image,
      [`example.test/app@${manifest}`]: image,
      [`example.test/app@sha256:${'00'.repeat(32)}`]: `sha256:${'11'.repeat(32)}`,
    };
    write('docker/image/overlay2/repositories.json', { Repositories: { 'example.test/app': app } });
    expect((await identify({ bundle: moby })).image).toMatchObject({
      id: image,
      reference: { registry: 'example.test', repository: 'app', digest: manifest },
    });
  });

  it('whose image was given the name of another is not that', async () => {
    const names = { 'example.test/app:1': image };
    const pulled = { [`evil.test/x@${manifest}`]: image };
    write('docker/image/overlay2/repositories.json', {
      Repositories: { 'example.test/app': names, 'evil.test/x': pulled },
    });
    expect((await identify({ bundle: moby })).image?.reference).toEqual({
      ...{ registry: 'evil.test', repository: 'x', digest: manifest },
    });
  });

  it('with its image in containerd has the manifest', async () => {
    write(`docker/containers/${id}/config.v2.json`, {
      ...{ Name: '/web', Image: image, ImageManifest: { digest: manifest }, Config: { Image: 'app' } },
    });
    expect((await identify({ bundle: moby })).image?.reference).toEqual({
      ...{ registry: 'docker.io', repository: 'library/app', digest: manifest },
    });
  });

  it('is none of kubelet', async () => {
    const { engine } = await identify({ bundle: moby.replace('/moby/', '/k8s.io/') });
    expect(engine).toBe('cri');
  });

  it.each(['', '[]', '{', '{"Config":{}}', '{"Config":1}', 'null'])('is not known by %j', async (text) => {
    write(`docker/containers/${id}/config.v2.json`, text);
    expect((await identify({ bundle: moby })).image?.problem).toBeTruthy();
  });

  it('is not found by an ID that leads elsewhere', async () => {
    expect((await identify({ id: '..', bundle: '/x' })).image?.problem).toContain('no engine');
  });
});

describe('a container of podman', () => {
  const bundle = () => at(`graph/overlay-containers/${id}/userdata`);

  it('has its name, and image by ID and digest', async () => {
    const metadata = JSON.stringify({ 'image-name': 'localhost/app:1' });
    write('graph/overlay-containers/containers.json', [{ id, names: ['web'], image: image.slice(7), metadata }]);
    write('graph/overlay-images/images.json', [{ id: image.slice(7), digest: manifest, names: ['localhost/app:1'] }]);
    expect(await identify({ bundle: bundle() })).toEqual({
      engine: 'podman',
      name: 'web',
      image: {
        ...{ value: 'localhost/app:1', path: '', id: image },
        reference: { registry: 'localhost', repository: 'app', digest: manifest },
      },
    });
  });

  it('that is not listed is not known', async () => {
    expect(await identify({ bundle: bundle() })).toMatchObject({ engine: 'podman', image: { value: '' } });
    write('graph/overlay-containers/containers.json', [null, { id: 1 }, { id, image: image.slice(7), metadata: '{' }]);
    expect((await identify({ bundle: bundle() })).image).toEqual({ value: image, path: '', id: image });
  });
});

describe('a container of containerd', () => {
  const bundle = '/run/containerd/io.containerd.runtime.v2.task/default/pilot';
  const store = (containers: Record<string, string>, images: Record<string, { target: { digest: string } }>) =>
    write(
      'containerd/io.containerd.metadata.v1.bolt/meta.db',
      writeBolt({ v1: { default: { containers: { pilot: containers }, images } } }),
    );
  const name = 'example.test/app:1';

  it.each([
    [
      'by its digest',
      { image: name },
      { value: name, path: '', reference: { registry: 'example.test', repository: 'app', digest: manifest } },
    ],
    ['by its ID', { image }, { value: image, path: '', id: image }],
    ['that is gone', { image: 'a:2' }, { value: 'a:2', path: '', problem: 'containerd does not know the image' }],
    ['that it has not', {}, { value: '', path: '', problem: 'containerd does not say of which image it is' }],
  ])('with an image %s', async (_, container, wanted) => {
    store(container, { [name]: { target: { digest: manifest } } });
    expect(await identify({ id: 'pilot', bundle })).toEqual({ engine: 'containerd', image: wanted });
  });

  it('whose database is not there or is none is not known', async () => {
    expect((await identify({ id: 'pilot', bundle })).image?.problem).toContain('cannot be read');
    write('containerd/io.containerd.metadata.v1.bolt/meta.db', 'x'.repeat(10_000));
    expect((await identify({ id: 'pilot', bundle })).image?.problem).toContain('no valid meta page');
  });
});

it.each([
  ['runc', 'state.json', (bundle: string) => ({ config: { labels: [1, 'x', `bundle=${bundle}`] } })],
  ['crun', 'status', (bundle: string) => ({ bundle })],
])('finds the bundle of a process by the state of %s', async (_, file, state) => {
  write(`state/${id}/${file}`, state(at(`graph/overlay-containers/${id}/userdata`)));
  expect(await identify({ command: 'exec', root: at('state'), bundle: '/wrong' })).toMatchObject({ engine: 'podman' });
  expect((await identify({ command: 'exec', root: at('nowhere') })).engine).toBeUndefined();
});

describe('a container of a user without root', () => {
  const self = process.getuid?.() ?? 0;
  const asked = { options: [], args: [], root: '', dataRoot: '', command: 'create', id } as const;
  const bundle = () => at(`vfs-containers/${id}/userdata`);
  const ofUser = (owner: number, part: Partial<RuntimeCall> = {}) =>
    identifyUserContainer({ ...asked, bundle: bundle(), dataRoot: at('docker'), ...part }, owner);

  beforeEach(() => {
    const metadata = JSON.stringify({ 'image-name': 'example.test/app:1' });
    write('vfs-containers/containers.json', [{ id, names: ['web'], image: image.slice(7), metadata }]);
    write('vfs-images/images.json', [{ id: image.slice(7), names: ['example.test/app:1'], digest: manifest }]);
    write(`docker/containers/${id}/config.v2.json`, { Name: '/of-root', Image: image, Config: { Image: 'x' } });
    write(`state/${id}/status`, { bundle: bundle() });
  });

  it('is known by files of that user', async () => {
    const known = { engine: 'podman', name: 'web', image: { value: 'example.test/app:1', id: image } };
    expect(await ofUser(self)).toMatchObject(known);
    expect(await ofUser(self, { command: 'exec', bundle: '/', root: at('state') })).toMatchObject(known);
  });

  it('is not known by files of another', async () => {
    for (const part of [{}, { command: 'exec', bundle: '/', root: at('state') } as const])
      expect((await ofUser(self + 1, part)).image).toHaveProperty('problem');
  });

  it('is never one of an engine of root, whatever it says', async () => {
    expect((await ofUser(self, { bundle: moby })).image).toHaveProperty('problem');
  });
});
