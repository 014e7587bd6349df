import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { askEngine } from './ask-engine.ts';

const id = (letter: string) => `sha256:${letter.repeat(64)}`;
const name = 'registry.example/team/app:1';
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

/** A dockerd with one list of names, on disk and in memory, that notes what it is asked. */
async function startEngine({ driver = 'overlay2', status = [] as unknown } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'ask-engine-'));
  ends.push(() => rmSync(directory, { recursive: true }));
  const socket = join(directory, 'engine.sock');
  const names = new Map([[name, id('a')]]);
  const asked: string[] = [];
  /** Answers about images wait for it. */
  const state: { hold?: Promise<void> } = {};
  const folder = join(directory, 'image', 'overlay2');
  mkdirSync(folder, { recursive: true });
  const save = () => {
    writeFileSync(join(folder, '.tmp'), JSON.stringify({ Repositories: [...names] }));
    renameSync(join(folder, '.tmp'), join(folder, 'repositories.json'));
  };
  save();
  let server: Server;
  const listen = () => {
    server = createServer(async (request, response) => {
      const path = (request.url ?? '').replace('/v1.24', '');
      asked.push(path);
      if (path !== '/info') await state.hold;
      const image = names.get(path.slice('/images/'.length, -'/json'.length));
      if (path === '/info')
        response.end(JSON.stringify({ DockerRootDir: directory, Driver: driver, DriverStatus: status }));
      else if (image)
        response.end(JSON.stringify({ Id: image, RepoTags: [...names.keys()], RepoDigests: ['team/app@sha256:1'] }));
      else response.writeHead(404).end('{}');
    });
    return new Promise<void>((resolve) => server.listen(socket, resolve));
  };
  const stop = () => {
    server.close();
    server.closeAllConnections();
    rmSync(socket, { force: true });
  };
  await listen();
  ends.push(() => stop());
  const engine = askEngine(socket);
  ends.push(() => engine.close());
  return {
    engine,
    names,
    state,
    save,
    asked,
    directory,
    listen,
    stop,
    ofImages: () => asked.filter((path) => path !== '/info'),
  };
}

describe('the name of an image', () => {
  it('is asked for once while the list of names is the same', async () => {
    const { engine, ofImages } = await startEngine();
    const image = { id: id('a'), repoDigests: ['team/app@sha256:1'] };
    for (let time = 0; time < 3; time++) expect(await engine.inspectImage(name)).toEqual(image);
    expect(ofImages()).toHaveLength(1);
  });

  it('is asked for once by all who come meanwhile, and anew where a name was given before the answer', async () => {
    const { engine, names, state, save, ofImages } = await startEngine();
    for (const [changes, questions, letter] of [
      [false, 1, 'a'],
      [true, 3, 'b'],
    ] as const) {
      let go = (): void => undefined;
      state.hold = new Promise((resolve) => {
        go = resolve;
      });
      if (changes) save();
      // Who asks comes from outside, in a turn of the loop of its own.
      await new Promise((resolve) => setImmediate(resolve));
      const first = engine.inspectImage(name);
      await vi.waitFor(() => expect(ofImages()).toHaveLength(changes ? 2 : 1));
      const others = [engine.inspectImage(name), engine.inspectImage(name)];
      if (changes) {
        names.set(name, id('b'));
        save();
      }
      go();
      await first;
      for (const other of await Promise.all(others)) expect(other).toMatchObject({ id: id(letter) });
      expect(ofImages()).toHaveLength(questions);
    }
  });

  it('is asked for again when any name was given', async () => {
    const { engine, names, save, ofImages } = await startEngine();
    await engine.inspectImage(name);
    names.set(name, id('b'));
    save();
    expect(await engine.inspectImage(name)).toMatchObject({ id: id('b') });
    names.set('other:1', id('c'));
    save();
    await engine.inspectImage(name);
    expect(ofImages()).toHaveLength(3);
  });

  it('is asked for each time where the list was not saved as far as anybody can see', async () => {
    const { engine, names, directory, ofImages } = await startEngine();
    await engine.inspectImage(name);
    names.set(name, id('b'));
    // As dockerd begins to write it, and fails.
    writeFileSync(join(directory, 'image', 'overlay2', '.tmp'), '');
    expect(await engine.inspectImage(name)).toMatchObject({ id: id('b') });
    rmSync(join(directory, 'image', 'overlay2', 'repositories.json'));
    for (let time = 0; time < 2; time++) await engine.inspectImage(name);
    expect(ofImages()).toHaveLength(4);
  });

  it.each([
    ['the beginning of an ID', 'a1b', id('a')],
    ['one that is none of the names of its image', 'docker.io/team/app:1', id('a')],
    ['one that is not there', 'absent:1', undefined],
  ])('is not remembered: %s', async (_, asked, image) => {
    const { engine, names, ofImages } = await startEngine();
    if (image === undefined) names.delete(asked);
    const known = names.get(name);
    names.clear();
    names.set(name, known ?? '');
    const inspect = () => engine.inspectImage(asked);
    // The engine finds it, whatever it is called there.
    if (image !== undefined) Object.assign(names, { get: () => image });
    expect((await inspect())?.id).toBe(image);
    await inspect();
    expect(ofImages()).toHaveLength(2);
  });

  it.each([
    ['containerd', { driver: 'overlay2', status: [['driver-type', 'io.containerd.snapshotter.v1']] }],
    ['another driver', { driver: 'btrfs' }],
    ['a driver that is none', { driver: '../overlay2' }],
  ])('is asked for each time of an engine that keeps images by %s', async (_, options) => {
    const { engine, ofImages } = await startEngine(options);
    for (let time = 0; time < 2; time++) await engine.inspectImage(name);
    expect(ofImages()).toHaveLength(2);
  });

  it('is asked for again of an engine that was started again', async () => {
    const { engine, asked, listen, stop } = await startEngine();
    await engine.inspectImage(name);
    stop();
    await listen();
    // The end of the one before is heard of in a later turn of the loop.
    await vi.waitFor(async () => {
      await engine.inspectImage(name);
      expect(asked).toEqual(['/info', `/images/${name}/json`, '/info', `/images/${name}/json`]);
    });
  });
});
