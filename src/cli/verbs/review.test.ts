import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runVerb } from '../../../test/fakes/run-verb.ts';
import { createFakeServices } from '../../../test/fakes/services.ts';
import { fixedClock } from '../../base/index.ts';
import type { Services } from '../../service/services.ts';
import { exitCode } from '../exit-code.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portwarden-review-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}
const run = (...argv: readonly string[]) => runVerb(argv, {} as Services);
const good = 'docker run --name web alpine\n';
const bad = 'services:\n  web:\n    image: a\n    privileged: true\n';
const policy = 'apiVersion: portwarden/v1\nkind: LaunchPolicy\nmetadata: {name: p}\nmode: observe\nspec: {}\n';
const contract =
  'apiVersion: portwarden/v1\nkind: InputContract\nmetadata: {name: c}\nspec:\n  images: [registry.example/a]\n  environment: {MODE: {type: enum, enum: [live]}}\n';

describe('review', () => {
  it('lets pass what nothing is against', async () => {
    const { code, out } = await run('review', await file('good.txt', good));
    expect(code).toBe(exitCode.done);
    expect(out).toMatch(/good\.txt:1: allowed$/m);
  });

  it('refuses with the line, and what to do', async () => {
    const { code, out } = await run('review', await file('compose.yaml', bad));
    expect(code).toBe(exitCode.refused);
    expect(out).toMatch(/refused[\s\S]*launch\/privileged .*services\.web\.privileged \(line 4\)/);
    expect(out).toMatch(/^- /m);
  });

  it('of several files is refused by any', async () => {
    const files = [await file('good.txt', good), await file('compose.yaml', bad), await file('none.txt', 'hello')];
    const { code, out } = await run('review', '--format', 'json', ...files);
    expect(code).toBe(exitCode.refused);
    const { items } = JSON.parse(out);
    expect(items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['allow', 'deny', 'deny']);
    expect(items[1].findings[0]).toMatchObject({ line: 4 });
  });

  it('goes by documents and sets', async () => {
    const compose = await file('compose.yaml', bad);
    const observing = await file('policy.yaml', policy);
    expect((await run('review', '-p', observing, compose)).code).toBe(exitCode.done);
    expect((await run('review', '-p', observing, '-r', 'pss:baseline', compose)).code).toBe(exitCode.refused);
    expect((await run('review', '-r', 'input,pss:privileged', compose)).code).toBe(exitCode.done);
  });

  it.each([
    ['sarif', /"version": "2\.1\.0"/],
    ['junit', /<testsuites /],
  ] as const)('prints %s', async (format, expected) => {
    const { code, out } = await run('review', '--format', format, await file('compose.yaml', bad));
    expect(code).toBe(exitCode.refused);
    expect(out).toMatch(expected);
  });

  it('says what it cannot do', async () => {
    const compose = await file('compose.yaml', bad);
    expect((await run('review', join(folder, 'missing'))).code).toBe(exitCode.unreadable);
    expect((await run('review', '-r', 'pss:strict', compose)).code).not.toBe(exitCode.done);
    expect((await run('review', '--as', 'helm', compose)).code).toBe(exitCode.usage);
    expect((await run('review', '-p', await file('c.yaml', contract), compose)).code).toBe(exitCode.usage);
  });
});

