import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMemoryLaunches } from '../../test/fakes/launch-store.ts';
import { launchRecord, launchRequest } from '../../test/fakes/launches.ts';
import type { LaunchRecord, LaunchRequest } from '../model/index.ts';
import { parseImageReference } from '../model/index.ts';
import { parseDocuments } from '../policy/index.ts';
import { learnContract } from './learn-contract.ts';

function started(image: string, over: Partial<LaunchRequest> = {}, record: Partial<LaunchRecord> = {}): LaunchRecord {
  const [facts] = launchRecord().facts;
  if (!facts) throw new Error('there is one');
  const request = launchRequest({
    image: { value: image, path: 'Image', reference: parseImageReference(image) },
    ...over,
  });
  return launchRecord({ id: `l${image.length}`, facts: [{ ...facts, request }], ...record });
}

const learn = (records: readonly LaunchRecord[], image: string) => learnContract(createMemoryLaunches(records), image);
const mode = (value: string) => ({ environment: [{ name: 'MODE', value, path: 'Env[0]' }] });

describe('a contract learned from starts', () => {
  it('is a document that can be applied, of what was passed', async () => {
    const records = [
      started('registry.example/shop/cart:1', mode('live'), { at: 2000 }),
      started('registry.example/shop/cart:2', mode('test'), { at: 1000 }),
    ];
    const draft = await learn(records, 'registry.example/shop/cart');
    expect(draft).toMatchObject({ starts: 2, since: '1970-01-01T00:00:01.000Z' });
    const [document] = parseDocuments(draft?.text ?? '', 'draft.yaml');
    expect(document).toMatchObject({ kind: 'InputContract', spec: { images: ['registry.example/shop/cart'] } });
    expect(Object.keys(parse(draft?.text ?? '').spec.environment)).toEqual(['MODE']);
  });

  const cart = 'registry.example/shop/cart';
  const digest = `sha256:${'a'.repeat(64)}`;
  it.each<[string, readonly LaunchRecord[], string, number | undefined]>([
    ['nothing', [], cart, undefined],
    ['another repository', [started(`${cart}s:1`), started('registry.example/my/shop/cart:1')], cart, undefined],
    ['another registry', [started('other.example/shop/cart:1')], cart, undefined],
    ['another tag', [started(`${cart}:1`), started(`${cart}:2`)], `${cart}:2`, 1],
    ['another digest', [started(`${cart}:1`), started(`${cart}@${digest}`)], `${cart}@${digest}`, 1],
    ['a refusal', [started(`${cart}:1`, {}, { outcome: 'deny' })], cart, undefined],
    ['a process in it', [started(`${cart}:1`, { action: 'exec' })], cart, undefined],
    ['the short name of Docker Hub', [started('nginx:1'), started('docker.io/library/nginx:1')], 'nginx', 2],
    [
      'the same in capitals of a registry',
      [started('docker.io/team/app:1'), started('team/app')],
      'docker.io/team/app',
      2,
    ],
  ])('of %s', async (_, records, image, starts) => {
    expect((await learn(records, image))?.starts).toBe(starts);
  });

  it('demands nothing of a secret that the record does not hold', async () => {
    const environment = [
      { name: 'DB_PASSWORD', value: '[redacted]', path: 'Env[0]' },
      { name: 'SOURCE', value: 'https://u:[redacted]@a.example/x', path: 'Env[1]' },
      { name: 'NOTE', value: '[redacted]', path: 'Env[2]' },
    ];
    const draft = await learn(
      [1, 2, 3].map((n) => started(`${cart}:${n}`, { environment })),
      cart,
    );
    expect(draft?.text).not.toContain('redacted');
  });

  it('is not learned from what is no name of an image', async () => {
    await expect(learn([], 'Not A Name')).rejects.toThrow();
  });
});
