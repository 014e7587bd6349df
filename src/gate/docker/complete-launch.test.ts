import { describe, expect, it } from 'vitest';
import { dockerGateScene, imageId, manifestDigest } from '../../../test/fakes/docker-gate-scene.ts';
import type { KnownImage } from './ask-engine.ts';

const id = imageId;
const digest = manifestDigest;
const create = '/v1.41/containers/create';

describe('what names mean on the host', () => {
  const imageOf = async (name: string, known: KnownImage | undefined) => {
    const { ask, referee } = dockerGateScene(known ? { images: { [name]: known } } : {});
    await ask('POST', create, { Image: name });
    return referee.asked[0]?.set.requests[0]?.image;
  };
  const app = { registry: 'trusted.example', repository: 'app' };

  it.each([
    [
      'a name that its registry gave',
      'trusted.example/app:1',
      [`trusted.example/app@${digest}`],
      { ...app, tag: '1', digest },
    ],
    [
      'a name that was put on an image from elsewhere',
      'trusted.example/app:1',
      [`evil.example/x@${digest}`],
      { registry: 'evil.example', repository: 'x', digest },
    ],
    ['a name that was put on an image from nowhere', 'trusted.example/app:1', [], undefined],
    ['the beginning of an ID', 'aba', [`trusted.example/app@${digest}`], { ...app, digest }],
    ['names that are none', 'trusted.example/app:1', ['<none>@<none>'], undefined],
  ])('%s', async (_, name, repoDigests, reference) => {
    expect(await imageOf(name, { id, repoDigests })).toEqual({
      value: name,
      path: 'Image',
      id,
      ...(reference ? { reference } : {}),
    });
  });

  it('of an image that is not here, what was asked', async () => {
    expect(await imageOf('trusted.example/app:1', undefined)).toEqual({
      value: 'trusted.example/app:1',
      path: 'Image',
      reference: { ...app, tag: '1' },
    });
    expect((await imageOf('aba', undefined))?.problem).toMatch(/beginning of an image ID/);
  });

  it('what they mean now, where the same is asked again in the same words', async () => {
    const other = `sha256:${'cd'.repeat(32)}` as const;
    const images: Record<string, KnownImage> = { app: { id, repoDigests: [] } };
    const { ask, referee } = dockerGateScene({ images });
    await ask('POST', create, { Image: 'app' });
    images.app = { id: other, repoDigests: [] };
    for (const _ of [1, 2]) await ask('POST', create, { Image: 'app' });
    images.app = { id, repoDigests: [] };
    await ask('POST', create, { Image: 'app' });
    expect(referee.asked.map(({ set }) => set.requests[0]?.image?.id)).toEqual([id, other, other, id]);
  });

  it('of a container that is entered by the beginning of its ID, which it is and of which image', async () => {
    const { ask, referee } = dockerGateScene({
      containers: { a1b: { name: 'web', imageId: id, image: 'trusted.example/app:1' } },
      images: { [id]: { id, repoDigests: [`mirror.example/app@${digest}`, `trusted.example/app@${digest}`] } },
    });
    expect(await ask('POST', '/v1.41/containers/a1b/exec', { Cmd: ['sh'] })).toEqual({ Allow: true });
    expect(await ask('POST', '/v1.41/containers/other/update', { Memory: 1 })).toEqual({ Allow: true });
    const image = { value: 'trusted.example/app:1', path: '', id, reference: { ...app, tag: '1', digest } };
    expect(referee.asked.map(({ set }) => set.requests[0])).toMatchObject([{ name: 'web', image }, { name: 'other' }]);
    expect(referee.asked[1]?.set.requests[0]).not.toHaveProperty('image');
  });

  const disguised = { driver: 'local', options: { type: 'none', o: 'bind', device: '/etc' } };
  it.each([
    ['a bind', { Binds: ['/etc:/x:ro'] }, {}, '/etc'],
    ['a mount', { Mounts: [{ Type: 'bind', Source: '/etc', Target: '/x' }] }, {}, '/etc'],
    ['a volume that is a path in disguise', { Binds: ['data:/x'] }, { data: disguised }, '/etc'],
    [
      'one that the request describes as another',
      {
        Mounts: [
          {
            Type: 'volume',
            Source: 'data',
            Target: '/x',
            VolumeOptions: { DriverConfig: { Name: 'local', Options: {} } },
          },
        ],
      },
      { data: disguised },
      '/etc',
    ],
    [
      'one that the request makes',
      {
        Mounts: [
          {
            Type: 'volume',
            Source: 'new',
            Target: '/x',
            VolumeOptions: { DriverConfig: { Name: 'local', Options: disguised.options } },
          },
        ],
      },
      {},
      '/etc',
    ],
    ['a plain volume', { Binds: ['data:/x'] }, { data: { driver: 'local', options: {} } }, undefined],
  ])('%s', async (_, HostConfig, volumes, resolved) => {
    const { ask, referee } = dockerGateScene({ volumes });
    const reply = await ask('POST', create, { Image: 'a', HostConfig });
    expect(referee.asked[0]?.set.requests[0]?.mounts.map((mount) => mount.resolved)).toEqual([resolved]);
    expect(reply.Allow).toBe(resolved === undefined);
  });

  it('a volume is judged when it is made', async () => {
    const { ask, referee } = dockerGateScene();
    const reply = await ask('POST', '/v1.41/volumes/create', {
      Name: 'data',
      Driver: 'local',
      DriverOpts: disguised.options,
    });
    expect(reply.Msg).toMatch(/launch\/host-path: It reaches \/etc/);
    expect(referee.asked[0]?.set.requests[0]).toMatchObject({ action: 'update', name: 'data' });
    expect(await ask('POST', '/v1.41/volumes/create', { Name: 'plain' })).toEqual({ Allow: true });
  });
});
