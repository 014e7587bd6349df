import { describe, expect, it } from 'vitest';
import { SegmentationError } from '../segmentation-error.ts';
import { parseHostLinks, readBridgePorts } from './host-links.ts';
import type { RunTool } from './run-tool.ts';

describe('interfaces of the host', () => {
  it('say which bridge they are ports of, and the namespace of their other end', () => {
    // As iproute2 6.1 prints it, shortened.
    const text = JSON.stringify([
      { ifindex: 1, ifname: 'lo', addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host' }] },
      {
        ifindex: 3,
        ifname: 'br-9877bb0a4305',
        addr_info: [{ family: 'inet6', local: 'fd00:77:0::1', prefixlen: 64, scope: 'global' }],
      },
      { ifindex: 6, link_index: 5, ifname: 'veth29eba0a', master: 'br-9877bb0a4305', link_netnsid: 0 },
      {},
    ]);
    expect(parseHostLinks(text)).toEqual([
      { index: 1, name: 'lo', addresses: [{ address: '127.0.0.1', prefix: 8, scope: 'host' }] },
      { index: 3, name: 'br-9877bb0a4305', addresses: [{ address: 'fd00:77::1', prefix: 64, scope: 'global' }] },
      { index: 6, name: 'veth29eba0a', bridge: 'br-9877bb0a4305', peerNamespace: 0, addresses: [] },
    ]);
  });

  it('are none where ip says nothing', () => expect(parseHostLinks('')).toEqual([]));

  for (const netnsid of ['unknown', -1, null]) {
    it(`lead nowhere where the kernel has no number for it: ${netnsid}`, () => {
      const [link] = parseHostLinks(JSON.stringify([{ ifindex: 1, ifname: 'a', link_netnsid: netnsid }]));
      expect(link).not.toHaveProperty('peerNamespace');
    });
  }

  for (const text of ['{}', '7', 'Usage: ip', '[1', '['.repeat(1000)]) {
    it(`are not read from ${text.slice(0, 9)}`, () => expect(() => parseHostLinks(text)).toThrow(SegmentationError));
  }
});

describe('ports of a bridge', () => {
  const failing =
    (message: string): RunTool =>
    async () => {
      throw new SegmentationError('no-dataplane', message);
    };

  it('are none where there is no such bridge yet', async () => {
    const run = failing('ip failed with status 255: Error: argument "br-1" is wrong: Device does not exist');
    expect(await readBridgePorts(run, 'br-1')).toEqual([]);
  });

  it('are not none where ip cannot be run', async () => {
    await expect(readBridgePorts(failing('ip could not be run'), 'br-1')).rejects.toThrow(SegmentationError);
  });
});
