import type { Severity } from '../model/index.ts';

/** By each of these a program can become root, or read and change what root can (capabilities(7)). */
const asGoodAsRoot: ReadonlySet<string> = new Set([
  'bpf',
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'fsetid',
  'mac_admin',
  'mac_override',
  'mknod',
  'setfcap',
  'setgid',
  'setpcap',
  'setuid',
  'sys_admin',
  'sys_chroot',
  'sys_module',
  'sys_ptrace',
  'sys_rawio',
]);

/** These give nothing of others away. */
const harmless: ReadonlySet<string> = new Set([
  'audit_write',
  'block_suspend',
  'ipc_lock',
  'lease',
  'net_bind_service',
  'net_broadcast',
  'sys_nice',
  'wake_alarm',
]);

/** How bad it is that everybody who starts a file is given these, by the worst of them; one without a name is medium. */
export function severityOfCapabilities(names: readonly string[]): Severity {
  if (names.some((name) => asGoodAsRoot.has(name))) return 'high';
  return names.every((name) => harmless.has(name)) ? 'low' : 'medium';
}
