import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatConnections } from '../model/index.ts';
import {
  addressBlockFault,
  dnsNameFault,
  dnsNamePattern,
  parseTrafficPorts,
  trafficPortsPattern,
} from './traffic-words.ts';

describe('ports of a rule', () => {
  it.each([
    ['tcp', 'TCP 1-65535'],
    ['tcp/443', 'TCP 443'],
    ['udp/1-65535', 'UDP 1-65535'],
    ['sctp/9000-9010', 'SCTP 9000-9010'],
    ['icmp', 'ICMP'],
    ['icmp/0', 'ICMP 0'],
    ['icmp/255', 'ICMP 255'],
    ['icmp/echo-request', 'ICMP 8,128'],
  ])('%s', (text, expected) => {
    const set = parseTrafficPorts(text);
    expect(set && formatConnections(set)).toBe(expected);
  });

  it.each([
    '',
    'tcp/',
    'tcp/0',
    'tcp/65536',
    'tcp/20-10',
    'tcp/0-10',
    'tcp/1-2-3',
    'tcp/80,443',
    'tcp/http',
    'tcp/ 80',
    ' tcp/80',
    'TCP/80',
    'tcp/-1',
    'tcp/1e3',
    'tcp/80\n',
    'icmp/256',
    'icmp/8-10',
    'icmp/constructor',
    'igmp',
    '80',
    '80/tcp',
  ])('are none: %j', (text) => expect(parseTrafficPorts(text)).toBeUndefined());

  it('are of the published pattern', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(?:tcp|udp|sctp|icmp)[/0-9a-z-]{0,12}$/), (text) => {
        if (parseTrafficPorts(text)) expect(text).toMatch(new RegExp(trafficPortsPattern));
      }),
    );
  });
});

describe('a block of addresses', () => {
  it.each(['10.0.0.0/8', '10.0.0.1', '0.0.0.0/0', '::/0', '2001:db8::/32', 'fd00::1/128'])('%s', (text) =>
    expect(addressBlockFault(text)).toBeUndefined(),
  );
  it.each([
    ['10.0.0.1/8', 'bits beyond its prefix'],
    ['2001:db8::1/32', 'bits beyond its prefix'],
    ['10.0.0.0/33', 'no such prefix'],
    ['10.0.0.0/', 'no such prefix'],
    ['10.0.0.0/255.0.0.0', 'no such prefix'],
    ['::/129', 'no such prefix'],
    ['10.0.0.0/08', 'bits beyond its prefix'],
    ['010.0.0.0/8', 'no address'],
    ['10.0.0/8', 'no address'],
    ['::ffff:10.0.0.0/104', 'no address'],
    ['fe80::1%eth0', 'no address'],
    ['example.com', 'no address'],
    ['', 'no address'],
  ])('%j is none', (text, fault) => expect(addressBlockFault(text)).toContain(fault));
});

describe('a name of a rule', () => {
  it.each([
    'api.example.com',
    '*.example.com',
    'a.b',
    'xn--bcher-kva.example',
    '_dmarc.example.com',
    '1.example',
    `${'a'.repeat(63)}.example`,
  ])('%s', (text) => expect(dnsNameFault(text)).toBeUndefined());
  it.each([
    ['API.example.com', 'lower case'],
    ['api.example.com.', 'ends with a dot'],
    ['bücher.example', 'xn--'],
    ['api.example.com\u200b', 'xn--'],
    ['a b.example', 'xn--'],
    ['https://api.example.com', 'more than a name'],
    ['api.example.com:443', 'more than a name'],
    ['api.*.example', '* elsewhere'],
    ['*', '* elsewhere'],
    ['**.example', '* elsewhere'],
    ['a*.example', '* elsewhere'],
    ['db', 'a single word'],
    ['localhost', 'a single word'],
    ['10.0.0.1', 'is an address'],
    ['10.0.0.0/8', 'is an address'],
    ['::1', 'is an address'],
    ['999.1.1.1', 'ends with a number'],
    ['a..example', 'has a part'],
    ['.example', 'has a part'],
    ['-a.example', 'has a part'],
    ['a-.example', 'has a part'],
    [`${'a'.repeat(64)}.example`, 'has a part'],
    [`${'a.'.repeat(127)}`, 'longer than 253'],
    ['', 'has a part'],
  ])('%j is none', (text, fault) => expect(dnsNameFault(text)).toContain(fault));

  it('is of the published pattern', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(?:\*\.)?[a-z0-9_.-]{1,20}$/), (text) => {
        if (dnsNameFault(text) === undefined) expect(text).toMatch(new RegExp(dnsNamePattern));
      }),
    );
  });

  it('takes no longer for what nearly is one', () => {
    expect(dnsNameFault(`${'a-'.repeat(126)}!`)).toBeTypeOf('string');
  });
});
