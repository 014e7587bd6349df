import { expect, it } from 'vitest';
import { parseGateUsers } from './parse-gate-users.ts';
import { WiringError } from './wiring-error.ts';

const passwd = 'root:x:0:0::/root:/bin/sh\nalice:x:1001:1001::/home/alice:/bin/sh\nbroken\nalice:x:7:7::/:/bin/sh\n';
const parse = (text: string) => parseGateUsers(text, () => passwd);

it('takes names and numbers, each once, and never root', () => {
  expect(parse('')).toEqual([]);
  expect(parse('alice, 1002 root\n1001 0')).toEqual([1001, 1002]);
});

it('asks for no names where there are none', () => {
  const fail = () => {
    throw new Error('nobody reads it');
  };
  expect(parseGateUsers('1002,1003', fail)).toEqual([1002, 1003]);
});

it.each(['bob', 'alice,x:y', '4294967295', '-1', 'broken', '99999999999'])('refuses %s', (text) => {
  expect(() => parse(text)).toThrow(WiringError);
});
