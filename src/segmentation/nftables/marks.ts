/**
 * Bits of a packet's mark by which our tables speak to each other; no bit of them is there when a packet leaves for another
 * machine. A packet of a container starts without a mark: the kernel takes it away between namespaces.
 */
const bits = {
  /** The port of a bridge that it came from may send from this address; or the host sends it. */
  verified: 0x2000_0000,
  /** The filter lets it pass. */
  admitted: 0x4000_0000,
  /** One end would have refused it, had it not only been observed. */
  observed: 0x1000_0000,
} as const;

export type Mark = keyof typeof bits;

export function ifMarked(mark: Mark): string {
  return `meta mark & ${hex(bits[mark])} == ${hex(bits[mark])}`;
}
export function unlessMarked(mark: Mark): string {
  return `meta mark & ${hex(bits[mark])} != ${hex(bits[mark])}`;
}
export function setMark(mark: Mark): string {
  return `meta mark set meta mark | ${hex(bits[mark])}`;
}
export function takeMark(mark: Mark): string {
  return `meta mark set meta mark & ${hex(0xffff_ffff - bits[mark])}`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
