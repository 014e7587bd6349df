import { expect, it } from 'vitest';
import { parseNameServers } from './parse-name-servers.ts';
import { WiringError } from './wiring-error.ts';

it.each([
  [undefined, undefined],
  [' ', undefined],
  ['off', 'off'],
  ['192.0.2.53', [{ address: '192.0.2.53', port: 53 }]],
  [
    '192.0.2.53:5353, 2001:db8::53 [2001:db8::54]:54',
    [
      { address: '192.0.2.53', port: 5353 },
      { address: '2001:db8::53', port: 53 },
      { address: '2001:db8::54', port: 54 },
    ],
  ],
])('%j is read', (text, servers) => expect(parseNameServers(text)).toEqual(servers));

it.each(['dns.example', '192.0.2.53:0', '192.0.2.53:99999', '[192.0.2.53', '192.0.2.53 off', '[::1]:', '192.0.2.053'])(
  '%j is none',
  (text) => expect(() => parseNameServers(text)).toThrow(WiringError),
);
