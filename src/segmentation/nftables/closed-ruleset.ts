import { engineBridges } from './engine-bridges.ts';
import { quoteInterface } from './identifiers.ts';
import { createRuleset, type Ruleset } from './ruleset.ts';
import { draftTable } from './table-draft.ts';

export interface ClosedOptions {
  /** Names of bridges that were seen of networks that users made; those that engines make of their own accord are closed anyway. */
  readonly bridges?: readonly string[];
  /**
   * How what stays within a bridge is found. `by-bridge` is exact, and needs nft_meta_bridge in the kernel; `by-port` closes
   * between all interfaces called `veth…`, those of other containers (LXC) too.
   */
  readonly within: 'by-bridge' | 'by-port';
}

/**
 * What holds from boot until the agent speaks: no container reaches anything, and nothing from elsewhere reaches one. The
 * host's own traffic is not touched. The agent's first apply replaces it.
 */
export function closedRuleset({ bridges = [], within }: ClosedOptions): Ruleset {
  const seen = bridges.flatMap((name) => quoteInterface(name) ?? []);
  const names = [...new Set([...engineBridges.map((name) => `"${name}"`), ...seen])].sort();
  const inet = draftTable('inet');
  inet.set('closed', 'type ifname', names, 'interval');
  inet.chain('verify', ['iifname @closed drop'], 'type filter hook prerouting priority -450; policy accept;');
  inet.chain(
    'forward',
    ['iifname @closed drop', 'oifname @closed drop'],
    'type filter hook forward priority -10; policy accept;',
  );
  const bridge = draftTable('bridge');
  const rules =
    within === 'by-bridge'
      ? names.map((name) => `meta ibrname ${name} drop`)
      : ['iifname "veth*" oifname "veth*" drop'];
  bridge.chain('forward', rules, 'type filter hook forward priority -300; policy accept;');
  return createRuleset([inet.finish(), bridge.finish()]);
}
