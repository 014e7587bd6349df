import { describe, expect, it } from 'vitest';
import { parseManifests } from './parse-manifests.ts';

const pod = (name: string, namespace?: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  spec: {
    containers: [
      {
        name: 'app',
        image: 'app',
        env: [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'conf', key: 'MODE' } } }],
      },
    ],
  },
});
const conf = (mode: string, namespace?: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'conf', ...(namespace === undefined ? {} : { namespace }) },
  data: { MODE: mode },
});

const documents = (...values: unknown[]) => values.map((value, index) => ({ value, at: `f.yaml:${index + 1}` }));

describe('parseManifests', () => {
  it('joins what a Pod names, wherever it stands, within its namespace', () => {
    const { launches, ignored } = parseManifests(
      documents(pod('a'), pod('b', 'shop'), pod('c', 'other'), conf('of shop', 'shop'), null, conf('of default')),
    );
    expect(launches.map(({ at, set }) => `${at} ${set.requests[0]?.environment[0]?.value}`)).toEqual([
      'f.yaml:1 of default',
      'f.yaml:2 of shop',
      'f.yaml:3 undefined',
    ]);
    expect(ignored).toEqual([]);
  });

  it('goes into Lists', () => {
    const { launches } = parseManifests(documents({ kind: 'List', items: [conf('x'), pod('a')] }));
    expect(launches.map(({ at }) => at)).toEqual(['f.yaml:1 items[1]']);
    expect(launches[0]?.set.requests[0]?.environment[0]?.value).toBe('x');
  });

  it('tells what it passes over', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } };
    const other = { apiVersion: 'vault.example/v1', kind: 'Secret', metadata: { name: 'mine' }, data: 'odd' };
    expect(parseManifests(documents(service, other, { kind: 'Odd' })).ignored).toEqual([
      { at: 'f.yaml:1', kind: 'Service', name: 'web' },
      { at: 'f.yaml:2', kind: 'Secret', name: 'mine' },
      { at: 'f.yaml:3', kind: 'Odd' },
    ]);
  });

  it.each<readonly [what: string, values: readonly unknown[], path: string, message: string]>([
    ['a text', ['x'], 'f.yaml:1', 'f.yaml:1: a manifest is an object'],
    ['no kind', [{ spec: {} }], 'f.yaml:1 kind', 'f.yaml:1 kind: is missing'],
    ['two of a name', [conf('a'), conf('b', 'default')], 'f.yaml:2 metadata.name', 'there is another ConfigMap'],
    [
      'a Pod that is none',
      [conf('a'), { kind: 'Pod', spec: { containers: [1] } }],
      'f.yaml:2 spec.containers[0]',
      'must be an object',
    ],
    ['a Deployment without Pods', [{ kind: 'Deployment', spec: {} }], 'f.yaml:1 kind', 'embeds no Pod'],
  ])('refuses %s, and says where', (_, values, path, message) => {
    expect(() => parseManifests(documents(...values))).toThrow(
      expect.objectContaining({ code: 'bad-launch', path, message: expect.stringContaining(message) }),
    );
  });
});
