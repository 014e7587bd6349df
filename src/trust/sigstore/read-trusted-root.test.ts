import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTufRepository, type TufRepository } from '../../../test/fakes/tuf-repository.ts';
import { publicGoodRoot, readTufRoot } from './read-trusted-root.ts';

const empty = {
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: [],
  ctlogs: [],
  certificateAuthorities: [],
  timestampAuthorities: [],
};
const target = JSON.stringify(empty);

it('the root of the public-good instance is here, and knows its logs', () => {
  const root = publicGoodRoot();
  expect(root.tlogs.map(({ baseURL }) => baseURL)).toContain('https://rekor.sigstore.dev');
  expect(root.certificateAuthorities.length).toBeGreaterThan(0);
});

describe('the root of a TUF repository', () => {
  let directory: string;
  let repository: TufRepository;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'pw-tuf-'));
    repository = await startTufRepository(target);
    writeFileSync(join(directory, 'root.json'), repository.root);
  });
  afterEach(async () => {
    await repository.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const read = () =>
    readTufRoot({ mirror: repository.url, rootFile: join(directory, 'root.json'), cache: join(directory, 'cache') });
  const refused = () => expect(read()).rejects.toMatchObject({ code: 'tuf-failed' });

  it('is read, and read again when it is newer', async () => {
    expect((await read()).tlogs).toEqual([]);
    repository.publish(target);
    expect((await read()).tlogs).toEqual([]);
  });

  it('is refused where it goes back behind what was seen', async () => {
    const old = new Map(repository.files);
    repository.publish(target);
    await read();
    for (const [path, text] of old) repository.files.set(path, text);
    await refused();
  });

  it('is refused where the target is another', async () => {
    repository.files.set('targets/trusted_root.json', target.replace('"tlogs":[]', '"tlogs":[ ]'));
    await refused();
  });

  it.each(['timestamp', 'snapshot', 'targets'] as const)('is refused where %s has expired', async (role) => {
    repository.publish(target, { [role]: { expires: '2020-01-01T00:00:00Z' } });
    await refused();
  });

  it.each(['timestamp.json', 'snapshot.json', 'targets.json'])(
    'is refused where %s is signed by nobody',
    async (path) => {
      const { signed } = JSON.parse(repository.files.get(path) ?? '');
      repository.files.set(path, JSON.stringify({ signed, signatures: [] }));
      await refused();
    },
  );

  it('is refused by another first root, and by one whose threshold it does not reach', async () => {
    for (const other of [await startTufRepository(target), await startTufRepository(target, 2)]) {
      writeFileSync(join(directory, 'root.json'), other.root);
      rmSync(join(directory, 'cache'), { recursive: true, force: true });
      await refused();
      await other.close();
    }
  });

  it('is refused where it is endless, no JSON, or away', async () => {
    const timestamp = repository.files.get('timestamp.json') ?? '';
    for (const text of [`${timestamp}${' '.repeat(20 * 2 ** 20)}`, '{', '']) {
      repository.files.set('timestamp.json', text);
      await refused();
    }
    repository.files.delete('timestamp.json');
    await refused();
  });
});
