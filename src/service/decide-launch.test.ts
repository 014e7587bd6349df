import { describe, expect, it } from 'vitest';
import { certificate, day, id, openScene, policy, registry, setOf, start } from '../../test/fakes/launch-scene.ts';
import { digestOf } from '../base/index.ts';
import type { PolicyDocument } from '../policy/index.ts';

const privileged = { security: { privileged: { value: true, path: 'HostConfig.Privileged' } } };

describe('the decision on a launch', () => {
  it('is never an allowance where nothing is asked', async () => {
    const { open } = openScene([policy({})]);
    const { verdict } = await open().decide({ gate: 'docker', set: { form: 'docker', requests: [] } });
    expect(verdict.outcome).toBe('undecided');
  });

  it('is recorded before it is answered, with everything that it was made by', async () => {
    const { open, decide, launches } = openScene([policy({})]);
    const { id: decision, verdict, message } = await decide(privileged);
    expect(verdict.outcome).toBe('deny');
    expect(message).toMatch(/^HostConfig\.Privileged: .*\(launch\/privileged\).*explain /);
    expect(await launches.get(decision)).toMatchObject({ outcome: 'deny', host: 'one.example', revision: 1 });
    expect((await open().explain(decision))?.findings[0]).toMatchObject({ rule: 'launch/privileged' });
  });

  it('only observes where no policy enforces', async () => {
    const { decide, launches } = openScene([]);
    const { id: decision, verdict, message } = await decide(privileged);
    expect(verdict).toMatchObject({ outcome: 'allow', observed: true });
    expect(message).toBe('');
    expect((await launches.get(decision))?.observed).toBe(true);
  });

  it('keeps no secret', async () => {
    const { decide, launches } = openScene([policy({})]);
    const { id: decision } = await decide({
      environment: [{ name: 'DB_PASSWORD', value: 'correct-horse-battery', path: 'Env[0]' }],
      command: [{ value: '--token=ghp_0123456789abcdefghijABCDEFGHIJ012345', path: 'Cmd[0]' }],
    });
    const kept = JSON.stringify(await launches.get(decision));
    expect(kept).toContain('DB_PASSWORD');
    expect(kept).not.toMatch(/correct-horse|ghp_0123/);
  });

  it('of what cannot be read refuses where a policy enforces, and observes where none does', async () => {
    const asked = { gate: 'docker', reason: 'HostConfig: is there twice' } as const;
    const enforced = openScene([policy({})]).open();
    expect((await enforced.refuse(asked)).verdict.outcome).toBe('undecided');
    const { verdict } = await openScene([policy({}, 'observe')])
      .open()
      .refuse(asked);
    expect(verdict).toMatchObject({ outcome: 'allow', observed: true, cause: asked.reason });
    const elsewhere = policy({ scope: { hosts: ['two.example'] } });
    expect((await openScene([elsewhere]).open().refuse(asked)).verdict.outcome).toBe('allow');
  });

  it('of a dry run leaves nothing behind', async () => {
    const { open, launches } = openScene([policy({})]);
    await open().decide({ gate: 'kubernetes', set: setOf(), dryRun: true });
    expect((await launches.list({ limit: 9, offset: 0 })).total).toBe(0);
  });
});

