import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shopGroup } from '../../test/fakes/segment-scene.ts';
import { parseCidr, silentLog } from '../base/index.ts';
import { createRulesBook, type TrafficRules } from './rules-book.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-rules-'));
  file = join(directory, 'rules');
});
afterEach(() => rmSync(directory, { recursive: true }));

const key = Buffer.from('a key');
const open = (withKey = key) => createRulesBook({ file, key: withKey, log: silentLog });
const addresses = (text: string) => {
  const set = parseCidr(text);
  if (!set) throw new Error(text);
  return set;
};
const rules: TrafficRules = {
  groups: [
    {
      ...shopGroup('web', ['db'], []),
      outbound: [
        {
          path: 'outbound[0]',
          peers: [{ kind: 'addresses', addresses: addresses('fd00::/8') }],
          connections: { tcp: [{ from: 80, end: 81 }], udp: [], sctp: [], icmp: [] },
        },
      ],
    },
  ],
  denyLists: [{ name: 'bad', addresses: addresses('198.51.100.0/24') }],
};

describe('rules on disk', () => {
  it('are the same after a start, addresses of version 6 as well, and only their owner reads them', async () => {
    await open().write(rules);
    expect(await open().read()).toEqual(rules);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('are none where none were kept', async () => expect(await open().read()).toBeUndefined());

  it('are replaced as a whole, and not written again where they are the same', async () => {
    const book = open();
    await book.write(rules);
    const { ino } = statSync(file);
    await book.write({ ...rules });
    expect(statSync(file).ino).toBe(ino);
    await book.write({ groups: [], denyLists: [] });
    expect(await open().read()).toEqual({ groups: [], denyLists: [] });
  });

  const spoiled: readonly (readonly [string, (text: string) => string])[] = [
    ['changed', (text) => text.replace('"web"', '"any"')],
    ['cut off', (text) => text.slice(0, 200)],
    ['signed by nobody', (text) => text.slice(text.indexOf('\n') + 1)],
    ['empty', () => ''],
  ];
  for (const [title, spoil] of spoiled) {
    it(`count for nothing where they were ${title}`, async () => {
      await open().write(rules);
      writeFileSync(file, spoil(readFileSync(file, 'utf8')));
      expect(await open().read()).toBeUndefined();
    });
  }

  it('count for nothing under another key', async () => {
    await open().write(rules);
    expect(await open(Buffer.from('another')).read()).toBeUndefined();
  });
});
