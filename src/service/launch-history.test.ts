import { describe, expect, it } from 'vitest';
import { certificate, day, id, openScene, policy, registry, setOf, start } from '../../test/fakes/launch-scene.ts';
import { launchRequest } from '../../test/fakes/launches.ts';
import { type ExceptionDocument, exceptionDigest } from '../policy/index.ts';

const certified = policy({ image: { notCertified: 'refuse' } });
const hold = policy({ inputs: { unseen: 'hold' } });
const ticketIn = (message: string) => /Ticket: (\w+)$/.exec(message)?.[1] ?? '';

function exception(rule: string, days: number): ExceptionDocument {
  const document = {
    apiVersion: 'portwarden/v1',
    kind: 'Exception',
    metadata: { name: 'for-now' },
    spec: {
      owner: 'team',
      reason: 'until it is mended',
      scope: { hosts: ['one.example'] },
      rules: [rule],
      expires: new Date(start + days * day).toISOString(),
      requested: { by: 'ada', at: new Date(start - day).toISOString() },
    },
  } as unknown as ExceptionDocument;
  const approved = { by: 'bob', at: new Date(start - 1000).toISOString(), digest: exceptionDigest(document) };
  return { ...document, spec: { ...document.spec, approved } };
}

describe('what was let start', () => {
  it('by an exception from the rule of images does not start when that is over', async () => {
    const { decide, clock } = openScene([registry, certified, exception('launch/image', 1)], []);
    expect((await decide()).verdict.outcome).toBe('allow');
    clock.set(start + 2 * day);
    expect((await decide()).verdict.outcome).toBe('deny');
  });

  it('by an exception starts while the store is away until that is over', async () => {
    const { decide, clock, world } = openScene([registry, certified, exception('launch/image', 1)], []);
    await decide();
    world.isAway = true;
    clock.set(start + day / 2);
    expect((await decide()).verdict.outcome).toBe('allow');
    clock.set(start + 2 * day);
    expect((await decide()).verdict.outcome).toBe('undecided');
  });

  it('is judged anew where the policy says so, though it was admitted', async () => {
    const judged = policy({ image: { notCertified: 'refuse' }, restart: { admitted: 'judge' } });
    const { decide, clock, world } = openScene([registry, judged], [certificate]);
    expect((await decide()).verdict.outcome).toBe('allow');
    world.certificates = [];
    clock.set(start + 5000);
    expect((await decide()).verdict.outcome).toBe('deny');
  });

  it('is known though the disk of the host was full', async () => {
    const { decide, clock, world } = openScene([registry, certified], [certificate]);
    world.isDiskFull = true;
    expect((await decide()).verdict.outcome).toBe('allow');
    world.certificates = [];
    clock.set(start + 5000);
    expect((await decide()).verdict.outcome).toBe('allow');
    world.isAway = true;
    expect((await decide()).verdict.outcome).toBe('undecided');
  });

  it('without content that is bound to its name is no admission', async () => {
    const { decide, launches } = openScene([policy({})]);
    const image = { value: 'other.example/a:1', path: 'Image' };
    const decided = await decide({ image });
    const fingerprint = (await launches.get(decided.id))?.facts[0]?.fingerprint ?? id;
    expect(await launches.admission(fingerprint, 'one.example')).toBeUndefined();
  });

  it('in a review or as a process counts for nothing', async () => {
    const { open, decide, launches } = openScene([policy({})]);
    const service = open();
    const reviewed = await service.decide({ gate: 'review', set: setOf() });
    const process = await decide({ action: 'exec', command: [{ value: 'id', path: 'Cmd[0]' }] });
    for (const { id: decision, verdict } of [reviewed, process]) {
      expect(verdict.outcome).toBe('allow');
      const fingerprint = (await launches.get(decision))?.facts[0]?.fingerprint ?? id;
      expect(await launches.admission(fingerprint, 'one.example')).toBeUndefined();
    }
  });
});

describe('while the store is away', () => {
  it.each(['a process that goes on', 'a process that starts anew'])(
    'inputs that were seen are seen by %s',
    async (by) => {
      const { open, decide, clock, world } = openScene([hold]);
      const service = open();
      const ticket = ticketIn((await decide({}, service)).message);
      await service.answerTicket(ticket, { state: 'approved', reason: 'seen' }, 'ada');
      clock.set(start + 2000);
      expect((await decide({}, service)).verdict.outcome).toBe('allow');
      world.isAway = true;
      clock.set(start + 2 * day);
      const again = await decide({}, by === 'a process that goes on' ? service : open());
      expect(again.verdict.outcome).toBe('allow');
    },
  );

  it('inputs that nobody has seen are refused, and recorded once', async () => {
    const { open, decide, launches, recorder, clock, world } = openScene([hold]);
    const service = open();
    await decide({ command: [{ value: 'first', path: 'Cmd[0]' }] }, service);
    world.isAway = true;
    clock.set(start + 2000);
    const { verdict, message } = await decide({}, service);
    expect(verdict.outcome).toBe('undecided');
    expect(message).toMatch(/not decided: .*nobody can say whether the same was seen before: the store is away/);
    expect(message).not.toMatch(/Ticket/);
    world.isAway = false;
    await recorder.flush();
    expect((await launches.list({ limit: 9, offset: 0 })).total).toBe(2);
  });

  it('what was asked is recorded without its secrets though no rule is known', async () => {
    const { decide, launches, recorder, world } = openScene([policy({})]);
    world.isAway = true;
    const environment = [{ name: 'DB_PASSWORD', value: 'correct-horse', path: 'Env[0]' }];
    const { verdict } = await decide({ environment });
    expect(verdict).toMatchObject({ outcome: 'undecided', cause: expect.stringMatching(/store is away/) });
    world.isAway = false;
    await recorder.flush();
    const [record] = (await launches.list({ limit: 9, offset: 0 })).items;
    expect(record?.facts[0]?.image).toMatchObject({ state: 'unknown', cause: expect.stringMatching(/store is away/) });
    expect(JSON.stringify(record)).toContain('DB_PASSWORD');
    expect(JSON.stringify(record)).not.toContain('correct-horse');
  });

  it('what was asked of a container that no image binds is decided by nobody', async () => {
    const { open, decide, world, clock } = openScene([certified]);
    const service = open();
    const image = { value: 'app:1', path: 'Image' };
    await decide({ image }, service);
    world.isAway = true;
    clock.set(start + 2000);
    expect((await decide({ image }, service)).verdict.outcome).toBe('undecided');
  });
});

