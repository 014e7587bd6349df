import { describe, expect, it } from 'vitest';
import {
  parseChanges,
  parseContainer,
  parseContainerIds,
  parseEvent,
  parseImage,
  parseImageId,
  parseImages,
  parseLayerDirectories,
  parsePathStat,
} from './engine-answers.ts';

const hex = 'ab'.repeat(32);
const id = 'cd'.repeat(32);

function inspected(state: object, changes: object = {}): object {
  return {
    Id: id,
    Name: '/web',
    Image: `sha256:${hex}`,
    Config: { Image: 'web:1', Labels: { a: 'b' } },
    State: state,
    ...changes,
  };
}

describe('a container', () => {
  const started = '2026-03-04T05:06:07.891234567Z';
  const at = Date.parse('2026-03-04T05:06:07.891Z');
  const earlier = '2026-03-04T05:06:07.100Z';
  const later = '2026-03-04T06:00:00Z';
  const cases: readonly (readonly [string, object, object])[] = [
    [
      'running',
      { Running: true, StartedAt: started, FinishedAt: '0001-01-01T00:00:00Z' },
      { running: true, started: at },
    ],
    [
      'running again after an end',
      { Running: true, StartedAt: started, FinishedAt: earlier },
      { running: true, started: at },
    ],
    ['paused, as podman says it', { Running: false, Paused: true, StartedAt: started }, { running: true, started: at }],
    ['stopping', { Status: 'stopping', Running: false, StartedAt: started }, { running: true, started: at }],
    [
      'waiting for its next start',
      { Running: true, Restarting: true, StartedAt: started, FinishedAt: later },
      { running: false, started: at, finished: Date.parse(later) },
    ],
    [
      'exited before its start was noted',
      { Running: false, StartedAt: started, FinishedAt: earlier },
      { running: false, started: at, finished: at },
    ],
    [
      'never started',
      { Running: false, StartedAt: '0001-01-01T00:00:00Z', FinishedAt: '0001-01-01T00:00:00Z' },
      { running: false },
    ],
  ];
  for (const [title, state, expected] of cases) {
    it(title, () =>
      expect(parseContainer(inspected(state))).toEqual({
        containerId: id,
        name: 'web',
        imageReference: 'web:1',
        imageId: `sha256:${hex}`,
        labels: { a: 'b' },
        ...expected,
      }),
    );
  }

  it('of a plain directory has no image', () => {
    expect(parseContainer(inspected({ Running: false }, { Image: '' }))).not.toHaveProperty('imageId');
  });

  const hostile: readonly unknown[] = [null, [], 'x', {}, inspected({}, { Id: '../x' }), inspected({}, { State: 1 })];
  for (const value of hostile)
    it(`is not ${JSON.stringify(value)?.slice(0, 40)}`, () => expect(parseContainer(value)).toBeUndefined());

  it('is listed by its whole ID or not at all', () => {
    expect(parseContainerIds([{ Id: id }])).toEqual([id]);
    for (const value of [{}, [{}], [{ Id: id }, { Id: 'web' }], [null]])
      expect(parseContainerIds(value)).toBeUndefined();
  });
});

describe('an image', () => {
  it('goes by its full names and the digest that they share', () => {
    const digest = `sha256:${'ef'.repeat(32)}`;
    const image = {
      Id: hex,
      RepoTags: ['web:1', '<none>:<none>', 'localhost/web:2'],
      RepoDigests: [`web@${digest}`, `registry.example/web@${digest}`],
    };
    expect(parseImage(image)).toEqual({
      imageId: `sha256:${hex}`,
      manifestDigest: digest,
      references: ['docker.io/library/web:1', 'localhost/web:2'],
    });
  });

  it('with two manifests has none that is its own', () => {
    const RepoDigests = [`a@sha256:${hex}`, `b@sha256:${id}`];
    expect(parseImage({ Id: hex, RepoDigests })).toEqual({ imageId: `sha256:${hex}`, references: [] });
  });

  it('is known by hex with or without its algorithm', () => {
    expect([parseImageId(hex), parseImageId(`sha256:${hex}`), parseImageId('web')]).toEqual([
      `sha256:${hex}`,
      `sha256:${hex}`,
      undefined,
    ]);
  });

  it('is no image without an ID, and a list with one such is none', () => {
    expect(parseImages([{ Id: hex }, { RepoTags: ['web:1'] }])).toBeUndefined();
  });
});