describe('review --batch', () => {
  it('answers each line in order, whatever it is, and ends well', async () => {
    const lines = [
      '{"id":1,"docker":{"Image":"a"}}',
      '',
      'no JSON',
      '{"id":2,"docker":{"Image":"a","HostConfig":{"Privileged":true}}}\r',
      '{"id":3,"run":"docker run é"}',
    ];
    const { code, out } = await run('review', '--batch', await file('lines', lines.join('\n')));
    expect(code).toBe(exitCode.done);
    const answers = out.split('\n').map((line) => JSON.parse(line));
    expect(answers.map(({ id, outcome }) => [id, outcome])).toEqual([
      [1, 'allow'],
      [null, 'deny'],
      [2, 'deny'],
      [3, 'allow'],
    ]);
  });

  it('answers a line that is too long to be read, and the next', async () => {
    const long = `{"id":1,"docker":{"Image":"${'a'.repeat(9 * 1024 * 1024)}"}}`;
    const { out } = await run('review', '--batch', await file('lines', `${long}\n{"id":2,"docker":{"Image":"a"}}`));
    const answers = out.split('\n').map((line) => JSON.parse(line));
    expect(answers.map(({ id, outcome }) => [id, outcome])).toEqual([
      [null, 'deny'],
      [2, 'allow'],
    ]);
  });

  it('answers a last line that is too long', async () => {
    const { out } = await run('review', '--batch', await file('lines', 'a'.repeat(9 * 1024 * 1024)));
    expect(out.split('\n')).toHaveLength(1);
  });

  it('answers as many as there are', async () => {
    const lines = Array.from({ length: 300 }, (_, id) => JSON.stringify({ id, docker: { Image: 'a' } }));
    const { out } = await run('review', '--batch', await file('lines', lines.join('\n')));
    expect(out.split('\n').map((line) => JSON.parse(line).id)).toEqual(lines.map((_, id) => id));
  });
});

describe('contract', () => {
  const services = createFakeServices({ clock: fixedClock(Date.parse('2026-03-01T12:00:00Z')), runs: 10 });
  const ask = (...argv: readonly string[]) => runVerb(['contract', ...argv], services);

  it('is learned from recorded starts', async () => {
    const { code, out, err } = await ask('learn', 'registry.example/shop/search');
    expect(code).toBe(exitCode.done);
    expect(out).toMatch(/^kind: InputContract$/m);
    expect(out).not.toMatch(/redacted/);
    expect(err).toMatch(/from 1 starts? since/);
    expect((await ask('learn', 'registry.example/none')).err).toMatch(
      /no start of registry\.example\/none is recorded/,
    );
    expect((await ask('learn', 'NO NAME')).code).not.toBe(exitCode.done);
  });

  it('stands beside what was seen, by its name and by an image', async () => {
    const cart = contract.replace('registry.example/a', 'registry.example/shop/cart');
    await services.documents.apply([{ name: 'c.yaml', text: cart }], 'ada');
    const list = await ask('list');
    expect(list.out).toMatch(/^c +enforce +observe +31 +31 +1 +registry\.example\/shop\/cart$/m);
    expect(list.out).toMatch(/^registry\.example\/shop\/pay: 1 starts without a contract$/m);
    const shown = await ask('show', 'registry.example/shop/cart:9');
    expect(shown.out).toMatch(/^c, mode enforce: of 31 starts in 7 days it would refuse 31$/m);
    expect(shown.out).toMatch(/^variable +DB_PASSWORD +no +31 +text, secret +there is no such variable \(31\)$/m);
    expect(shown.out).toMatch(
      /^variable +MODE +yes +31 +text +it must be one of the 1 values of the contract \(31\)$/m,
    );
    expect((await ask('show', 'c')).out).toBe(shown.out);
    const json = JSON.parse((await ask('show', 'c', '--days', '30', '--format', 'json')).out);
    expect(json).toEqual(await services.contracts.show('c', 30));
    expect(JSON.parse((await ask('list', '--format', 'json')).out)).toEqual(await services.contracts.list());
  });

  it.each([
    ['show', 'registry.example/none'],
    ['show', 'NO NAME'],
    ['list', '--days', '31'],
    ['list', '--days', 'x'],
  ])('is not shown by %s %s', async (...argv) => {
    expect((await ask(...argv)).code).not.toBe(exitCode.done);
  });

  it.each([
    ['live', exitCode.done, /good/],
    ['test', exitCode.refused, /bad/],
  ])('is tried on MODE=%s', async (mode, code, expected) => {
    const runs = await file('runs', `docker run -e MODE=${mode} registry.example/a\n`);
    const tried = await ask('test', await file('c.yaml', contract), runs);
    expect(tried.code).toBe(code);
    expect(tried.out).toMatch(expected);
  });
});
