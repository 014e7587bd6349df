import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdmissionBook, createDocumentsBook, createLaunchJournal } from '../../src/agent/index.ts';
import { type Digest, fixedClock, silentLog, systemClock } from '../../src/base/index.ts';
import type { LaunchVerdict } from '../../src/model/index.ts';
import { type OpenServiceSet, openServiceSet } from '../../src/wiring/open-services.ts';
import { policy, setOf } from '../fakes/launch-scene.ts';
import { launchRecord } from '../fakes/launches.ts';

/**
 * Somebody may write the data directory of a host, and cannot read the key of launches. The store is away: what lies in the
 * directory decides.
 */
const database = 'postgres://portwarden@127.0.0.1:1/fleet';
const store = 'PostgreSQL at 127.0.0.1:1/fleet';
const host = hostname();
const key = Buffer.alloc(32, 9);
const other = Buffer.alloc(32, 8);
const week = 7 * 86_400_000;
const hold = [policy({ inputs: { unseen: 'hold' } })];

let data: string;
let opened: OpenServiceSet | undefined;
const file = (name: string) => join(data, name);
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'pw-books-'));
  writeFileSync(file('launch.key'), `${key.toString('hex')}\n`, { mode: 0o600 });
});
afterEach(async () => {
  await close();
  rmSync(data, { recursive: true });
});

async function close(): Promise<void> {
  await opened?.close();
  opened = undefined;
}

/** Starts as portwarden up does; gives what becomes of a launch. */
async function start(): Promise<{ readonly verdict: LaunchVerdict; readonly fingerprint: Digest }> {
  await close();
  rmSync(file('launch-journal'), { force: true });
  opened = await openServiceSet({ data, database, outlivesStore: true });
  const { verdict } = await opened.services.launches.decide({ gate: 'docker', set: setOf() });
  const [kept] = await createLaunchJournal({ file: file('launch-journal'), key, log: silentLog }).read(9);
  const fingerprint = kept?.record.facts[0]?.fingerprint;
  if (!fingerprint) throw new Error('what was decided is not in the journal');
  return { verdict, fingerprint };
}

const writePolicies = (over: object = {}, documents = hold) =>
  createDocumentsBook({
    ...{ file: file('policies'), key, host, store, clock: systemClock, log: silentLog },
    ...over,
  }).write({ revision: 5, documents });

const spoilt: readonly (readonly [string, (text: string) => string])[] = [
  ['forged', (text) => text.replace(/^[0-9a-f]{64}/, 'f'.repeat(64)).replace('"hold"', '"allow"')],
  ['changed', (text) => text.replace('"hold"', '"allow"')],
  ['truncated', (text) => text.slice(0, 120)],
  ['truncated behind its signature', (text) => text.slice(0, 65)],
  ['empty', () => ''],
  ['no text', () => '\0\u{fffd}\n{"documents":[]}\n'],
  ['without a signature', (text) => text.slice(65)],
];

