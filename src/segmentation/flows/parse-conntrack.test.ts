import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxConntrackLine, parseConntrack } from './parse-conntrack.ts';

const tcp =
  'ipv4     2 tcp      6 431999 ESTABLISHED src=10.9.0.1 dst=10.9.0.2 sport=35406 dport=8080 packets=3 bytes=165 src=10.9.0.2 dst=10.9.0.1 sport=9000 dport=35406 packets=2 bytes=112 [ASSURED] mark=7 use=1';

describe('parseConntrack', () => {
  it('reads both directions, what was translated, the state, mark and bytes', () => {
    expect(parseConntrack(tcp)).toEqual({
      family: 4,
      protocol: 'tcp',
      original: { source: '10.9.0.1', destination: '10.9.0.2', sourcePort: 35406, destinationPort: 8080 },
      reply: { source: '10.9.0.2', destination: '10.9.0.1', sourcePort: 9000, destinationPort: 35406 },
      state: 'ESTABLISHED',
      unreplied: false,
      mark: 7,
      zone: 0,
      bytes: 277,
    });
  });

  it('reads what was not answered, without accounts', () => {
    const line =
      'ipv4     2 udp      17 17 src=192.0.2.2 dst=10.255.255.53 sport=54594 dport=53 [UNREPLIED] src=10.255.255.53 dst=192.0.2.2 sport=53 dport=54594 mark=0 zone=3 use=2';
    const connection = parseConntrack(line);
    expect(connection).toMatchObject({ protocol: 'udp', unreplied: true, zone: 3 });
    expect(connection).not.toHaveProperty('bytes');
    expect(connection).not.toHaveProperty('state');
  });

  it('reads version 6 as /proc writes it, in the one form of addresses', () => {
    const line =
      'ipv6     10 tcp      6 431999 ESTABLISHED src=fd09:0000:0000:0000:0000:0000:0000:0001 dst=fd09:0000:0000:0000:0000:0000:0000:0002 sport=56642 dport=9001 src=fd09:0000:0000:0000:0000:0000:0000:0002 dst=fd09:0000:0000:0000:0000:0000:0000:0001 sport=9001 dport=56642 [ASSURED] mark=0 zone=0 use=2';
    expect(parseConntrack(line)?.original).toMatchObject({ source: 'fd09::1', destination: 'fd09::2' });
  });

  it('reads ICMP: the type is the port', () => {
    const line =
      'ipv4     2 icmp     1 29 src=10.9.0.1 dst=10.9.0.2 type=8 code=0 id=77 src=10.9.0.2 dst=10.9.0.1 type=0 code=0 id=77 mark=0 use=1';
    expect(parseConntrack(line)).toMatchObject({
      protocol: 'icmp',
      original: { sourcePort: 77, destinationPort: 8, code: 0 },
      reply: { destinationPort: 0 },
    });
  });

  it('reads an offloaded connection, which has no time-out', () => {
    const line =
      'ipv4     2 tcp      6 src=10.9.0.1 dst=10.9.0.2 sport=1 dport=2 src=10.9.0.2 dst=10.9.0.1 sport=2 dport=1 [OFFLOAD] mark=0 use=1';
    expect(parseConntrack(line)).toMatchObject({ protocol: 'tcp' });
  });

  it.each([
    ['nothing', ''],
    ['a protocol of no rule', tcp.replace('tcp ', 'gre ')],
    ['an unknown family', tcp.replace('ipv4', 'ipx')],
    ['one direction alone', tcp.slice(0, tcp.indexOf(' src=10.9.0.2'))],
    ['three directions', `${tcp} src=10.0.0.1`],
    ['a key twice', tcp.replace('dport=8080', 'dport=8080 dport=22')],
    ['a port out of range', tcp.replace('dport=8080', 'dport=65536')],
    ['a negative port', tcp.replace('dport=8080', 'dport=-1')],
    ['an address of the other family', tcp.replace('src=10.9.0.1', 'src=fd09::1')],
    ['no address', tcp.replace('src=10.9.0.1', 'src=--flush')],
    ['too long a line', `${tcp}${' '.repeat(maxConntrackLine)}`],
    ['too many words', `${tcp}${' x'.repeat(64)}`],
  ])('takes %s for none', (_, line) => expect(parseConntrack(line)).toBeUndefined());

  it('is total', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...tcp.split(' ')), fc.string({ maxLength: 8 })), { maxLength: 40 }),
        (words) => {
          const connection = parseConntrack(words.join(' '));
          if (connection) expect(connection.original.source).toMatch(/^[0-9a-f.:]+$/);
        },
      ),
    );
  });
});
