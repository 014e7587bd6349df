import { describe, expect, it } from 'vitest';
import { type CloudId, isMetadataHost, ownsMetadataHost } from './metadata-addresses.ts';

/** As a URL has it, which is where notations of addresses come together. */
const hostOf = (host: string): string => new URL(`http://${host}/`).hostname;

describe('a metadata service', () => {
  it.each([
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '169.254.0.1',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.43518',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[fd00:ec2::254]',
    '[fd00:0ec2:0::254]',
    '[fe80::1]',
    'metadata.google.internal',
    'METADATA.google.internal.',
    'metadata',
    '168.63.129.16',
  ])('is known as %s', (host) => expect(isMetadataHost(hostOf(host))).toBe(true));

  it.each([
    'sts.amazonaws.com',
    '10.0.0.1',
    '8.8.8.8',
    '[2001:db8::1]',
    'metadata.google.internal.example',
    'localhost',
  ])('is not %s', (host) => expect(isMetadataHost(hostOf(host))).toBe(false));

  const owners: readonly (readonly [string, readonly CloudId[]])[] = [
    ['169.254.169.254', ['aws', 'google', 'azure']],
    ['[::ffff:169.254.169.254]', ['aws', 'google', 'azure']],
    ['169.254.170.2', ['aws']],
    ['169.254.170.23', ['aws']],
    ['[fd00:ec2::254]', ['aws']],
    ['[fd00:ec2::23]', ['aws']],
    ['metadata.google.internal', ['google']],
    ['127.0.0.1', ['aws']],
    ['[::1]', ['aws']],
    ['localhost', ['aws']],
    ['169.254.0.1', []],
    ['168.63.129.16', []],
    ['10.0.0.1', []],
    ['example.com', []],
  ];
  it.each(owners)('at %s is for %j', (host, expected) => {
    const clouds: readonly CloudId[] = ['aws', 'google', 'azure'];
    expect(clouds.filter((cloud) => ownsMetadataHost(cloud, hostOf(host)))).toEqual(expected);
  });
});
