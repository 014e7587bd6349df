import { describe, expect, it } from 'vitest';
import { createCounterReader } from './counter-reader.ts';

const element = (val: unknown, packets: number) => ({ elem: { val, expires: 9, counter: { packets, bytes: 1 } } });
const listing = (name: string, elements: readonly unknown[], family = 'inet'): string =>
  JSON.stringify({ nftables: [{ metainfo: {} }, { set: { family, table: 'portwarden', name, elem: elements } }] });
const to = (port: number, protocol = 'tcp') => ({ concat: ['10.0.0.2', '10.0.0.3', protocol, port] });
const count = { source: '10.0.0.2', destination: '10.0.0.3', protocol: 'tcp', port: 80 };

describe('counters', () => {
  it('are what came since the last report', () => {
    const reader = createCounterReader();
    reader.take([listing('refused4', [element(to(80), 3)])]);
    expect(reader.report().refused).toEqual([{ ...count, packets: 3 }]);
    reader.take([listing('refused4', [element(to(80), 3)])]);
    expect(reader.report().refused).toEqual([]);
    reader.take([listing('refused4', [element(to(80), 5)])]);
    reader.take([listing('refused4', [element(to(80), 6)])]);
    expect(reader.report().refused).toEqual([{ ...count, packets: 3 }]);
  });

  it('begin anew where the kernel forgot them, or they were made anew', () => {
    const reader = createCounterReader();
    reader.take([listing('seen4', [element(to(80), 9)])]);
    reader.report();
    reader.take([listing('seen4', [element(to(80), 2)])]);
    expect(reader.report().allowed).toEqual([{ ...count, packets: 2 }]);
    reader.restart();
    reader.take([listing('seen4', [element(to(80), 2)])]);
    expect(reader.report().allowed).toEqual([{ ...count, packets: 2 }]);
  });

  it('tell outcomes, protocols and ports apart; of ICMP the type', () => {
    const reader = createCounterReader();
    reader.take([
      listing('seen4', [element(to(8 * 256 + 3, 'icmp'), 1)]),
      listing('observed6', [element({ concat: ['fd00::2', 'fd00::3', 'ipv6-icmp', 128 * 256] }, 1)]),
      listing('refused4', [element(to(9, 'sctp'), 1), element(to(9, 'udp'), 1)]),
      listing('spoofed', [element('veth1', 4)], 'bridge'),
      listing('spoofed', [element('br0', 1)]),
    ]);
    const report = reader.report();
    expect(report.allowed).toEqual([{ ...count, protocol: 'icmp', port: 8, packets: 1 }]);
    expect(report.observed).toEqual([
      { source: 'fd00::2', destination: 'fd00::3', protocol: 'icmp', port: 128, packets: 1 },
    ]);
    expect(report.refused.map(({ protocol }) => protocol)).toEqual(['sctp', 'udp']);
    expect(report.spoofed).toEqual([
      { port: 'veth1', packets: 4 },
      { port: 'br0', packets: 1 },
    ]);
    expect(report.overflowed).toBe(false);
  });

  it('say where attempts are missing', () => {
    const reader = createCounterReader();
    reader.take([listing('overflowed', [element('tcp', 1)])]);
    expect(reader.report().overflowed).toBe(true);
    expect(reader.report().overflowed).toBe(false);
  });

  it.each(['', 'null', '{}', '{"nftables":1}'])('are refused where nft answers something else: %j', (answer) => {
    expect(() => createCounterReader().take([answer])).toThrow(expect.objectContaining({ code: 'bad-rules' }));
  });
});
