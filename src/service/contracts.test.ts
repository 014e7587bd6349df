import { describe, expect, it } from 'vitest';
import { createMemoryDocuments } from '../../test/fakes/certificate-stores.ts';
import { findLanguage } from '../../test/fakes/languages.ts';
import { createMemoryLaunches } from '../../test/fakes/launch-store.ts';
import { fingerprint, launchRecord, launchRequest } from '../../test/fakes/launches.ts';
import { noRegistries } from '../../test/fakes/no-registries.ts';
import { fixedClock } from '../base/index.ts';
import type { LaunchFacts, LaunchRecord, LaunchRequest } from '../model/index.ts';
import { parseImageReference } from '../model/index.ts';
import { type PolicyDocument, parseDocuments } from '../policy/index.ts';
import { createContractService } from './contracts.ts';
import { compileRules } from './rules-in-force.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const hour = 3_600_000;
const app = 'registry.example/team/app';
const spec = (rest: string, { images = app, mode = 'enforce', name = 'app' } = {}) =>
  `apiVersion: portwarden/v1\nkind: InputContract\nmetadata: { name: ${name} }\nmode: ${mode}\nspec:\n  images: [${images}]\n${rest}`;

let n = 0;
interface Asked extends Partial<LaunchRequest> {
  readonly image?: never;
}
function started(image: string, asked: Asked = {}, over: Partial<LaunchRecord> = {}, facts: Partial<LaunchFacts> = {}) {
  const [known] = launchRecord().facts;
  if (!known) throw new Error('there is one');
  const request = launchRequest({
    image: { value: image, path: 'Image', reference: parseImageReference(image) },
    ...asked,
  });
  const print = fingerprint(JSON.stringify(request));
  n += 1;
  return launchRecord({
    id: `l${n}`,
    at: now - n * 1000,
    facts: [{ ...known, request, fingerprint: print, ...facts }],
    ...over,
  });
}
const passed = (values: Record<string, string>, rest: Asked = {}): Asked => ({
  environment: Object.entries(values).map(([name, value], index) => ({ name, value, path: `Env[${index}]` })),
  ...rest,
});
const classified = (...inputs: LaunchFacts['inputs']['inputs']) => ({ inputs: { findings: [], inputs, unread: [] } });

async function open(records: readonly LaunchRecord[], ...texts: readonly string[]) {
  const documents = createMemoryDocuments(now);
  const put = texts
    .flatMap((text) => parseDocuments(text, 'x'))
    .map((body) => ({
      ...{ kind: body.kind, name: body.metadata.name, body, digest: fingerprint('d') },
    }));
  const before = (await documents.list()).map(({ kind, name }) => ({ kind, name }));
  await documents.apply({ put, remove: before, at: now, by: 'ada' });
  const rules = async () =>
    compileRules(
      (await documents.list()).map(({ body }) => body as PolicyDocument),
      1,
      noRegistries.trustSources,
    );
  return createContractService({
    findLanguage: async () => findLanguage,
    store: { launches: createMemoryLaunches(records), documents },
    clock: fixedClock(now),
    rules,
  });
}