describe('a certified image', () => {
  const certified = policy({ image: { notCertified: 'refuse' } });

  it('starts by its ID, and no other does under its name', async () => {
    const { decide } = openScene([registry, certified], [certificate]);
    expect((await decide()).verdict.outcome).toBe('allow');
    const image = { value: 'registry.example/team/app:1', path: 'Image', id: digestOf('another') };
    expect((await decide({ image })).message).toMatch(/never certified/);
  });

  it('is held against the contract that came with it, unless operators wrote another', async () => {
    const require = policy({ inputs: { contract: 'require' } });
    const spec = { images: ['registry.example/team/app'], environment: { PORT: { type: 'port' } } } as const;
    const contract = { apiVersion: 'portwarden/v1', kind: 'InputContract', metadata: { name: 'attested' }, spec };
    const attested = openScene([registry, require], [{ ...certificate, contract }]);
    const variable = (name: string) => ({ environment: [{ name, value: '80', path: 'Env[0]' }] });
    expect((await attested.decide(variable('PORT'))).verdict.outcome).toBe('allow');
    const { verdict, id: decision } = await attested.decide(variable('OTHER'));
    expect(verdict.findings[0]).toMatchObject({ rule: 'input/contract', path: 'Env[0]' });
    expect((await attested.open().explain(decision))?.containers[0]?.contract).toBe('attested');
    const written = { ...contract, metadata: { name: 'ours' }, spec: { ...spec, environment: { OTHER: {} } } };
    const both = openScene([registry, require, written as PolicyDocument], [{ ...certificate, contract }]);
    expect((await both.decide(variable('OTHER'))).verdict.outcome).toBe('allow');
    const none = openScene([registry, require], [certificate]);
    expect((await none.decide(variable('PORT'))).verdict.findings[0]).toMatchObject({ rule: 'input/contract' });
  });

  it('starts again on its host after its certificate was withdrawn, and not elsewhere', async () => {
    const { decide, world, clock, open } = openScene([registry, certified], [certificate]);
    expect((await decide()).verdict.outcome).toBe('allow');
    clock.set(start + 5000);
    world.certificates = [
      { ...certificate, withdrawn: { at: start + 4000, effective: start + 4000, reason: 'CVE-2026-1' } },
    ];
    expect((await decide()).verdict.outcome).toBe('allow');
    const elsewhere = await open().decide({ gate: 'docker', set: setOf(), host: 'two.example' });
    expect(elsewhere.message).toMatch(/withdrawn/);
    const other = { command: [{ value: 'other', path: 'Cmd[0]' }] };
    expect((await decide(other)).verdict.outcome).toBe('deny');
  });

  it('starts again while the store is away, for as long as its verdict is fresh, and nothing else does', async () => {
    const { decide, world, clock, recorder, launches } = openScene([registry, certified], [certificate]);
    await decide();
    world.isAway = true;
    clock.set(start + 2 * day);
    const again = await decide();
    expect(again.verdict).toMatchObject({ outcome: 'allow' });
    expect(again.verdict.cause).toMatch(/store is away.*admitted on this host before/);
    expect((await decide({ command: [{ value: 'new', path: 'Cmd[0]' }] })).verdict.outcome).toBe('undecided');
    expect((await decide({ image: { value: 'app:1', path: 'Image' } })).verdict.outcome).toBe('undecided');
    clock.set(start + 8 * day);
    expect((await decide()).verdict.outcome).toBe('undecided');
    world.isAway = false;
    await recorder.flush();
    expect((await launches.list({ limit: 99, offset: 0 })).total).toBe(5);
  });

  it('that is to be judged each time is in no book', async () => {
    const each = policy({ image: { notCertified: 'refuse' }, restart: { admitted: 'judge' } });
    const { decide, world, clock } = openScene([registry, each], [certificate]);
    expect((await decide()).verdict.outcome).toBe('allow');
    world.isAway = true;
    clock.set(start + 2 * day);
    expect((await decide()).verdict.outcome).toBe('undecided');
  });

  it('that is to be judged each time is in the book of none who was told so later', async () => {
    const { decide, world, clock } = openScene([registry, certified], [certificate]);
    await decide();
    world.documents = [registry, policy({ image: { notCertified: 'refuse' }, restart: { admitted: 'judge' } })];
    [world.isAway, world.isKept] = [true, true];
    clock.set(start + 2000);
    expect((await decide()).verdict.outcome).toBe('undecided');
  });

  it('that may start again for a while only is in the book for that while', async () => {
    const brief = policy({ image: { notCertified: 'refuse' }, restart: { maxAge: '1d' } });
    const { decide, world, clock } = openScene([registry, brief], [certificate]);
    await decide();
    [world.isAway, world.isKept] = [true, true];
    clock.set(start + day - 1);
    expect((await decide()).verdict.outcome).toBe('allow');
    clock.set(start + day);
    expect((await decide()).verdict.outcome).toBe('undecided');
  });

  describe('whose contract only the store knows', () => {
    const require = policy({ inputs: { contract: 'require' }, image: { notCertified: 'refuse' } });
    const spec = { images: ['registry.example/team/app'], environment: {} } as const;
    const contract = { apiVersion: 'portwarden/v1', kind: 'InputContract', metadata: { name: 'attested' }, spec };
    const away = async (
      over: Parameters<ReturnType<typeof openScene>['decide']>[0] = {},
      documents = [registry, require],
    ) => {
      const { decide, world, clock, recorder, launches } = openScene(
        [registry, require],
        [{ ...certificate, contract }],
      );
      expect((await decide()).verdict.outcome).toBe('allow');
      [world.isAway, world.isKept] = [true, true];
      world.documents = documents;
      clock.set(start + 2000);
      const { id: decision, verdict } = await decide(over);
      world.isAway = false;
      await recorder.flush();
      return { verdict, record: await launches.get(decision) };
    };

    it('starts again by the same rules, and what is missing is told', async () => {
      const { verdict, record } = await away();
      expect(verdict).toMatchObject({ outcome: 'allow', cause: expect.stringMatching(/admitted on this host before/) });
      expect(record?.verdict.findings).toMatchObject([{ rule: 'input/contract', observed: true }]);
    });

    it('does not start with anything else, nor by rules that have changed', async () => {
      const other = await away({ command: [{ value: 'other', path: 'Cmd[0]' }] });
      expect(other.verdict.outcome).toBe('deny');
      const stricter = policy({ ...require.spec, inputs: { contract: 'require', strictness: 2 } });
      expect((await away({}, [registry, stricter])).verdict.outcome).toBe('deny');
    });
  });

  it('that nobody can ask about starts where policies only observe, also in a process that starts anew', async () => {
    const { decide, world, clock } = openScene([registry, policy({ image: { notCertified: 'refuse' } }, 'observe')]);
    [world.isAway, world.isKept] = [true, true];
    expect((await decide()).verdict).toMatchObject({ outcome: 'allow', observed: true });
    // Where not even the policies are known, nobody knows that they only observe.
    world.isKept = false;
    clock.set(start + 2000);
    expect((await decide()).verdict.outcome).toBe('undecided');
  });

  it('that was only ever observed is not taken for admitted', async () => {
    const lenient = policy({ image: { notCertified: 'refuse' } }, 'observe');
    const { decide, launches } = openScene([registry, lenient], []);
    await decide();
    const { items } = await launches.list({ limit: 1, offset: 0 });
    const known = await launches.admission(items[0]?.facts[0]?.fingerprint ?? id, 'one.example');
    expect(known).toBeDefined();
    expect(known).not.toHaveProperty('admittedAt');
  });
});

