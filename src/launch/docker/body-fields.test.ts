import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import { type Field, type Fields, fieldsOf, isZero, type Shape } from '../body-shape.ts';
import { configFields as ociFields } from '../config/oci-fields.ts';
import { parseOciConfig } from '../config/parse-oci-config.ts';
import type { JsonMap, JsonValue } from '../json-value.ts';
import {
  configFields,
  createFields,
  execFields,
  hostConfigFields,
  updateFields,
  volumeFields,
} from './container-fields.ts';
import { parseContainerCommit } from './parse-container-commit.ts';
import { parseDockerCreate } from './parse-docker-create.ts';
import { parseDockerExec } from './parse-docker-exec.ts';
import { parseDockerUpdate } from './parse-docker-update.ts';
import { parseServiceCreate } from './parse-service-create.ts';
import { parseVolumeCreate } from './parse-volume-create.ts';
import { serviceFields } from './service-fields.ts';

/** Values that say something, for those keys where not any value of the shape does. */
const samples: Readonly<Record<string, JsonValue>> = {
  Image: 'b.example/c:2',
  ExposedPorts: { '1/tcp': {} },
  Volumes: { '/v': {} },
  PortBindings: { '1/tcp': [{ HostPort: '2' }] },
  Binds: ['/a:/b'],
  Tmpfs: { '/t': '' },
  Mounts: [{ Type: 'bind', Source: '/a', Target: '/b' }],
  CapAdd: ['NET_ADMIN'],
  CapDrop: ['ALL'],
  NetworkMode: 'host',
  PidMode: 'host',
  IpcMode: 'host',
  UTSMode: 'host',
  UsernsMode: 'host',
  CgroupnsMode: 'host',
  Cgroup: 'container:c',
  SecurityOpt: ['seccomp=unconfined'],
  Healthcheck: { Test: ['CMD', 'a'] },
  CpuQuota: 1,
};
/** Those that only count beside another. */
const beside: Readonly<Record<string, JsonMap>> = { VolumeDriver: { Binds: ['v:/v'] }, CpuPeriod: { CpuQuota: 1 } };

function sampleOf(shape: Shape): JsonValue {
  if (shape === 'text' || shape === 'words') return 'x';
  if (shape === 'flag') return true;
  if (shape === 'empty') return {};
  if (typeof shape === 'string') return shape === 'any' ? { x: 1 } : -2000;
  if ('list' in shape) return [sampleOf(shape.list)];
  if ('map' in shape) return { x: sampleOf(shape.map) };
  return Object.fromEntries(Array.from(shape.fields, ([key, field]) => [key, sampleOf(field.shape)]));
}

const one = (set: { readonly requests: readonly LaunchRequest[] }): LaunchRequest => {
  const [request] = set.requests;
  if (!request) throw new Error('there is no request');
  return request;
};
const image = { Image: 'a.example/b:1' };
const task = (spec: JsonMap): JsonValue => ({ TaskTemplate: { ContainerSpec: { ...image, ...spec } } });
const shapeOf = (fields: Fields, ...path: string[]): Fields =>
  path.reduce<Fields>((inner, key) => {
    const shape = inner.get(key)?.shape;
    if (typeof shape !== 'object' || !('fields' in shape)) throw new Error(`${key} is no object`);
    return shape.fields;
  }, fields);

/** Each object at whose keys we look, and the request that a body with such an object makes. */
const objects: readonly [string, Fields, (body: JsonMap) => LaunchRequest][] = [
  ['create', createFields, (body) => one(parseDockerCreate({ ...image, ...body }))],
  ['HostConfig', hostConfigFields, (body) => one(parseDockerCreate({ ...image, HostConfig: body }))],
  ['commit', fieldsOf(configFields), (body) => one(parseContainerCommit(body))],
  ['exec', execFields, (body) => one(parseDockerExec({ Cmd: ['a'], ...body }, 'c'))],
  ['update', updateFields, (body) => one(parseDockerUpdate(body, 'c'))],
  [
    'ContainerSpec',
    shapeOf(serviceFields, 'TaskTemplate', 'ContainerSpec'),
    (body) => one(parseServiceCreate(task(body))),
  ],
  [
    'EndpointSettings',
    endpointFields(),
    (body) => one(parseDockerCreate({ ...image, NetworkingConfig: { EndpointsConfig: { front: body } } })),
  ],
  [
    'linux',
    shapeOf(ociFields, 'linux'),
    (body) => one(parseOciConfig({ ociVersion: '1.1.0', process: {}, linux: body })),
  ],
  [
    'process',
    shapeOf(ociFields, 'process'),
    (body) => one(parseOciConfig({ ociVersion: '1.1.0', process: body, linux: {} })),
  ],
];

