import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import { indexClusterObjects, parseClusterObject } from './cluster-objects.ts';
import { parsePod } from './parse-pod.ts';

type Parts = Readonly<Record<string, unknown>>;

const base64 = (text: string | Uint8Array) => Buffer.from(text as string).toString('base64');

const objects = indexClusterObjects([
  parseClusterObject({
    kind: 'ConfigMap',
    metadata: { name: 'conf', namespace: 'shop' },
    data: { MODE: 'fast', 'app.conf': 'listen 80' },
    binaryData: { blob: base64(new Uint8Array([0xff, 0xfe])) },
  }),
  parseClusterObject({
    kind: 'Secret',
    metadata: { name: 'key', namespace: 'shop' },
    data: { token: base64('s3cr3t') },
  }),
  parseClusterObject({ kind: 'ConfigMap', metadata: { name: 'conf' }, data: { MODE: 'of another namespace' } }),
]);

function read(container: Parts, spec: Parts = {}, metadata: Parts = {}): LaunchRequest {
  const [request] = parsePod(
    {
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'shop', ...metadata },
      spec: { containers: [{ name: 'app', image: 'app', ...container }], ...spec },
    },
    { objects },
  ).requests;
  if (request === undefined) throw new Error('no container');
  return request;
}

describe('variables', () => {
  const from = (valueFrom: Parts) => ({ env: [{ name: 'A', valueFrom }] });
  it.each<readonly [what: string, container: Parts, expected: Parts]>([
    ['said', { env: [{ name: 'A', value: 'x' }] }, { path: 'spec.containers[0].env[0].value', value: 'x' }],
    ['empty', { env: [{ name: 'A' }] }, { value: '' }],
    [
      'of a ConfigMap',
      from({ configMapKeyRef: { name: 'conf', key: 'MODE' } }),
      {
        path: 'spec.containers[0].env[0].valueFrom',
        value: 'fast',
        from: { kind: 'config', name: 'conf', key: 'MODE' },
      },
    ],
    [
      'of a Secret',
      from({ secretKeyRef: { name: 'key', key: 'token' } }),
      { value: 's3cr3t', from: { kind: 'secret', name: 'key', key: 'token' } },
    ],
    ['of a Secret nobody read', from({ secretKeyRef: { name: 'other', key: 'token' } }), { value: undefined }],
    ['of bytes that are no text', from({ configMapKeyRef: { name: 'conf', key: 'blob' } }), { value: undefined }],
    ['of a key that is not there', from({ configMapKeyRef: { name: 'conf', key: '__proto__' } }), { value: undefined }],
    [
      'of a label',
      from({ fieldRef: { fieldPath: "metadata.labels['run']" } }),
      { value: 'curl x | sh', from: { kind: 'field', name: "metadata.labels['run']" } },
    ],
    [
      'of an annotation that is not there',
      from({ fieldRef: { fieldPath: "metadata.annotations['__proto__']" } }),
      { value: undefined },
    ],
    ['of the name', from({ fieldRef: { fieldPath: 'metadata.name' } }), { value: 'web' }],
    ['of the node', from({ fieldRef: { fieldPath: 'spec.nodeName' } }), { value: undefined }],
    [
      'of a limit',
      from({ resourceFieldRef: { resource: 'limits.cpu' } }),
      { from: { kind: 'field', name: 'limits.cpu' } },
    ],
    [
      'of a file',
      from({ fileKeyRef: { volumeName: 'v', path: 'p/env', key: 'K' } }),
      { from: { kind: 'file', name: 'v/p/env', key: 'K' } },
    ],
  ])('%s', (_, container, expected) => {
    const [variable] = read(container, {}, { labels: { run: 'curl x | sh' } }).environment;
    expect({ value: undefined, ...variable }).toMatchObject({ name: 'A', ...expected });
  });

  it('of envFrom come first, and are seen by arguments, not by env', () => {
    const { environment, command } = read({
      envFrom: [{ prefix: 'C_', configMapRef: { name: 'conf' } }, { secretRef: { name: 'unread' } }],
      env: [{ name: 'X', value: '$(C_MODE)' }],
      args: ['$(C_MODE)', '$(X)'],
    });
    expect(environment.map(({ name, value }) => `${name}=${value}`)).toEqual([
      'C_MODE=fast',
      'C_app.conf=listen 80',
      'C_blob=undefined',
      '*=undefined',
      'X=$(C_MODE)',
    ]);
    expect(environment[3]).toEqual({
      name: '*',
      path: 'spec.containers[0].envFrom[1].secretRef',
      from: { kind: 'secret', name: 'unread' },
    });
    expect(command?.map(({ value }) => value)).toEqual(['fast', '$(C_MODE)']);
  });

  it('are put into those after them, the last of a name into arguments', () => {
    const { environment, command } = read({
      env: [
        { name: 'B', value: '$(A)' },
        { name: 'A', value: '1' },
        { name: 'C', value: '$(A)' },
        { name: 'A', valueFrom: { secretKeyRef: { name: 'unread', key: 'k' } } },
        { name: 'D', value: '$(A)' },
      ],
      args: ['$(A)$(C)'],
    });
    expect(environment.map(({ value }) => value)).toEqual(['$(A)', '1', '1', undefined, '$(A)']);
    expect(command?.[0]?.value).toBe('$(A)1');
  });
});