describe('inputs that nobody has seen', () => {
  const hold = policy({ inputs: { unseen: 'hold' } });

  it('wait with a ticket, once, and pass for as long as a person says', async () => {
    const { open, decide, clock } = openScene([hold]);
    const first = await decide();
    const [, ticket = ''] = /Ticket: (\w+)$/.exec(first.message) ?? [];
    expect((await decide()).message).toContain(`Ticket: ${ticket}`);
    expect((await open().tickets({})).total).toBe(1);
    const until = new Date(start + 3 * day).toISOString();
    await open().answerTicket(ticket, { state: 'approved', reason: 'seen', until }, 'ada');
    clock.set(start + 2000);
    expect((await decide()).verdict.outcome).toBe('allow');
    expect((await decide({ command: [{ value: 'x', path: 'Cmd[0]' }] })).verdict.outcome).toBe('deny');
  });

  it('that a person refused are not asked about again', async () => {
    const { open, decide, clock } = openScene([hold]);
    const [, ticket = ''] = /Ticket: (\w+)$/.exec((await decide()).message) ?? [];
    await open().answerTicket(ticket, { state: 'refused', reason: 'no' }, 'ada');
    clock.set(start + 2000);
    expect((await decide()).message).toContain(`Ticket: ${ticket}`);
    expect((await open().tickets({})).total).toBe(1);
    await expect(open().answerTicket(ticket, { state: 'approved', reason: 'yes' }, 'bob')).rejects.toMatchObject({
      code: 'ticket-answered',
    });
  });

  it.each(['2025-12-31T00:00:00Z', '2027-06-01T00:00:00Z', 'never'])('are not approved until %s', async (until) => {
    const { open, decide } = openScene([hold]);
    const [, ticket = ''] = /Ticket: (\w+)$/.exec((await decide()).message) ?? [];
    await expect(open().answerTicket(ticket, { state: 'approved', reason: 'x', until }, 'ada')).rejects.toMatchObject({
      code: 'bad-query',
    });
  });
});