describe('a contract beside what was seen', () => {
  const contract = spec(
    '  environment:\n    MODE: { type: enum, enum: [live] }\n    NEVER: {}\n    MUST: { required: true }\n',
  );

  it('has a line for each input that it lists or that was passed, with what is against it', async () => {
    const service = await open([
      started(`${app}:1`, passed({ MODE: 'live', MUST: 'x' }, { name: 'a' })),
      started(`${app}:1`, passed({ MODE: 'live', MUST: 'x' }, { name: 'b' }), { host: 'two.example' }),
      started(
        `${app}:2`,
        passed({ MODE: 'test', MORE: '7' }),
        { id: 'lbad' },
        classified({ path: 'Env[1]', place: 'variable', name: 'MORE', kind: 'number', secret: false }),
      ),
      started('registry.example/team/other:1', passed({ MODE: 'x' })),
      started(`${app}:1`, passed({ MODE: 'exec' }, { action: 'exec' })),
    ]);
    const sight = await service.look(contract);
    expect(sight).toMatchObject({
      starts: 3,
      refuses: 1,
      containers: 2,
      hosts: 2,
      whole: true,
      days: 7,
      conflicts: [],
    });
    const rows = new Map(sight.inputs.map((row) => [row.name, row]));
    expect([...rows.keys()]).toEqual(['MODE', 'NEVER', 'MUST', 'MORE']);
    expect(rows.get('MODE')).toMatchObject({
      listed: true,
      unfit: [{ evidence: 'it must be one of the 1 values of the contract', starts: 1, launches: ['lbad'] }],
      seen: { starts: 3, hosts: 2, values: ['live', 'test'], distinct: 2, lengths: { min: 4, max: 4 } },
    });
    expect(rows.get('NEVER')).toMatchObject({ listed: true, unfit: [], seen: null, suggestion: null });
    expect(rows.get('MUST')).toMatchObject({
      unfit: [{ evidence: 'it must be passed', starts: 1 }],
      seen: { starts: 2 },
    });
    expect(rows.get('MORE')).toMatchObject({
      listed: false,
      seen: { starts: 1, kinds: [{ kind: 'number', starts: 1 }] },
      suggestion: { type: 'integer', min: 7, max: 7 },
    });
    expect(sight.refused).toMatchObject([
      {
        id: 'lbad',
        count: 1,
        image: `${app}:2`,
        findings: [{ subject: 'MODE' }, { subject: 'MORE' }, { subject: 'MUST' }],
      },
    ]);
  });

  it('counts the same start once for each time, and what was refused', async () => {
    const same = passed({ MODE: 'live', MUST: 'x' });
    const service = await open([
      started(`${app}:1`, same, { outcome: 'deny', verdict: { outcome: 'deny', findings: [] as never } }),
      started(`${app}:1`, same),
    ]);
    const { inputs } = await service.look(contract);
    expect(inputs[0]?.seen).toMatchObject({ starts: 2, refused: 1 });
  });

  it('tells no secret, and takes what was said of it when it was asked for', async () => {
    const findings = [
      { rule: 'input/contract', path: 'Env[0]', subject: 'NOTE', evidence: 'it must match, by the contract app' },
    ];
    const service = await open([
      started(
        `${app}:1`,
        passed({ NOTE: 'key [redacted]', TOKEN: '[redacted]' }),
        {},
        {
          ...classified({ path: 'Env[1]', place: 'variable', name: 'TOKEN', kind: 'token', secret: true }),
          contract: { state: 'judged', name: 'app', findings } as unknown as LaunchFacts['contract'],
        },
      ),
    ]);
    const { inputs, refuses } = await service.look(
      spec('  environment: { NOTE: { max: 2 }, TOKEN: { type: port } }\n'),
    );
    expect(refuses).toBe(1);
    expect(inputs).toMatchObject([
      { name: 'NOTE', unfit: [{ evidence: 'it must match, by the contract app' }], seen: { hidden: 1, values: [] } },
      { name: 'TOKEN', unfit: [], seen: { secret: true, hidden: 1, values: [], lengths: null, distinct: 0 } },
    ]);
    expect(JSON.stringify(inputs)).not.toContain('redacted');
  });

  it('suggests nothing that a document has no words for', async () => {
    const service = await open([started(`${app}:1`, passed({ 'A B': 'x' }))]);
    const { inputs } = await service.look(spec('  environment: {}\n'));
    expect(inputs).toMatchObject([{ name: 'A B', listed: false, suggestion: null }]);
  });

  it('looks at so many days and no more', async () => {
    const service = await open([
      started(`${app}:1`, {}, { at: now - hour }),
      started(`${app}:1`, {}, { at: now - 30 * hour }),
    ]);
    expect((await service.look(spec(''), 1)).starts).toBe(1);
    expect((await service.look(spec(''), 2)).starts).toBe(2);
  });

  it('leaves to a more exact contract what is its own, and says which speak as exactly', async () => {
    const records = [started(`${app}:1`), started('registry.example/team/web:1')];
    const exact = await open(records, spec('', { name: 'exact' }));
    expect(await exact.look(spec('', { images: 'registry.example/team/*', name: 'wide' }))).toMatchObject({
      starts: 1,
      conflicts: [],
    });
    expect(await exact.look(spec('', { name: 'other' }))).toMatchObject({ starts: 1, conflicts: ['exact'] });
    // What is looked at stands in place of the one of its name.
    expect(await exact.look(spec('', { name: 'exact' }))).toMatchObject({ starts: 1, conflicts: [] });
  });

  it.each([
    ['two', `${spec('')}---\n${spec('', { name: 'b' })}`],
    ['another kind', 'apiVersion: portwarden/v1\nkind: LaunchPolicy\nmetadata: { name: p }\nspec: {}\n'],
    ['none', ''],
    ['a fault', spec('  environmint: {}\n')],
  ])('is not looked at where there is %s', async (_, text) => {
    const service = await open([]);
    await expect(service.look(text)).rejects.toMatchObject({ code: expect.stringMatching(/^bad-(?:query|document)$/) });
    await expect(service.test(text, 'docker run a')).rejects.toThrow();
  });
});

