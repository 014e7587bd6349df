import { describe, expect, it } from 'vitest';
import { SegmentationError } from '../segmentation-error.ts';
import { explainBypasses, parseBypasses, readBypasses } from './read-bypasses.ts';

const bridges = new Set(['br-shop']);
const links = JSON.stringify([
  { ifname: 'eth0', xdp: { mode: 1, prog: { id: 7 } } },
  { ifname: 'br-shop' },
  { ifname: 'veth1', master: 'br-shop', xdp: { mode: 1, prog: { id: 9 } } },
  { ifname: 'veth2', master: 'br-shop' },
]);
const disciplines = JSON.stringify([
  { kind: 'noqueue', dev: 'veth1', root: true },
  { kind: 'clsact', dev: 'veth2', parent: 'ffff:fff1' },
  { kind: 'clsact', dev: 'eth0', parent: 'ffff:fff1' },
]);

describe('programs before the rules', () => {
  it('are found at bridges and their ports, and nowhere else', () => {
    expect(parseBypasses(links, disciplines, bridges)).toEqual([
      { link: 'veth1', kind: 'xdp' },
      { link: 'veth2', kind: 'tc' },
    ]);
  });

  it('are told with what to do, and not one by one', () => {
    expect(explainBypasses([])).toBeUndefined();
    const many = Array.from({ length: 9 }, (_, at) => ({ link: `veth${at}`, kind: 'tc' as const }));
    expect(explainBypasses(many)).toMatch(/veth4 \(tc\) and 4 more before any rule.*"tc filter show"/);
  });

  it('are looked for without tc as far as that goes', async () => {
    const run = async (command: string) => {
      if (command === 'tc') throw new SegmentationError('no-dataplane', 'tc could not be run');
      return links;
    };
    expect(await readBypasses(run, bridges)).toEqual([{ link: 'veth1', kind: 'xdp' }]);
  });

  it('are not none where an answer cannot be read', () => {
    expect(() => parseBypasses('{}', '[]', bridges)).toThrow(SegmentationError);
    expect(() => parseBypasses('[]', 'no', bridges)).toThrow(SegmentationError);
  });
});
