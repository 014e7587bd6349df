import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileCapability } from '../../test/fakes/file-capability.ts';
import { parseFileCapabilities } from './file-capabilities.ts';

describe('parseFileCapabilities', () => {
  it.each([
    // What `setcap cap_net_raw+ep` and `setcap cap_setuid,cap_bpf+p` say, and what older and namespaced kernels write.
    ['0100000200200000000000000000000000000000', ['net_raw']],
    ['0000000280000000000000008000000000000000', ['setuid', 'bpf']],
    ['010000038000000000000000000000000000000000000a00', ['setuid']],
    ['010000010004000000000000', ['net_bind_service']],
    ['0100000200000000002000000000000000000000', []],
    ['0100000200000000000000000002000000000000', ['41']],
  ])('reads %s', (hex, names) => {
    expect(parseFileCapabilities(Buffer.from(hex, 'hex'))).toEqual(names);
  });

  it.each([
    ['nothing', ''],
    ['a revision that there is not', '0100000400200000000000000000000000000000'],
    ['one that is too short', '01000002002000000000000000'],
    ['one that is too long', '010000010004000000000000ff'],
  ])('refuses %s', (_, hex) => {
    expect(parseFileCapabilities(Buffer.from(hex, 'hex'))).toBeUndefined();
  });

  it('takes any bytes, and reads what a tool writes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => void parseFileCapabilities(bytes)));
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 40 })), (numbers) => {
        expect(parseFileCapabilities(fileCapability(numbers))).toHaveLength(numbers.length);
      }),
    );
  });
});
