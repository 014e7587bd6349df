import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { checkedLookup, isPublic } from './checked-lookup.ts';

const addresses: LookupAddress[] = [
  { address: '93.184.216.34', family: 4 },
  { address: '10.0.0.1', family: 4 },
];

function look(options: { all?: boolean }, check: (found: readonly LookupAddress[]) => void): unknown[] {
  const answers: unknown[] = [];
  const lookup = checkedLookup(check, (_, asked, callback) => {
    expect(asked.all).toBe(true);
    callback(null, addresses);
  });
  lookup('cdn.example', options, (...answer) => answers.push(...answer));
  return answers;
}

describe('a name that is resolved for a connection', () => {
  it('shows all its addresses, also where only one is wanted', () => {
    const seen: LookupAddress[] = [];
    expect(look({}, (found) => seen.push(...found))).toEqual([null, '93.184.216.34', 4]);
    expect(seen).toEqual(addresses);
  });

  it('gives them all where all are wanted', () => {
    expect(look({ all: true }, () => {})).toEqual([null, addresses]);
  });

  it('is not connected to where one of them is refused', () => {
    const refusal = new Error('in this network');
    const refuse = (found: readonly LookupAddress[]) => {
      if (!found.every(isPublic)) throw refusal;
    };
    expect(look({}, refuse)).toEqual([refusal, []]);
  });

  it('fails as the resolver fails', () => {
    const answers: unknown[] = [];
    const failure = new Error('no such name');
    const lookup = checkedLookup(
      () => {
        throw new Error('never asked');
      },
      (_, __, callback) => callback(failure, []),
    );
    lookup('cdn.example', {}, (...answer) => answers.push(...answer));
    expect(answers).toEqual([failure, []]);
  });
});