describe('the policies that held last', () => {
  it('decide where they are as they were written', async () => {
    await writePolicies();
    const { verdict } = await start();
    expect(verdict).toMatchObject({ outcome: 'undecided', cause: expect.stringMatching(/store is away/) });
  });

  it.each(spoilt)('let nobody start by them where they are %s', async (_, spoil) => {
    await writePolicies();
    writeFileSync(file('policies'), spoil(readFileSync(file('policies'), 'utf8')));
    await expect(start()).rejects.toMatchObject({
      code: 'unavailable',
      remedy: expect.stringContaining('nothing is kept on this host'),
    });
  });

  it.each([
    ['signed by another key', { key: other }],
    ['those of another host', { host: `${host}-2` }],
    ['those of another store', { store: 'PostgreSQL at 127.0.0.1:1/another' }],
    ['older than a week', { clock: fixedClock(systemClock.now() - week - 1000) }],
    ['of a time that has not come', { clock: fixedClock(systemClock.now() + week) }],
  ])('let nobody start by them where they are %s', async (_, over) => {
    await writePolicies(over, [policy({}, 'observe')]);
    await expect(start()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are not the rules of traffic, which are signed by the same key', async () => {
    const { createRulesBook } = await import('../../src/agent/index.ts');
    await createRulesBook({ file: file('policies'), key, log: silentLog }).write({ groups: [], denyLists: [] });
    await expect(start()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('the book of what was admitted', () => {
  const admit = async (fingerprint: Digest, over: object = {}, until = systemClock.now() + 60_000) => {
    const parts = { file: file('admissions'), key, host, clock: fixedClock(until - 60_000), log: silentLog, ...over };
    await createAdmissionBook(parts).admit(fingerprint, { until, rules: fingerprint });
  };

  it('lets the same start again', async () => {
    await writePolicies();
    const { fingerprint } = await start();
    await admit(fingerprint);
    expect((await start()).verdict.outcome).toBe('allow');
  });

  it.each([
    ['signed by another key', { key: other }, undefined],
    ['of another host', { host: `${host}-2` }, undefined],
    ['expired', {}, -1000],
  ])('lets nothing start by a line that is %s', async (_, over, ago) => {
    await writePolicies();
    const { fingerprint } = await start();
    await admit(fingerprint, over, ago === undefined ? undefined : systemClock.now() + ago);
    expect(existsSync(file('admissions'))).toBe(true);
    expect((await start()).verdict.outcome).toBe('undecided');
  });

  it.each([
    ['made longer', (line: string) => line.replace(/ (\d+) /, (_, until) => ` ${Number(until) + week} `)],
    ['cut off', (line: string) => line.slice(0, -10)],
    ['of something else', (line: string) => line.replace(/^sha256:./, 'sha256:0')],
  ])('lets nothing start by a line that was %s', async (_, spoil) => {
    await writePolicies();
    const { fingerprint } = await start();
    await admit(fingerprint);
    const line = readFileSync(file('admissions'), 'utf8').trim();
    const spoiled = spoil(line);
    // By chance it may be the same.
    writeFileSync(file('admissions'), spoiled === line ? '' : spoiled);
    expect((await start()).verdict.outcome).toBe('undecided');
  });
});

describe('the journal of launches', () => {
  it('takes in nothing that was not decided here, and loses nothing by it', async () => {
    const journal = createLaunchJournal({ file: file('launch-journal'), key, log: silentLog });
    await journal.append([{ record: launchRecord({ id: 'l1' }), started: [] }]);
    const foreign = createLaunchJournal({ file: file('foreign'), key: other, log: silentLog });
    await foreign.append([{ record: launchRecord({ id: 'l2' }), started: [] }]);
    appendFileSync(file('launch-journal'), readFileSync(file('foreign')));
    appendFileSync(
      file('launch-journal'),
      readFileSync(file('launch-journal'), 'utf8').replace('"l1"', '"l3"').trimStart(),
    );
    const set = await openServiceSet({ data, outlivesStore: true });
    const over = new AbortController();
    try {
      const working = set.services.work(over.signal);
      const total = async () => (await set.services.launches.list({ limit: 9 })).items.map(({ id }) => id);
      await expect.poll(total, { timeout: 15_000 }).toEqual(['l1']);
      over.abort();
      await working;
      expect(existsSync(file('launch-journal'))).toBe(false);
    } finally {
      over.abort();
      await set.close();
    }
  });

  it('holds no secret', async () => {
    await writePolicies();
    await start();
    await opened?.services.launches.decide({
      gate: 'docker',
      set: setOf({ environment: [{ name: 'DB_PASSWORD', value: 'correct-horse-battery', path: 'Env[0]' }] }),
    });
    const kept = readFileSync(file('launch-journal'), 'utf8');
    expect(kept).toContain('DB_PASSWORD');
    expect(kept).not.toContain('correct-horse');
  });
});