function endpointFields(): Fields {
  const endpoints = shapeOf(createFields, 'NetworkingConfig').get('EndpointsConfig')?.shape;
  if (typeof endpoints !== 'object' || !('map' in endpoints) || typeof endpoints.map !== 'object')
    throw new Error('none');
  return 'fields' in endpoints.map ? endpoints.map.fields : fieldsOf({});
}

const zeroOf = (shape: Shape): JsonValue => {
  if (shape === 'text' || shape === 'words') return '';
  if (shape === 'flag') return false;
  if (typeof shape === 'object') return 'list' in shape ? [] : {};
  return shape === 'any' || shape === 'empty' ? {} : 0;
};
/** Where an empty list says more than none, or the empty text something that is refused. */
const emptyCounts = new Set([
  'Entrypoint',
  'MaskedPaths',
  'ReadonlyPaths',
  'Cmd',
  'Image',
  'seccomp',
  'Shell',
  'CapAdd',
  'CapDrop',
]);

describe.each(objects)('%s', (name, fields, parse) => {
  const plain = parse({});
  const each = (use: Field['use']) => Array.from(fields).filter(([, field]) => field.use === use);

  it('has keys', () => expect(fields.size).toBeGreaterThan(5));

  it.each(Array.from(fields))('%s: null is absent', (key) => {
    if (name === 'exec' && key === 'Cmd') return;
    if (key === 'Image' && name !== 'commit') return;
    expect(parse({ [key]: null })).toEqual(plain);
  });

  it.each(Array.from(fields).filter(([key]) => !emptyCounts.has(key)))('%s: the zero value is absent', (key, field) => {
    const zero = zeroOf(field.shape);
    expect(isZero(zero)).toBe(true);
    expect(parse({ [key]: zero })).toEqual(plain);
  });

  it.each(each('harmless'))('%s is harmless, and the table says why', (key, field) => {
    expect(parse({ [key]: sampleOf(field.shape) })).toEqual(plain);
    expect(field.why).toMatch(/\w/);
  });

  it.each(each('other'))('%s is listed among others', (key, field) => {
    const value = key === 'Ulimits' ? [{ Name: 'rtprio', Soft: 1, Hard: 1 }] : sampleOf(field.shape);
    const special = key === 'rlimits' ? [{ type: 'RLIMIT_NICE', hard: 1, soft: 1 }] : value;
    const { others, ...rest } = parse({ [key]: special });
    const { others: before, ...restBefore } = plain;
    expect(others.length).toBe(before.length + 1);
    expect(others.find((each) => each.name === key)?.path.endsWith(key)).toBe(true);
    expect(rest).toEqual(restBefore);
  });

  it.each(each('refused'))('%s is refused here', (key) => {
    expect(() => parse({ [key]: 'x' })).toThrow(/is refused here/);
  });

  it.each(each('read').filter(([key]) => name !== 'linux' && name !== 'process' && key !== 'Privileges'))(
    '%s changes the request',
    (key, field) => {
      if (['HostConfig', 'NetworkingConfig', 'DriverOpts', 'IPAMConfig'].includes(key)) return;
      const value = key in samples ? (samples[key] as JsonValue) : sampleOf(field.shape);
      const aside = beside[key];
      const before = aside ? parse(aside) : plain;
      const positive = typeof value === 'number' ? Math.abs(value) : value;
      const sample = key.endsWith('Paths') ? [] : name === 'ContainerSpec' ? (ofService[key] ?? positive) : positive;
      expect(parse({ ...aside, [key]: sample })).not.toEqual(before);
    },
  );

  it.each(Array.from(fields, ([key]) => key))('%s in another case is refused', (key) => {
    const swapped = key.replace(/^./, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    );
    expect(() => parse({ [swapped]: true })).toThrow(new RegExp(`taken for "${key}"`));
  });
});

const ofService: Readonly<Record<string, JsonValue>> = {
  CapabilityAdd: ['NET_ADMIN'],
  CapabilityDrop: ['ALL'],
};

describe('the volume', () => {
  it.each(Array.from(volumeFields).filter(([, field]) => field.use === 'read'))('%s is read', (key, field) => {
    expect(parseVolumeCreate({ [key]: sampleOf(field.shape) })).not.toEqual(parseVolumeCreate({}));
  });
});
