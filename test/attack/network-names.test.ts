import { createSocket } from 'node:dgram';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog, systemClock } from '../../src/base/index.ts';
import { connectionsTo } from '../../src/model/index.ts';
import {
  compileRuleset,
  compileTraffic,
  createDataplane,
  createTrafficJudge,
  type KernelDataplane,
} from '../../src/segmentation/index.ts';
import { createAddressLimits } from '../../src/segmentation/names/address-limits.ts';
import { compileAskers, namesOfModel } from '../../src/segmentation/names/askers.ts';
import { dnsTypes, parseDnsMessage } from '../../src/segmentation/names/dns-message.ts';
import { listenForNames, type NameListener } from '../../src/segmentation/names/listen-for-names.ts';
import { createNameMemory } from '../../src/segmentation/names/name-memory.ts';
import { createNameResolver, type NameResolver } from '../../src/segmentation/names/name-resolver.ts';
import { frameOf } from '../../src/segmentation/names/tcp-frames.ts';
import { type BedContainer, createNetworkBed, describeWith, type NetworkBed } from '../engines/index.ts';
import { answerTo, makeRecord, questionFor } from '../fakes/name-server.ts';
import { any, securityGroup, toName, trafficRules } from '../fakes/networked-containers.ts';
import { type MadeGroup, makeTraffic } from '../fakes/traffic.ts';

