import { describe, expect, it } from 'vitest';
import { runTool } from './run-tool.ts';

describe('a tool', () => {
  it('is run as it is written, without a shell', async () => {
    expect(await runTool('printf', ['%s|', '$HOME', '; ls'])).toBe('$HOME|; ls|');
  });

  it('is given what it reads', async () => {
    expect(await runTool('cat', [], { input: 'harbor' })).toBe('harbor');
    // One that does not read is no error.
    expect(await runTool('true', [], { input: 'x'.repeat(2 ** 20) })).toBe('');
  });

  const failures: readonly (readonly [string, string, readonly string[], object, RegExp])[] = [
    ['is missing', 'no-such-tool-here', [], {}, /could not be run/],
    ['fails', 'cat', ['/no/such/file'], {}, /cat failed with status 1: cat: \/no\/such\/file/],
    ['takes too long', 'sleep', ['20'], { timeout: 50 }, /SIGKILL/],
    ['says too much', 'cat', ['/dev/zero'], { maxBytes: 1000 }, /more than 1000 bytes/],
  ];
  for (const [title, command, args, options, message] of failures) {
    it(`that ${title} is an error`, async () => {
      await expect(runTool(command, args, options)).rejects.toMatchObject({
        code: 'no-dataplane',
        message: expect.stringMatching(message),
      });
    });
  }
});
