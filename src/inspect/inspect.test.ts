import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../test/fakes/memory-contents.ts';
import { digestOf } from '../base/index.ts';
import type { ImageConfig } from '../model/index.ts';
import { inspectImage, recognizeBaseImage } from './index.ts';
import { mostListedFiles } from './inspect-image.ts';
import { isRoot } from './user.ts';

const config: ImageConfig = {
  entrypoint: ['/entry'],
  command: ['serve'],
  environment: [],
  exposedPorts: ['8080/tcp'],
  volumes: ['/data'],
  labels: { a: 'b' },
  history: [],
};

const passwd = 'root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\nbroken:x:abc\n';

describe('isRoot', () => {
  it.each([
    ['', true],
    ['0', true],
    ['000', true],
    ['0:0', true],
    ['0:1000', true],
    ['root', true],
    ['root:app', true],
    [':1000', true],
    ['toor', true],
    ['1000', false],
    ['1000:0', false],
    ['app', false],
    ['app:root', false],
    ['nobody', undefined],
    ['broken', undefined],
  ])('%j is root: %j', (user, answer) => {
    expect(isRoot(user, passwd)).toBe(answer);
  });

  it('knows root without a passwd, and nobody else', () => {
    expect(isRoot('root', undefined)).toBe(true);
    expect(isRoot('app', undefined)).toBeUndefined();
  });

  it('believes the passwd of an image that renames root', () => {
    expect(isRoot('root', 'root:x:1000:1000::/:\n')).toBe(false);
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (user, text) => void isRoot(user, text)));
  });
});

describe('inspectImage', () => {
  it('collects what the configuration and the files say', async () => {
    const facts = await inspectImage(
      memoryContents(
        {
          '/etc/passwd': passwd,
          '/bin/su': { bytes: 'x', mode: 0o4755 },
          '/bin/wall': { bytes: 'xy', mode: 0o2755 },
          '/bin/both': { bytes: '', mode: 0o6755 },
          '/etc/not-executable': { bytes: '', mode: 0o4644 },
          '/tmp': { type: 'directory', mode: 0o2777 },
        },
        { config: { ...config, user: 'app', created: 5 } },
      ),
    );
    expect(facts).toMatchObject({
      created: 5,
      user: 'app',
      runsAsRoot: false,
      entrypoint: ['/entry'],
      command: ['serve'],
      exposedPorts: ['8080/tcp'],
      volumes: ['/data'],
      labels: { a: 'b' },
      setuidFiles: ['/bin/both', '/bin/su'],
      setgidFiles: ['/bin/both', '/bin/wall'],
      fileCount: 5,
      totalFileBytes: passwd.length + 3,
      layers: [{ size: 1000 }],
    });
    expect(facts.baseImage).toBeUndefined();
  });

  it.each([
    ['an image without a user', config, true],
    ['a name that the image does not know', { ...config, user: 'app' }, undefined],
    ['a root file system', undefined, undefined],
  ])('says of %s whether it runs as root', async (_what, configuration, answer) => {
    const facts = await inspectImage(memoryContents({}, configuration ? { config: configuration } : {}));
    expect(facts.runsAsRoot).toBe(answer);
  });

  it('cannot tell where passwd is too large to be true', async () => {
    const files = { '/etc/passwd': 'x'.repeat(5_000_000) };
    expect(
      (await inspectImage(memoryContents(files, { config: { ...config, user: 'app' } }))).runsAsRoot,
    ).toBeUndefined();
  });

  it('lists a bounded number of files', async () => {
    const files: Record<string, MemoryFile> = {};
    for (let i = 0; i < mostListedFiles + 5; i++) files[`/bin/${i}`] = { mode: 0o4755 };
    const facts = await inspectImage(memoryContents(files, { config }));
    expect(facts.setuidFiles).toHaveLength(mostListedFiles);
    expect(facts.fileCount).toBe(mostListedFiles + 5);
  });
});

describe('recognizeBaseImage', () => {
  const layer = (name: string) => ({ diffId: digestOf(name), size: 1 });
  const known = (names: string, ...references: string[]) => ({
    imageId: digestOf(`image ${names} ${references}`),
    references,
    diffIds: [...names].map((name) => digestOf(name)),
  });
  const image = { layers: [layer('a'), layer('b'), layer('c')], labels: {} };

  it.each([
    ['the longest beginning', [known('a', 'one'), known('ab', 'two')], 'two'],
    ['never the image itself', [known('abc', 'self'), known('a', 'one')], 'one'],
    ['no image that differs in the middle', [known('xb', 'no'), known('a', 'one')], 'one'],
    ['one with a name', [known('ab'), known('ab', 'two')], 'two'],
    ['the first by name', [known('ab', 'z'), known('ab', 'y', 'b')], 'b'],
  ])('takes %s', (_what, images, name) => {
    expect(recognizeBaseImage(image, images)).toMatchObject({ name, evidence: 'layers' });
    expect(recognizeBaseImage(image, images.toReversed())).toMatchObject({ name });
  });

  it('recognizes nothing among images without layers or longer ones', () => {
    expect(recognizeBaseImage(image, [known('', 'scratch'), known('abcd', 'child')])).toBeUndefined();
  });

  it('believes the labels of the builder first', () => {
    const labels = {
      'org.opencontainers.image.base.name': 'docker.io/library/debian:12',
      'org.opencontainers.image.base.digest': digestOf('base'),
    };
    expect(recognizeBaseImage({ ...image, labels }, [known('a', 'one')])).toEqual({
      name: 'docker.io/library/debian:12',
      digest: digestOf('base'),
      evidence: 'label',
    });
  });

  it('takes no text for a digest', () => {
    const labels = { 'org.opencontainers.image.base.digest': 'latest' };
    expect(recognizeBaseImage({ ...image, labels }, [])).toBeUndefined();
  });
});
