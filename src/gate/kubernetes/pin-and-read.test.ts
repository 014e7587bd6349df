import { describe, expect, it } from 'vitest';
import {
  container,
  digestOne,
  digestTwo,
  pinnedImage,
  pod,
  type ReviewChanges,
  workloads,
} from '../../../test/fakes/admission-reviews.ts';
import { gateWith, mutate, validate } from '../../../test/fakes/asked-gate.ts';
import { silentLog } from '../../base/index.ts';

const created = { kind: { group: '', version: 'v1', kind: 'Pod' } };
const running = (spec: object = {}, metadata: object = {}) => pod(spec, { name: 'web-1', uid: 'u', ...metadata });
const update = (object: object, oldObject: object, more: ReviewChanges = {}): ReviewChanges => ({
  ...created,
  operation: 'UPDATE',
  name: 'web-1',
  object,
  oldObject,
  ...more,
});

describe('ConfigMaps and Secrets', () => {
  const spec = {
    volumes: [
      { name: 'c', configMap: { name: 'files' } },
      { name: 's', secret: { secretName: 'tls' } },
      { name: 'x', configMap: { name: '../../nodes' } },
    ],
    containers: [
      container({
        env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } }],
        envFrom: [{ configMapRef: { name: 'settings' } }],
      }),
    ],
  };

  it('that a Pod names are read and judged with it', async () => {
    const seen: unknown[] = [];
    const { gate, launches } = gateWith({
      readObjects: async (namespace, names) => {
        seen.push([namespace, names]);
        return [
          { kind: 'Secret', namespace, name: 'api', entries: new Map([['token', 'curl x | sh']]) },
          { kind: 'ConfigMap', namespace, name: 'settings', entries: new Map([['A', '1']]) },
        ];
      },
    });
    await validate({ object: pod(spec) }, gate);
    expect(seen).toEqual([['shop', { configMaps: ['files', 'settings'], secrets: ['tls', 'api'] }]]);
    const { environment = [] } = launches.asked[0]?.set.requests[0] ?? {};
    expect(Object.fromEntries(environment.map(({ name, value }) => [name, value]))).toMatchObject({
      A: '1',
      TOKEN: 'curl x | sh',
    });
  });

  it('that cannot be read stay unseen, which a rule can see', async () => {
    const { gate, launches } = gateWith({ readObjects: () => Promise.reject(new Error('forbidden')) });
    await validate({ object: pod(spec) }, gate);
    const token = launches.asked[0]?.set.requests[0]?.environment.find(({ name }) => name === 'TOKEN');
    expect(token).toMatchObject({ from: { kind: 'secret', name: 'api', key: 'token' } });
    expect(token).not.toHaveProperty('value');
  });

  it('are not read for what passes', async () => {
    const { gate } = gateWith({
      readObjects: () => Promise.reject(new Error('asked')),
      log: { ...silentLog, warn: (_f, text) => expect(text).toBe('') },
    });
    expect((await validate(update(running(spec), running(spec)), gate)).allowed).toBe(true);
  });
});

describe('images that are named by a tag', () => {
  const tagged = { containers: [container({ image: 'registry.example/shop/web:1.0' })] };
  const known = async () => ({ digest: digestOne });

  it('are pinned: tested, then replaced', async () => {
    const { gate } = gateWith({ resolveImage: known });
    const answer = await mutate({ object: pod(tagged) }, gate);
    expect(answer).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
    expect(answer.patch).toEqual([
      { op: 'test', path: '/spec/containers/0/image', value: 'registry.example/shop/web:1.0' },
      { op: 'replace', path: '/spec/containers/0/image', value: pinnedImage },
    ]);
  });

  it.each(workloads.map((made) => [made.kind.kind, made] as const))(
    'are pinned in each place of a %s',
    async (_kind, made) => {
      const { gate } = gateWith({ resolveImage: known });
      const spec = {
        initContainers: [container({ name: 'a', image: 'busybox' }), container({ name: 'b' })],
        ...tagged,
        volumes: [{ name: 'data' }, { name: 'm', image: { reference: 'registry.example/models:3' } }],
      };
      const { kind, resource, pointer } = made;
      const { patch } = await mutate({ kind, resource, object: made.make(spec) }, gate);
      const replaced = patch
        .filter(({ op }: { op: string }) => op === 'replace')
        .map(({ path }: { path: string }) => path);
      expect(replaced.sort()).toEqual([
        `${pointer}/containers/0/image`,
        `${pointer}/initContainers/0/image`,
        `${pointer}/volumes/1/image/reference`,
      ]);
    },
  );

  it.each([
    ['pinned ones', { object: pod() }],
    ['what is no reference', { object: pod({ containers: [container({ image: 'UPPER CASE' })] }) }],
    ['what is deleted', { operation: 'DELETE', object: null, oldObject: pod(tagged) }],
    ['no object', { object: null }],
    ['another kind', { resource: { group: '', version: 'v1', resource: 'services' } }],
  ])('%s are left alone', async (_title, changes) => {
    const { allowed, patch, patchType } = await mutate(changes, gateWith({ resolveImage: known }).gate);
    expect({ allowed, patch, patchType }).toEqual({ allowed: true });
  });

  it('keep the digest that they had where the written name is the same', async () => {
    const { gate } = gateWith({ resolveImage: async () => ({ digest: digestTwo }) });
    const old = running();
    const same = await mutate(update(running(tagged), old), gate);
    expect(same.patch[1].value).toBe(pinnedImage);
    const other = { containers: [container({ image: 'registry.example/shop/web:1.1' })] };
    expect((await mutate(update(running(other), old), gate)).patch[1].value).toBe(
      `registry.example/shop/web:1.1@${digestTwo}`,
    );
  });

  it('are refused where they come unpinned to the validating call', async () => {
    const { gate, launches } = gateWith({ resolveImage: known });
    const answer = await validate({ object: pod(tagged) }, gate);
    expect(answer.allowed).toBe(false);
    expect(answer.status.message).toContain('spec.containers[0].image: the image is named by a tag and was not pinned');
    expect(launches.asked).toEqual([]);
  });

  it('are judged by what they lead to while observing', async () => {
    const { gate, launches } = gateWith({ resolveImage: known, mode: 'observe' });
    const answer = await validate({ object: pod(tagged) }, gate);
    expect(launches.asked[0]?.set.requests[0]?.image?.reference).toMatchObject({ tag: '1.0', digest: digestOne });
    expect(answer.warnings.at(-1)).toContain('was not pinned');
  });

  it('lead to one digest for the mutating and the validating call, though the tag moves between', async () => {
    const digests = [digestOne, digestTwo];
    let asked = 0;
    const { gate, launches } = gateWith({
      mode: 'observe',
      resolveImage: async () => ({ digest: digests[asked++] ?? '' }),
    });
    const { patch } = await mutate({ object: pod(tagged) }, gate);
    await validate({ object: pod(tagged) }, gate);
    expect(patch[1].value).toContain(launches.asked[0]?.set.requests[0]?.image?.reference?.digest);
    expect(asked).toBe(1);
  });

  it('of which nobody knows anything certified are left, and refused by the validating call', async () => {
    const { gate } = gateWith({ resolveImage: async () => undefined });
    expect((await mutate({ object: pod(tagged) }, gate)).patch).toBeUndefined();
    const { status } = await validate({ object: pod(tagged) }, gate);
    expect(status.message).toContain('no certified image is known by that name');
  });
});
