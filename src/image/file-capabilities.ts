/** By number (linux/capability.h). */
const names = [
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'linux_immutable',
  'net_bind_service',
  'net_broadcast',
  'net_admin',
  'net_raw',
  'ipc_lock',
  'ipc_owner',
  'sys_module',
  'sys_rawio',
  'sys_chroot',
  'sys_ptrace',
  'sys_pacct',
  'sys_admin',
  'sys_boot',
  'sys_nice',
  'sys_resource',
  'sys_time',
  'sys_tty_config',
  'mknod',
  'lease',
  'audit_write',
  'audit_control',
  'setfcap',
  'mac_override',
  'mac_admin',
  'syslog',
  'wake_alarm',
  'block_suspend',
  'audit_read',
  'perfmon',
  'bpf',
  'checkpoint_restore',
] as const;

/** Bytes of each revision: magic, then permitted and inheritable words, then for the third the root user it is for. */
const sizes: Readonly<Record<number, number>> = { 1: 12, 2: 20, 3: 24 };

/**
 * The capabilities that a program is given when it starts, by the extended attribute `security.capability` (struct
 * vfs_cap_data, linux/capability.h, revisions 1 to 3): those that are permitted, whether in effect at once or on demand,
 * as `setuid`; one without a name as its number. Inheritable ones give nothing by themselves. Undefined where the bytes
 * are no such value: the kernel refuses to set it.
 */
export function parseFileCapabilities(value: Uint8Array): readonly string[] | undefined {
  if (value.length < 12) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const revision = view.getUint32(0, true) >>> 24;
  if (sizes[revision] !== value.length) return undefined;
  const words = revision === 1 ? [view.getUint32(4, true)] : [view.getUint32(4, true), view.getUint32(12, true)];
  const found: string[] = [];
  words.forEach((word, index) => {
    for (let bit = 0; bit < 32; bit++)
      if ((word >>> bit) & 1) found.push(names[index * 32 + bit] ?? String(index * 32 + bit));
  });
  return found;
}
