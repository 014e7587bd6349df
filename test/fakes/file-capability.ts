/** A value of `security.capability`, revision 2, that permits the capabilities with those numbers and puts them in effect. */
export function fileCapability(numbers: readonly number[]): Buffer {
  const value = Buffer.alloc(20);
  value.writeUInt32LE(0x0200_0001, 0);
  for (const number of numbers) {
    const at = number < 32 ? 4 : 12;
    value.writeUInt32LE((value.readUInt32LE(at) | (1 << (number % 32))) >>> 0, at);
  }
  return value;
}
