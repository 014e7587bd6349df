import type { Log } from '../../base/index.ts';
import { jsonOf, type RunTool } from './run-tool.ts';

/**
 * Takes names of bridges, quoted. What passes within a bridge goes through the table `inet` only where br_netfilter shows it (ip-link(8), `nf_call_iptables`):
 * of our bridges alone, so that those of others stay as they are. Where that cannot be had it is logged, and what would pass
 * between two containers of a bridge is dropped: their ports take only what was admitted.
 */
export async function filterBridges(ours: readonly string[], run: RunTool, log: Log): Promise<void> {
  if (ours.length === 0) return;
  const listed = await run('ip', ['-j', '-d', 'link', 'show', 'type', 'bridge']);
  const bridges = listed.status === 0 ? jsonOf(listed.output, 'ip') : [];
  for (const bridge of Array.isArray(bridges) ? bridges : []) {
    const name: unknown = bridge?.ifname;
    if (typeof name !== 'string' || !ours.includes(`"${name}"`)) continue;
    const state = bridge?.linkinfo?.info_data;
    if (state?.nf_call_iptables === 1 && state?.nf_call_ip6tables === 1) continue;
    const set = ['link', 'set', 'dev', name, 'type', 'bridge', 'nf_call_iptables', '1', 'nf_call_ip6tables', '1'];
    const answer = await run('ip', set);
    if (answer.status !== 0)
      log.warn(
        { bridge: name, cause: answer.complaint },
        'containers of this bridge cannot reach each other: no br_netfilter',
      );
  }
}