/** What a container, and whoever owns a name, may try with names: real packets, and answers that no honest server gives. */
describeWith(['nftables'], 'a name', () => {
  let bed: NetworkBed;
  let dataplane: KernelDataplane;
  let client: BedContainer;
  let other: BedContainer;
  let resolver: NameResolver;
  const web = connectionsTo('tcp', 80, 80);
  let says: readonly string[] = [];
  const names = ['name:api.example', 'name:*.cdn.example'];
  const usual: Readonly<Record<string, MadeGroup>> = {
    clients: { members: ['client'], outbound: [{ peers: names, connections: web }] },
    others: { members: ['other'], outbound: [{ peers: ['name:other.example'], connections: web }] },
  };
  const services = new Map([
    ['host', [{ addresses: '192.0.2.1/32' }]],
    ['metadata', [{ addresses: '198.51.100.254/32' }]],
  ] as const);

  async function apply(groups: Readonly<Record<string, MadeGroup>> = usual): Promise<void> {
    const traffic = makeTraffic([client, other], groups, services);
    await dataplane.apply(compileRuleset({ ...traffic, resolver: { port: 10_053 } }));
    await dataplane.answerNames(600);
    resolver = createNameResolver({
      upstream: {
        async ask(query, question) {
          const message = parseDnsMessage(query);
          const records = says.map(makeRecord).filter(({ type }) => type === question.type || type === dnsTypes.cname);
          const bytes = answerTo(message, records);
          return { message: parseDnsMessage(bytes), bytes };
        },
      },
      allowName: (...allowed) => dataplane.allowName(...allowed),
      memory: createNameMemory(),
      clock: systemClock,
      log: silentLog,
      bounds: { shortest: 1, grace: 1 },
    });
    const limits = createAddressLimits({ network: traffic.network, denyLists: [] });
    const askers = compileAskers(traffic.model);
    const neighbors = { addressesOf: () => undefined };
    resolver.follow({ askers, said: namesOfModel(traffic.model), limits, neighbors });
  }
  async function ask(from: BedContainer, name: string, type: number = dnsTypes.a): Promise<number | undefined> {
    const bytes = await resolver.answer(from.v4, questionFor(name, type), 'tcp');
    const answer = bytes === undefined ? undefined : parseDnsMessage(bytes);
    return answer?.rcode === 0 ? answer.answers.filter(({ target }) => target === undefined).length : undefined;
  }
  const reaches = (from: BedContainer, address: string, port = 80) => bed.connects(from.namespace, address, port);

  beforeAll(async () => {
    bed = await createNetworkBed([{ name: 'br0', v4: '10.1.0.1/24', v6: 'fd00:1::1/64' }]);
    client = await bed.attach({ name: 'client', bridge: 'br0', v4: '10.1.0.2/24', v6: 'fd00:1::2/64' });
    other = await bed.attach({ name: 'other', bridge: 'br0', v4: '10.1.0.3/24', v6: 'fd00:1::3/64' });
    await bed.serve(other.namespace, 80);
    await bed.serve(bed.host, 80);
    for (const address of [
      '192.0.2.6/24',
      '1.1.1.1/32',
      '198.51.100.254/32',
      '10.9.0.5/32',
      '2606:4700:4700::1111/128',
    ])
      await bed.run(bed.outside, 'ip', 'address', 'add', address, 'dev', 'eth0');
    for (const block of ['1.1.1.1/32', '198.51.100.0/24', '10.9.0.0/16'])
      await bed.run(bed.host, 'ip', 'route', 'add', block, 'via', '192.0.2.2');
    await bed.run(bed.host, 'ip', '-6', 'route', 'add', '2606:4700:4700::/48', 'via', '2001:db8:ffff::2');
    await bed.serve(bed.outside, 80, 443, 853);
    dataplane = createDataplane({ log: silentLog, namespace: bed.host });
  });
  beforeEach(() => apply());
  afterAll(async () => {
    await dataplane?.close();
    await bed?.close();
  });

  it('opens its address to those whose rules say it, and to no other container', async () => {
    says = ['a api.example 60 192.0.2.2'];
    expect(await ask(other, 'api.example')).toBeUndefined();
    expect(await reaches(client, '192.0.2.2')).toBe(false);
    expect(await ask(client, 'api.example')).toBe(1);
    expect(await reaches(client, '192.0.2.2')).toBe(true);
    expect(await reaches(client, '192.0.2.2', 443)).toBe(false);
    expect(await reaches(other, '192.0.2.2')).toBe(false);
  });

  it('that leads inside opens nothing, also once it led outside', async () => {
    says = ['a api.example 0 192.0.2.2'];
    expect(await ask(client, 'api.example')).toBe(1);
    for (const address of ['10.1.0.3', '10.1.0.1', '192.0.2.1', '198.51.100.254', '10.9.0.5', '127.0.0.1']) {
      await apply();
      says = [`a api.example 0 ${address}`];
      expect(await ask(client, 'api.example'), address).toBe(0);
      expect(await reaches(client, address), address).toBe(false);
    }
    for (const address of ['fd00:1::3', '::1', 'fe80::1', '::ffff:192.0.2.2', '64:ff9b::a09:5']) {
      says = address.startsWith('::ffff') ? [] : [`aaaa api.example 0 ${address}`];
      await apply();
      expect(await ask(client, 'api.example', dnsTypes.aaaa), address).toBe(0);
    }
  });

  it('with a TTL of 0 is open for a moment, and not for ever', async () => {
    says = ['a api.example 0 192.0.2.6'];
    await ask(client, 'api.example');
    expect(await reaches(client, '192.0.2.6')).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(await reaches(client, '192.0.2.6')).toBe(false);
  });

  it('of a wildcard that leads everywhere takes no more than its share, and others are answered', async () => {
    const answers = [];
    for (let at = 0; at < 40; at++) {
      says = Array.from(
        { length: 128 },
        (_, index) => `a n${at}.cdn.example 3600 ${203 + (at >> 5)}.${at % 32}.7.${index + 1}`,
      );
      answers.push(await ask(client, `n${at}.cdn.example`));
    }
    expect(answers.filter((count) => count === 128).length).toBe(31);
    expect(answers.at(-1)).toBeUndefined();
    says = ['a other.example 60 192.0.2.2'];
    expect(await ask(other, 'other.example')).toBe(1);
    expect(await reaches(other, '192.0.2.2')).toBe(true);
    says = ['a api.example 60 192.0.2.2'];
    expect(await ask(client, 'api.example')).toBe(1);
  });

  it('said by a group closes public resolvers to it, whatever else it reaches', async () => {
    const groups = [
      securityGroup('clients', {
        members: [{ name: 'client' }],
        outbound: trafficRules('outbound', [[any]], [[toName('*.google')]]),
      }),
      securityGroup('others', { members: [{ name: 'other' }], outbound: trafficRules('outbound', [[any]]) }),
    ];
    const { containers, network } = makeTraffic([client, other], usual, services);
    const { model } = compileTraffic({ groups, denyLists: [], containers, network });
    await dataplane.apply(compileRuleset({ model, containers, network, resolver: { port: 10_053 } }));
    for (const address of ['1.1.1.1', '2606:4700:4700::1111'])
      for (const port of [443, 853]) {
        expect(await reaches(client, address, port), `${address} ${port}`).toBe(false);
        expect(await reaches(other, address, port), `${address} ${port}`).toBe(true);
      }
    expect(await reaches(client, '192.0.2.2', 443)).toBe(true);
    const rules = compileAskers(model).get(client.v4)?.rules;
    // A rule for a zone does not mean the resolver in it.
    expect(['dns.google', 'mozilla.cloudflare-dns.com', 'mail.google'].map((name) => rules?.judge(name))).toEqual([
      'refuse',
      'refuse',
      'let',
    ]);
  });

  it('that a rule says is judged by that name alone', () => {
    const { model } = makeTraffic([client, other], usual, services);
    const judge = createTrafficJudge(model);
    const asked = { source: client.v4, destination: '192.0.2.2', protocol: 'tcp', port: 80 } as const;
    expect(judge.judge({ ...asked, destinationName: 'x.cdn.example' }).outcome).toBe('allowed');
    for (const destinationName of ['cdn.example', 'xcdn.example', 'api.example.evil', 'x\\046cdn.example'])
      expect(judge.judge({ ...asked, destinationName }).outcome, destinationName).toBe('refused');
  });
});