describe('an event', () => {
  const event = (changes: object) => ({
    Type: 'container',
    Action: 'start',
    Actor: { ID: id, Attributes: { name: 'web', exitCode: 0 } },
    time: 1772600767,
    timeNano: 1772600767891234567,
    ...changes,
  });

  it('is read with its time to the millisecond', () => {
    expect(parseEvent(event({}))).toEqual({
      type: 'container',
      action: 'start',
      id,
      at: 1772600767891,
      attributes: { name: 'web' },
    });
  });

  it('without nanoseconds has its time to the second', () => {
    expect(parseEvent(event({ timeNano: undefined }))?.at).toBe(1772600767000);
  });

  it("in podman's words is told in docker's", () => {
    expect(
      ['died', 'remove', 'loadfromarchive', 'pull'].map((Action) => parseEvent(event({ Action }))?.action),
    ).toEqual(['die', 'destroy', 'load', 'pull']);
  });

  it('of another kind, or none, is nothing', () => {
    const values = [event({ Type: 'volume' }), event({ Actor: {} }), event({ time: 'now', timeNano: 'x' }), null, 7];
    for (const value of values) expect(parseEvent(value)).toBeUndefined();
  });
});

describe('the writable layer of a container', () => {
  const driver = (Name: string, Data: object) => ({ GraphDriver: { Name, Data } });
  it.each([
    [driver('overlay2', { UpperDir: '/u', LowerDir: '/a:/b' }), { upper: '/u', lowers: ['/a', '/b'] }],
    [driver('overlay', { UpperDir: '/u' }), { upper: '/u', lowers: [] }],
    [driver('fuse-overlayfs', { UpperDir: '/u', LowerDir: 'l/X:/a' }), { upper: '/u', lowers: ['/a'] }],
    [driver('btrfs', { UpperDir: '/u' }), undefined],
    [driver('overlay2', { UpperDir: 'u' }), undefined],
    [{ Storage: { RootFS: {} } }, undefined],
    [null, undefined],
  ])('lies where %j says', (value, expected) => {
    expect(parseLayerDirectories(value)).toEqual(expected);
  });

  it.each([
    [null, []],
    [
      [
        { Path: '/a', Kind: 1 },
        { Path: '/b', Kind: 2 },
      ],
      [
        { path: '/a', kind: 'added' },
        { path: '/b', kind: 'deleted' },
      ],
    ],
    [[{ Path: '/a', Kind: 0 }], [{ path: '/a', kind: 'modified' }]],
    [[{ Path: 'a', Kind: 0 }], undefined],
    [[{ Path: '/a', Kind: 3 }], undefined],
    [[{ Path: '/a' }], undefined],
    [{}, undefined],
  ])('is changed as %j says', (value, expected) => {
    expect(parseChanges(value)).toEqual(expected);
  });

  const stat = (value: unknown) => parsePathStat(Buffer.from(JSON.stringify(value)).toString('base64'));
  it.each([
    [
      { size: 7, mode: 0o755 },
      { isFile: true, size: 7, mode: 0o755 },
    ],
    [
      { size: 7, mode: 2 ** 23 + 0o755 },
      { isFile: true, size: 7, mode: 0o4755 },
    ],
    [
      { size: 7, mode: 2 ** 22 + 2 ** 20 + 0o755 },
      { isFile: true, size: 7, mode: 0o3755 },
    ],
    [
      { size: 7, mode: 2 ** 31 + 0o755 },
      { isFile: false, size: 7, mode: 0o755 },
    ],
    [
      { size: 7, mode: 2 ** 27 + 0o777 },
      { isFile: false, size: 7, mode: 0o777 },
    ],
    [
      { size: 7, mode: 2 ** 26 + 2 ** 21 + 0o600 },
      { isFile: false, size: 7, mode: 0o600 },
    ],
    [{ size: -1, mode: 0o755 }, undefined],
    [{ size: 7, mode: 2 ** 40 }, undefined],
    [{ size: 7 }, undefined],
    [[], undefined],
  ])('has a path as %j says', (value, expected) => {
    expect(stat(value)).toEqual(expected);
  });

  it('has no path by a header that is none', () => {
    for (const header of ['', 'e30', '%%%', Buffer.from('{').toString('base64')])
      expect(parsePathStat(header)).toBeUndefined();
  });
});