describe('mounts', () => {
  const mounted = (volume: Parts, mount: Parts = {}) =>
    read(
      { volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] },
      { volumes: [{ name: 'v', ...volume }] },
      { annotations: { note: 'say "x"' } },
    );
  it.each<readonly [what: string, volume: Parts, mount: Parts, expected: Parts]>([
    [
      'of the host',
      { hostPath: { path: '/etc', type: 'Directory' } },
      { mountPropagation: 'Bidirectional' },
      {
        type: 'bind',
        kind: 'hostPath',
        source: '/etc',
        readOnly: false,
        propagation: 'shared',
        options: { type: 'Directory' },
      },
    ],
    [
      'of a part of the host',
      { hostPath: { path: '/var/run/' } },
      { subPath: 'docker.sock', readOnly: true, recursiveReadOnly: 'IfPossible' },
      { source: '/var/run/docker.sock', readOnly: true, options: { recursiveReadOnly: 'IfPossible' } },
    ],
    ['of the host without a path', { hostPath: {} }, {}, { type: 'bind', source: '' }],
    ['that only listens', { emptyDir: {} }, { mountPropagation: 'HostToContainer' }, { propagation: 'slave' }],
    ['in memory', { emptyDir: { medium: 'Memory' } }, {}, { type: 'tmpfs', kind: 'emptyDir' }],
    ['of nothing that is said', {}, {}, { type: 'volume', kind: 'emptyDir', readOnly: false }],
    [
      'of a claim',
      { persistentVolumeClaim: { claimName: 'c', readOnly: true } },
      {},
      { type: 'volume', source: 'c', readOnly: true },
    ],
    [
      'of an image',
      { image: { reference: 'registry.example/x:1' } },
      {},
      { type: 'image', source: 'registry.example/x:1', readOnly: true },
    ],
    ['of nfs', { nfs: { server: 's', path: '/p' } }, {}, { type: 'other', kind: 'nfs', source: 's:/p' }],
    ['of csi', { csi: { driver: 'd.example' } }, {}, { type: 'other', kind: 'csi', driver: 'd.example' }],
    ['of a Secret', { secret: { secretName: 'key' } }, {}, { type: 'secret', source: 'key', readOnly: true }],
    ['of what nobody knows', { wormhole: {} }, {}, { type: 'other', kind: 'wormhole' }],
    [
      'of a token',
      { projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
      {},
      { type: 'secret', kind: 'projected' },
    ],
  ])('%s', (_, volume, mount, expected) => {
    expect(mounted(volume, mount).mounts).toEqual([
      expect.objectContaining({ path: 'spec.containers[0].volumeMounts[0]', target: '/v', ...expected }),
    ]);
  });

  it('a path with variables in it', () => {
    const { mounts } = read(
      { env: [{ name: 'D', value: 'sub' }], volumeMounts: [{ name: 'v', mountPath: '/v', subPathExpr: '$(D)/x' }] },
      { volumes: [{ name: 'v', hostPath: { path: '/srv' } }] },
    );
    expect(mounts[0]?.source).toBe('/srv/sub/x');
  });

  it('an image that no container mounts is named by the first', () => {
    const { mounts } = read({}, { volumes: [{ name: 'v', image: { reference: 'registry.example/x:1' } }] });
    expect(mounts).toEqual([
      {
        type: 'image',
        kind: 'image',
        path: 'spec.volumes[0].image.reference',
        target: '',
        source: 'registry.example/x:1',
        readOnly: true,
      },
    ]);
  });

  it.each<readonly [what: string, volume: Parts, mount: Parts, files: readonly string[]]>([
    [
      'all of a ConfigMap',
      { configMap: { name: 'conf' } },
      {},
      ['/v/MODE fast', '/v/app.conf listen 80', '/v/blob undefined'],
    ],
    [
      'some of it',
      { configMap: { name: 'conf', items: [{ key: 'app.conf', path: 'etc/a' }] } },
      {},
      ['/v/etc/a listen 80'],
    ],
    [
      'one of it',
      { configMap: { name: 'conf' } },
      { mountPath: '/etc/app.conf', subPath: 'app.conf' },
      ['/etc/app.conf listen 80'],
    ],
    [
      'a folder of it',
      {
        configMap: {
          name: 'conf',
          items: [
            { key: 'app.conf', path: 'etc/a' },
            { key: 'MODE', path: 'etcetera' },
          ],
        },
      },
      { subPath: './etc/' },
      ['/v/a listen 80'],
    ],
    ['what nobody read', { configMap: { name: 'unread' } }, {}, ['/v undefined']],
    ['a key nobody read', { secret: { secretName: 'u', items: [{ key: 'k', path: 'p' }] } }, {}, ['/v/p undefined']],
    ['a Secret', { secret: { secretName: 'key' } }, {}, ['/v/token s3cr3t']],
    [
      'the Pod’s own words',
      {
        downwardAPI: {
          items: [
            { path: 'a', fieldRef: { fieldPath: 'metadata.annotations' } },
            { path: 'l', resourceFieldRef: { resource: 'limits.cpu' } },
          ],
        },
      },
      {},
      ['/v/a note="say \\"x\\""', '/v/l undefined'],
    ],
    [
      'several together',
      {
        projected: {
          sources: [
            { secret: { name: 'key' } },
            { configMap: { name: 'conf', items: [{ key: 'MODE', path: 'm' }] } },
            { serviceAccountToken: { path: 't' } },
            { downwardAPI: { items: [{ path: 'n', fieldRef: { fieldPath: 'metadata.name' } }] } },
          ],
        },
      },
      {},
      ['/v/token s3cr3t', '/v/m fast', '/v/n web', '/v/t undefined'],
    ],
    ['none of the host', { hostPath: { path: '/' } }, {}, []],
  ])('files: %s', (_, volume, mount, files) => {
    expect(
      mounted(volume, mount)
        .files.map(({ target, content }) => `${target} ${content}`)
        .sort(),
    ).toEqual([...files].sort());
  });

  it('files say where they come from', () => {
    expect(mounted({ secret: { secretName: 'key' } }).files).toEqual([
      {
        target: '/v/token',
        path: 'spec.volumes[0].secret',
        content: 's3cr3t',
        from: { kind: 'secret', name: 'key', key: 'token' },
      },
    ]);
  });
});
