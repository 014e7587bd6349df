/**
 * What every engine hides from a container, and what it makes read-only (moby oci/defaults.go, containerd
 * pkg/oci/spec.go, podman pkg/specgen); those that only some hide are left out.
 */
const hidden = [
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/sys/firmware',
];
const readOnly = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** The usual paths that are not hidden by the one list, or neither hidden nor read-only by both. Undefined: the engine's list. */
export function unmaskedPaths(
  masked: readonly string[] | undefined,
  readonly: readonly string[] | undefined,
): readonly string[] {
  const shown = masked ? hidden.filter((path) => !masked.includes(path)) : [];
  const covered = [...(masked ?? []), ...(readonly ?? [])];
  const writable = readonly ? readOnly.filter((path) => !covered.includes(path)) : [];
  return [...shown, ...writable];
}