describe('a ticket', () => {
  const two = (service: ReturnType<ReturnType<typeof openScene>['open']>, dryRun = false) =>
    service.decide({
      gate: 'kubernetes',
      dryRun,
      set: {
        form: 'pod',
        requests: ['a', 'b'].map((name) =>
          launchRequest({ form: 'pod', name, path: `spec.containers[${name}]`, command: [{ value: name, path: 'c' }] }),
        ),
      },
    });

  it('is opened for each container that waits, and for no other', async () => {
    const { open } = openScene([policy({ inputs: { unseen: 'hold' }, scope: { names: ['b'] } }), policy({})]);
    const service = open();
    await two(service);
    const { items } = await service.tickets({});
    expect(items.map(({ request }) => request.name)).toEqual(['b']);
    const both = openScene([hold]).open();
    await two(both);
    expect((await both.tickets({})).items).toHaveLength(2);
  });

  it.each([
    [
      'a policy that only observes',
      [
        policy({ inputs: { unseen: 'hold' } }, 'observe'),
        policy({ conditions: [{ name: 'no', expression: 'false', message: 'no' }] }),
      ],
    ],
    ['an exception', [hold, exception('launch/unseen-inputs', 3)]],
  ] as const)('is not opened by %s', async (_, documents) => {
    const { open, decide } = openScene(documents);
    const service = open();
    expect((await decide({}, service)).message).not.toMatch(/Ticket/);
    expect((await service.tickets({})).total).toBe(0);
  });

  it('is not opened by a dry run', async () => {
    const { open } = openScene([hold]);
    const service = open();
    expect((await two(service, true)).verdict.outcome).toBe('deny');
    expect((await service.tickets({})).total).toBe(0);
  });

  it('that was approved is over when its time is, also for what it let start, and another is opened', async () => {
    const { open, decide, clock } = openScene([hold]);
    const ticket = ticketIn((await decide()).message);
    const until = new Date(start + day).toISOString();
    await open().answerTicket(ticket, { state: 'approved', reason: 'for a day', until }, 'ada');
    clock.set(start + 2000);
    expect((await decide()).verdict.outcome).toBe('allow');
    clock.set(start + 2 * day);
    const { message } = await decide();
    expect(ticketIn(message)).not.toBe('');
    expect(ticketIn(message)).not.toBe(ticket);
    expect((await open().ticket(ticket))?.answer?.isOver).toBe(true);
  });

  it('of what had started before anybody was asked does not end it', async () => {
    const { launches, open, decide, clock } = openScene([hold]);
    const first = await decide();
    const fingerprint = (await launches.get(first.id))?.facts[0]?.fingerprint ?? id;
    await launches.record([], [{ fingerprint, host: 'one.example', at: start - day, isAdmitted: false }]);
    const until = new Date(start + day).toISOString();
    await open().answerTicket(ticketIn(first.message), { state: 'approved', reason: 'x', until }, 'ada');
    clock.set(start + 2 * day);
    expect((await decide()).verdict.outcome).toBe('allow');
  });

  it.each(['nobody', ''])('that is not there (%j) is answered by nobody', async (name) => {
    const service = openScene([hold]).open();
    expect(await service.ticket(name)).toBeUndefined();
    expect(await service.answerTicket(name, { state: 'refused', reason: 'x' }, 'ada')).toBeUndefined();
  });
});

describe('what cannot be read', () => {
  it('is told and recorded without a secret that its reason quotes', async () => {
    const { open, launches } = openScene([policy({})]);
    const reason = 'Env[0]: "ghp_0123456789abcdefghijABCDEFGHIJ012345" is no variable';
    const { id: decision, message, verdict } = await open().refuse({ gate: 'docker', reason });
    expect(JSON.stringify([message, verdict, await launches.get(decision)])).not.toContain('ghp_0123');
    expect(message).toContain('Env[0]');
  });

  it('is left alone by a dry run, and undecided while the store is away', async () => {
    const { open, launches, world } = openScene([policy({})]);
    await open().refuse({ gate: 'kubernetes', reason: 'x', dryRun: true });
    expect((await launches.list({ limit: 9, offset: 0 })).total).toBe(0);
    world.isAway = true;
    expect((await open().refuse({ gate: 'docker', reason: 'x' })).verdict.outcome).toBe('undecided');
  });
});