describe('contracts in force', () => {
  const policy = (mode: string, more = '') =>
    `apiVersion: portwarden/v1\nkind: LaunchPolicy\nmetadata: { name: p }\nmode: ${mode}\nspec: {${more}}\n`;
  const records = () => [
    started(`${app}:1`, passed({ MODE: 'test' })),
    started('registry.example/team/web:1'),
    started('registry.example/team/web:2', {}, {}, { contract: { state: 'judged', name: 'attested', findings: [] } }),
  ];

  it('are listed with how starts fare, beside images that start without one', async () => {
    const service = await open(
      records(),
      spec('  environment: {}\n'),
      spec('', { images: 'other.example/x', name: 'idle' }),
    );
    expect(await service.list()).toMatchObject({
      whole: true,
      items: [
        { name: 'app', mode: 'enforce', effect: 'observe', starts: 1, refuses: 1, unlisted: 1, appliedBy: 'ada' },
        { name: 'idle', effect: null, starts: 0, refuses: 0, unlisted: 0, lastAt: null },
      ],
      without: [{ image: 'registry.example/team/web', starts: 2, attested: true }],
    });
  });

  it.each([
    [[policy('enforce')], 'enforce', 'refuse'],
    [[policy('enforce')], 'observe', 'observe'],
    [[policy('observe')], 'enforce', 'observe'],
    [[policy('enforce', 'inputs: { contract: ignore }')], 'enforce', 'ignore'],
    [[policy('enforce', 'inputs: { rules: { input/contract: observe } }')], 'enforce', 'observe'],
    [[policy('enforce', 'scope: { hosts: [elsewhere] }')], 'enforce', 'observe'],
  ])('by %j in mode %s: %s', async (policies, mode, effect) => {
    const service = await open(records(), spec('  environment: {}\n', { mode }), ...policies);
    expect(await service.show('app')).toMatchObject({ mode, effect });
  });

  it('are shown by their name, or by an image that they speak of', async () => {
    const service = await open(records(), spec('  environment: {}\n'));
    const detail = await service.show(`${app}:9`);
    expect(detail).toEqual(await service.show('app'));
    expect(detail).toMatchObject({
      name: 'app',
      text: expect.stringContaining('kind: InputContract'),
      sight: { starts: 1 },
    });
    expect(await service.show('registry.example/none')).toBeUndefined();
    await expect(service.show('NO NAME')).rejects.toThrow();
    const twice = await open([], spec(''), spec('', { name: 'b' }));
    await expect(twice.show(app)).rejects.toMatchObject({
      code: 'bad-query',
      message: expect.stringContaining('app and b'),
    });
  });

  it('are tried on what is pasted', async () => {
    const service = await open([]);
    const text = spec('  environment: {}\n');
    expect((await service.test(text, `docker run -e A=1 ${app}\ndocker run x`)).items).toMatchObject([
      { state: 'bad', contract: 'app', findings: [{ path: expect.any(String), evidence: expect.any(String) }] },
      { state: 'no-contract' },
    ]);
    expect((await service.test(text, '{')).items).toMatchObject([{ state: 'unreadable' }]);
  });
});
