import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTrafficJudge } from '../../../src/segmentation/index.ts';
import { dnsTypes, ednsRecord } from '../../../src/segmentation/names/dns-message.ts';
import {
  addressesIn,
  createNameScene,
  honest,
  type NameScene,
  named,
  namedTraffic,
  open,
  plain,
  watched,
} from '../../fakes/name-scene.ts';
import { answerTo, makeRecord } from '../../fakes/name-server.ts';

describe('a question of a container', () => {
  let scene: NameScene;
  beforeAll(async () => {
    scene = await createNameScene();
  });
  afterAll(() => scene.server.close());
  beforeEach(() => scene.make());

  it('opens what a name led to and answers then', async () => {
    scene.server.say(honest('a allowed.test 300 198.51.100.7'));
    let isOpen = false;
    scene.opening = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      isOpen = true;
    };
    const answer = await scene.ask('Allowed.TEST');
    expect(isOpen).toBe(true);
    expect(scene.opened).toEqual(['allowed.test 198.51.100.7 330']);
    expect(answer).toMatchObject({ id: 4711, isResponse: true, rcode: 0 });
    expect(answer?.questions[0]?.name).toBe('Allowed.TEST');
    expect(answer?.answers).toMatchObject([{ name: 'Allowed.TEST', ttl: 300 }]);
  });

  it('does not answer where the kernel did not take it', async () => {
    scene.server.say(honest('a allowed.test 300 198.51.100.7'));
    scene.opening = () => Promise.reject(new Error('no space'));
    expect(await scene.ask('allowed.test')).toMatchObject({ rcode: 2, answers: [] });
    scene.opening = async () => undefined;
    expect(addressesIn(await scene.ask('allowed.test'))).toEqual(['198.51.100.7']);
  });

  it.each([
    ['0', 5],
    ['3', 5],
    ['60', 60],
    ['86400', 3600],
    ['4294967295', 5],
  ])('holds a TTL of %s for %i seconds and a grace', async (ttl, seconds) => {
    scene.server.say(honest(`a allowed.test ${ttl} 198.51.100.7`));
    expect((await scene.ask('allowed.test'))?.answers[0]?.ttl).toBe(seconds);
    expect(scene.opened).toEqual([`allowed.test 198.51.100.7 ${seconds + 30}`]);
  });

  it('asks once for as long as the answer holds, and tells what is left of it', async () => {
    scene.server.say(honest('a allowed.test 60 198.51.100.7'));
    const before = scene.server.asked.length;
    await Promise.all([scene.ask('allowed.test'), scene.ask('allowed.test')]);
    scene.clock.set(scene.clock.now() + 40_000);
    expect((await scene.ask('allowed.test'))?.answers[0]?.ttl).toBe(20);
    expect(scene.server.asked.length - before).toBe(1);
    scene.clock.set(scene.clock.now() + 21_000);
    await scene.ask('allowed.test');
    expect(scene.server.asked.length - before).toBe(2);
    expect(scene.opened).toHaveLength(2);
  });

  it.each([
    ['evil.example', 'any other name'],
    ['x.allowed.test', 'a name below one that is said'],
    ['cdn.example', 'the name above a wildcard'],
    ['a\\.cdn.example', 'a label with a dot in it'],
    ['allowed.test.evil.example', 'a name that begins so'],
    ['use-application-dns.net', 'the canary of browsers'],
  ])('does not look up %s: %s', async (name) => {
    scene.server.say(honest(`a ${name} 60 198.51.100.7`));
    const before = scene.server.asked.length;
    expect(await scene.ask(name)).toMatchObject({ rcode: 3, answers: [] });
    expect(scene.server.asked.length).toBe(before);
    expect(scene.resolver.takeNotes()).toMatchObject([{ asker: { name: 'named' }, what: 'refused' }]);
  });

  it('says why to those who can hear it (RFC 8914)', async () => {
    const changes = { additionals: [ednsRecord({ payload: 1400, dnssecOk: false })] };
    expect((await scene.ask('evil.example', { changes }))?.additionals[0]?.data).toEqual(
      Uint8Array.of(0, 15, 0, 2, 0, 15),
    );
  });

  it.each([
    [dnsTypes.https, 0],
    [dnsTypes.svcb, 0],
    [dnsTypes.any, 0],
    [252, 5],
    [dnsTypes.ixfr, 5],
  ])('does not ask for type %i', async (type, rcode) => {
    const before = scene.server.asked.length;
    expect(await scene.ask('allowed.test', { type })).toMatchObject({ rcode, answers: [] });
    expect(scene.server.asked.length).toBe(before);
  });

  it('asks for other types of names that are said, with nothing else of the question', async () => {
    scene.server.say((query) => [
      answerTo(query, [{ name: 'allowed.test', type: 16, class: 1, ttl: 60, data: Uint8Array.of(1, 65) }], {
        additionals: query.additionals,
      }),
    ]);
    const secret = { name: 'secret.example', type: 16, class: 1, ttl: 0, data: Uint8Array.of(1, 66) };
    const answer = await scene.ask('allowed.test', { type: 16, changes: { additionals: [secret] } });
    expect(answer).toMatchObject({ id: 4711, answers: [{ type: 16 }], additionals: [] });
  });

  it('answers everything to a group that reaches every address, but for names of other resolvers', async () => {
    const from = open;
    scene.server.say((query) => [answerTo(query, [makeRecord(`a ${query.questions[0]?.name} 60 198.51.100.7`)])]);
    expect(await scene.codeOf('else.example', { from })).toBe(0);
    expect(scene.opened).toEqual([]);
    expect(await scene.codeOf('mozilla.cloudflare-dns.com', { from })).toBe(3);
    expect(await scene.codeOf('use-application-dns.net', { from })).toBe(3);
    expect(await scene.codeOf('allowed.test', { from })).toBe(0);
    expect(scene.opened).toEqual(['allowed.test 198.51.100.7 90']);
  });

  it('refuses nothing to those that are observed', async () => {
    const from = watched;
    scene.server.say((query) => [answerTo(query, [makeRecord(`a ${query.questions[0]?.name} 60 192.168.3.4`)])]);
    expect(addressesIn(await scene.ask('else.example', { from }))).toEqual(['192.168.3.4']);
    scene.opening = () => Promise.reject(new Error('no space'));
    expect(addressesIn(await scene.ask('allowed.test', { from }))).toEqual(['192.168.3.4']);
  });

  it('hands on as it is what others ask, and opens nothing', async () => {
    scene.server.say((query) => [
      answerTo(query, [makeRecord('a else.example 0 127.0.0.1'), makeRecord('a b.example 0 198.51.100.7')]),
    ]);
    const answer = await scene.ask('else.example', { from: plain });
    expect(answer?.answers).toHaveLength(2);
    expect(answer?.id).toBe(4711);
    expect(scene.opened).toEqual([]);
  });

  it('tells those who ask by UDP that an answer is too long', async () => {
    const all = Array.from({ length: 90 }, (_, at) => makeRecord(`a else.example 60 198.51.100.${at + 1}`));
    scene.server.say((query, over) => [answerTo(query, over === 'tcp' ? all : [], { truncated: over === 'udp' })]);
    expect(await scene.ask('else.example', { from: plain })).toMatchObject({ flags: { truncated: true }, answers: [] });
    expect((await scene.ask('else.example', { from: plain, over: 'tcp' }))?.answers).toHaveLength(90);
  });

  it('does not answer strangers, answers, or what is no question', async () => {
    expect(await scene.ask('allowed.test', { from: '192.0.2.1' })).toBeUndefined();
    expect(await scene.ask('allowed.test', { changes: { isResponse: true } })).toBeUndefined();
    expect(await scene.resolver.answer(named, Uint8Array.of(1, 2, 3), 'udp')).toBeUndefined();
    expect(await scene.resolver.answer(named, new Uint8Array(5000), 'tcp')).toBeUndefined();
    expect(await scene.codeOf('allowed.test', { changes: { opcode: 5 } })).toBe(4);
    expect(await scene.codeOf('allowed.test', { changes: { questions: [] } })).toBe(1);
    expect(
      await scene.codeOf('allowed.test', { changes: { questions: [{ name: 'allowed.test', type: 1, class: 3 }] } }),
    ).toBe(5);
  });

  it('lets one container wait for so many answers, and others still ask', async () => {
    scene.make({ waitingOfOne: 3 });
    const asked = Array.from({ length: 10 }, (_, at) => scene.ask(`n${at}.cdn.example`));
    scene.server.say(honest('a allowed.test 60 198.51.100.7'));
    expect(await scene.codeOf('allowed.test', { from: open })).toBe(0);
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(3);
    expect(await scene.codeOf('allowed.test')).toBe(0);
  });

  it('of neighbors is answered by ourselves, and opens nothing', async () => {
    const before = scene.server.asked.length;
    const answer = await scene.ask('Open.dns.podman');
    expect(answer).toMatchObject({ rcode: 0, answers: [{ name: 'Open.dns.podman', ttl: 0 }] });
    expect(addressesIn(answer)).toEqual([open]);
    expect(await scene.ask('open', { type: dnsTypes.aaaa })).toMatchObject({ rcode: 0, answers: [] });
    expect(scene.server.asked.length).toBe(before);
    expect(scene.opened).toEqual([]);
  });

  it('says that nothing answers', async () => {
    expect(await scene.codeOf('allowed.test')).toBe(2);
    expect(scene.resolver.isHeard).toBe(false);
    scene.server.say(honest('a allowed.test 60 198.51.100.7'));
    expect(await scene.codeOf('allowed.test')).toBe(0);
    expect(scene.resolver.isHeard).toBe(true);
  });

  it('has addresses of a name judged as those that rules say', () => {
    const judge = createTrafficJudge(namedTraffic.model);
    const asked = { source: named, destination: '198.51.100.7', protocol: 'tcp', port: 443 } as const;
    expect(judge.judge({ ...asked, destinationName: 'allowed.test' }).outcome).toBe('allowed');
    expect(judge.judge(asked).outcome).toBe('refused');
  });
});
