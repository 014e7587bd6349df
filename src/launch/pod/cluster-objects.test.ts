import { describe, expect, it } from 'vitest';
import { LaunchError } from '../launch-error.ts';
import { parseClusterObject } from './cluster-objects.ts';

describe('parseClusterObject', () => {
  it('reads a Secret, whose stringData wins', () => {
    const { entries, ...rest } = parseClusterObject({
      kind: 'Secret',
      metadata: { name: 's' },
      data: { a: 'YQ==', b: 'Yg\n==', c: null },
      stringData: { a: 'plain' },
    });
    expect(rest).toEqual({ kind: 'Secret', namespace: 'default', name: 's' });
    expect([...entries]).toEqual([
      ['a', 'plain'],
      ['b', 'b'],
    ]);
  });

  it('reads a ConfigMap, whose data is text and whose binaryData may be', () => {
    const { entries } = parseClusterObject(
      JSON.parse('{"kind":"ConfigMap","data":{"__proto__":"YQ=="},"binaryData":{"t":"77u/eA==","x":"/w=="}}'),
    );
    expect([...entries]).toEqual([
      ['__proto__', 'YQ=='],
      ['t', '\ufeffx'],
      ['x', undefined],
    ]);
  });

  it.each<readonly [what: string, value: unknown]>([
    ['another kind', { kind: 'Pod' }],
    ['no kind', {}],
    ['no object', null],
    ['no base64', { kind: 'Secret', data: { a: 's3cr3t!' } }],
    ['half of base64', { kind: 'Secret', data: { a: 'YQ=' } }],
    ['a number', { kind: 'ConfigMap', data: { a: 1 } }],
    ['a list', { kind: 'ConfigMap', data: ['a'] }],
  ])('refuses %s, without telling it', (_, value) => {
    expect(() => parseClusterObject(value)).toThrow(LaunchError);
    expect(() => parseClusterObject(value)).not.toThrow(/s3cr3t/);
  });
});
