import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/base/index.ts';
import { type DnsMessage, dnsTypes } from '../../../src/segmentation/names/dns-message.ts';
import { addressesIn, blocks, createNameScene, honest, type NameScene } from '../../fakes/name-scene.ts';
import { answerTo, makeRecord } from '../../fakes/name-server.ts';

describe('an answer of a server', () => {
  let scene: NameScene;
  beforeAll(async () => {
    scene = await createNameScene();
  });
  afterAll(() => scene.server.close());
  beforeEach(() => scene.make());

  it.each([
    ['another ID', (query: DnsMessage) => ({ id: query.id ^ 1 })],
    ['another question', () => ({ questions: [{ name: 'evil.example', type: 1, class: 1 }] })],
    ['another type', () => ({ questions: [{ name: 'allowed.test', type: 28, class: 1 }] })],
    ['another class', () => ({ questions: [{ name: 'allowed.test', type: 1, class: 3 }] })],
    ['no question', () => ({ questions: [] })],
    ['two questions', (query: DnsMessage) => ({ questions: [...query.questions, ...query.questions] })],
    ['a question for an answer', () => ({ isResponse: false })],
    ['another operation', () => ({ opcode: 5 })],
  ])('takes no answer with %s, and the right one that comes after it', async (_, lie) => {
    scene.server.say((query) => [
      answerTo(query, [makeRecord('a allowed.test 60 198.51.100.66')], lie(query)),
      answerTo(query, [makeRecord('a allowed.test 60 198.51.100.7')]),
    ]);
    expect(addressesIn(await scene.ask('allowed.test'))).toEqual(['198.51.100.7']);
    expect(scene.opened).toEqual(['allowed.test 198.51.100.7 90']);
  });

  it('asks by TCP where somebody guesses', async () => {
    const right = makeRecord('a allowed.test 60 198.51.100.7');
    const wrong = makeRecord('a allowed.test 60 198.51.100.66');
    scene.server.say((query, over) =>
      over === 'tcp'
        ? [answerTo(query, [right])]
        : Array.from({ length: 20 }, (_, guess) => answerTo(query, [wrong], { id: query.id ^ (guess + 1) })),
    );
    expect(addressesIn(await scene.ask('allowed.test'))).toEqual(['198.51.100.7']);
  });

  it('asks from another port with another ID each time', async () => {
    scene.server.say(honest('a allowed.test 0 198.51.100.7'));
    const before = scene.server.asked.length;
    for (let round = 0; round < 12; round++) {
      await scene.ask('allowed.test');
      scene.clock.set(scene.clock.now() + 10_000);
    }
    const asked = scene.server.asked.slice(before);
    expect(asked).toHaveLength(12);
    expect(new Set(asked.map(({ from }) => from)).size).toBeGreaterThan(6);
    expect(new Set(asked.map(({ id }) => id)).size).toBeGreaterThan(6);
  });

  it('takes no answer of another sender', async () => {
    const other = createSocket('udp4');
    scene.server.say((query) => {
      const forged = answerTo(query, [makeRecord('a allowed.test 60 198.51.100.66')]);
      other.send(forged, scene.server.asked.at(-1)?.from ?? 0, '127.0.0.1');
      return [];
    });
    expect(await scene.codeOf('allowed.test')).toBe(2);
    expect(scene.opened).toEqual([]);
    other.close();
  });

  it('takes records that the asked name leads to, and none beside', async () => {
    scene.server.say(
      honest(
        'a evil.example 60 198.51.100.66',
        'a edge.far.example 20 198.51.100.8',
        'cname allowed.test 300 www.far.example',
        'cname WWW.far.example 40 edge.far.example',
        'a www.other.example 60 198.51.100.67',
      ),
    );
    const answer = await scene.ask('allowed.test');
    expect(addressesIn(answer)).toEqual(['198.51.100.8']);
    expect(answer?.answers.map(({ name, target = '', ttl }) => `${name} ${target} ${ttl}`)).toEqual([
      'allowed.test www.far.example 20',
      'WWW.far.example edge.far.example 20',
      'edge.far.example  20',
    ]);
    // Of the name that was asked, not of those on the way.
    expect(scene.opened).toEqual(['allowed.test 198.51.100.8 50']);
  });

  it.each([
    ['a loop', ['cname allowed.test 60 a.example', 'cname a.example 60 allowed.test']],
    ['one to itself', ['cname allowed.test 60 allowed.test']],
    [
      'a long chain',
      [
        'cname allowed.test 60 n0.e',
        ...Array.from({ length: 40 }, (_, at) => `cname n${at}.e 60 n${at + 1}.e`),
        'a n40.e 60 198.51.100.7',
      ],
    ],
  ])('is led nowhere by %s', async (_, records) => {
    scene.server.say(honest(...records));
    expect(await scene.ask('allowed.test')).toMatchObject({ rcode: 2, answers: [] });
    expect(scene.opened).toEqual([]);
  });

  it('does not wait for what is no message', async () => {
    const before = scene.server.asked.length;
    scene.server.say((query, over) =>
      over === 'tcp'
        ? [answerTo(query, [makeRecord('a allowed.test 60 198.51.100.7')])]
        : Array.from({ length: 8 }, () => bomb(query)),
    );
    expect(addressesIn(await scene.ask('allowed.test'))).toEqual(['198.51.100.7']);
    expect(scene.server.asked.slice(before).map(({ over }) => over)).toEqual(['udp', 'tcp']);
  });

  it('asks by TCP for what was cut off', async () => {
    const all = Array.from({ length: 90 }, (_, at) => makeRecord(`a allowed.test 60 198.51.100.${at + 1}`));
    scene.server.say((query, over) => [
      answerTo(query, over === 'tcp' ? all : all.slice(0, 2), { truncated: over === 'udp' }),
    ]);
    const answer = await scene.ask('allowed.test', { over: 'tcp' });
    expect(addressesIn(answer)).toHaveLength(90);
    // All are open, also those that a client by UDP is not told of.
    const short = await scene.ask('allowed.test');
    expect(short?.flags.truncated).toBe(true);
    expect(addressesIn(short).length).toBeLessThan(40);
  });

  it('opens 128 of 500 addresses, and tells no others', async () => {
    const all = Array.from({ length: 500 }, (_, at) =>
      makeRecord(`a allowed.test 60 ${formatAddress({ family: 4, value: 0xc6336400 - 5000 + at })}`),
    );
    scene.server.say((query, over) => [answerTo(query, over === 'tcp' ? all : [], { truncated: over === 'udp' })]);
    const told = addressesIn(await scene.ask('allowed.test', { over: 'tcp' }));
    expect(told).toHaveLength(128);
    expect(scene.opened).toEqual([`allowed.test ${told.join()} 90`]);
  });

  it.each([
    ['127.0.0.1', 'special'],
    ['0.0.0.0', 'special'],
    ['169.254.169.254', 'special'],
    ['224.0.0.1', 'special'],
    ['255.255.255.255', 'special'],
    ['10.1.0.7', 'protected'],
    ['10.1.0.1', 'protected'],
    ['198.51.100.99', 'protected'],
    ['203.0.113.5', 'protected'],
    ['192.168.1.1', 'inner'],
    ['100.64.3.4', 'inner'],
  ])('lets no name lead to %s', async (address, what) => {
    scene.server.say(honest(`a db.example 60 ${address}`, 'a db.example 60 198.51.100.7'));
    expect(addressesIn(await scene.ask('db.example'))).toEqual(['198.51.100.7']);
    expect(scene.opened).toEqual(['db.example 198.51.100.7 90']);
    expect(scene.resolver.takeNotes()).toMatchObject([{ what, address }]);
    scene.make();
    scene.server.say(honest(`a db.example 60 ${address}`));
    expect(await scene.ask('db.example')).toMatchObject({ rcode: 0, answers: [] });
  });

  it.each(['::1', '::', 'fe80::1', 'ff02::1', '::7f00:1', '64:ff9b::a00:1', '2002:a00:1::1', 'fd00::5'])(
    'lets no name lead to %s',
    async (address) => {
      scene.server.say(honest(`aaaa db.example 60 ${address}`));
      expect(await scene.ask('db.example', { type: dnsTypes.aaaa })).toMatchObject({ rcode: 0, answers: [] });
      expect(scene.opened).toEqual([]);
    },
  );

  it('lets names that nobody outside can have lead to inner addresses', async () => {
    scene.server.say(honest('a allowed.test 60 10.9.0.5'));
    expect(addressesIn(await scene.ask('allowed.test'))).toEqual(['10.9.0.5']);
    expect(scene.opened).toEqual(['allowed.test 10.9.0.5 90']);
  });

  it('tells an inner address to those who have a rule for its block, and opens nothing by it', async () => {
    scene.server.say(honest('a db.example 60 10.9.0.5', 'a db.example 60 10.8.0.5'));
    expect(addressesIn(await scene.ask('db.example', { from: blocks }))).toEqual(['10.9.0.5']);
    expect(scene.opened).toEqual([]);
  });

  it('opens addresses of version 6 as well', async () => {
    scene.server.say(honest('aaaa x.cdn.example 60 2001:db8::7'));
    expect((await scene.ask('x.cdn.example', { type: dnsTypes.aaaa }))?.answers).toHaveLength(1);
    expect(scene.opened).toEqual(['x.cdn.example 2001:db8::7 90']);
  });

  it('believes for a moment that there is no such name', async () => {
    const soa = {
      name: 'test',
      type: dnsTypes.soa,
      class: 1,
      ttl: 600,
      data: Uint8Array.from([0, 0, ...Array(16).fill(0), 0, 0, 14, 16]),
    };
    scene.server.say((query) => [answerTo(query, [], { rcode: 3, authorities: [soa] })]);
    const before = scene.server.asked.length;
    expect(await scene.codeOf('allowed.test')).toBe(3);
    scene.clock.set(scene.clock.now() + 29_000);
    expect(await scene.codeOf('allowed.test')).toBe(3);
    expect(scene.server.asked.length - before).toBe(1);
    scene.clock.set(scene.clock.now() + 2000);
    expect(await scene.codeOf('allowed.test')).toBe(3);
    expect(scene.server.asked.length - before).toBe(2);
  });
});

/** Names that point to each other. */
function bomb(query: DnsMessage): Uint8Array {
  const bytes = Uint8Array.from(answerTo(query, []));
  bytes[7] = 40;
  return Buffer.concat(
    [
      bytes,
      ...Array.from({ length: 40 }, () => Uint8Array.of(0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0, 0xff)),
    ].slice(0, 20),
  );
}