describe('the port of the resolver', () => {
  let listener: NameListener;
  let answered = 0;
  const answer = async (_: string, bytes: Uint8Array): Promise<Uint8Array | undefined> => {
    answered++;
    return bytes.length > 12 ? bytes : undefined;
  };
  beforeAll(async () => {
    listener = await listenForNames({ answer, log: silentLog, ports: [0], addresses: ['127.0.0.1'] });
  });
  afterAll(() => listener.close());

  const question = questionFor('allowed.test');
  const askByUdp = (bytes: Uint8Array): Promise<boolean> => {
    const socket = createSocket('udp4');
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), 500);
      socket.once('message', () => {
        clearTimeout(timer);
        resolve(true);
      });
      socket.send(bytes, listener.port, '127.0.0.1');
    }).then((heard) => {
      socket.close();
      return heard === true;
    });
  };
  const connect = () => {
    const socket = createConnection({ host: '127.0.0.1', port: listener.port });
    socket.on('error', () => undefined);
    return socket;
  };

  it('goes on whatever comes', async () => {
    for (const bytes of [new Uint8Array(), Uint8Array.of(1), new Uint8Array(12)])
      expect(await askByUdp(bytes)).toBe(false);
    expect(await askByUdp(question)).toBe(true);
    const before = answered;
    for (const bytes of [Uint8Array.of(0xff, 0xff, 1), Uint8Array.of(0, 0), frameOf(new Uint8Array(12))]) {
      const socket = connect();
      socket.end(bytes);
      await new Promise((resolve) => socket.once('close', resolve));
    }
    // What is longer than any question is not even read.
    expect(answered - before).toBe(2);
    expect(await askByUdp(question)).toBe(true);
  });

  it('answers questions that come in one piece, or byte by byte, in their order', async () => {
    const socket = connect();
    const two = Buffer.concat([frameOf(question), frameOf(questionFor('second.test'))]);
    const received: Buffer[] = [];
    const whole = new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        received.push(chunk);
        if (Buffer.concat(received).length === 2 * two.length) resolve();
      });
    });
    socket.write(two);
    for (const byte of two) socket.write(Uint8Array.of(byte));
    await whole;
    expect(Buffer.concat(received)).toEqual(Buffer.concat([two, two]));
    socket.destroy();
  });

  it('has room for others while one holds what it can', async () => {
    const held = Array.from({ length: 40 }, connect);
    const ended = held.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
    // All beyond what one may hold are closed at once.
    const closed = await new Promise<number>((resolve) => {
      let count = 0;
      for (const each of ended)
        void each.then(() => {
          count++;
          if (count === 24) resolve(count);
        });
    });
    expect(closed).toBe(24);
    expect(await askByUdp(question)).toBe(true);
    for (const socket of held) socket.destroy();
    await Promise.all(ended);
  });
});
