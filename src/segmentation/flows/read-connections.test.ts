import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SegmentationError } from '../segmentation-error.ts';
import { connectionsIn, readConnections } from './read-connections.ts';

const line = (port: number, family = 'ipv4') =>
  `${family} 2 udp 17 17 src=${family === 'ipv4' ? '10.0.0.1' : 'fd00::1'} dst=${family === 'ipv4' ? '10.0.0.2' : 'fd00::2'} sport=1 dport=${port} src=${family === 'ipv4' ? '10.0.0.2' : 'fd00::2'} dst=${family === 'ipv4' ? '10.0.0.1' : 'fd00::1'} sport=${port} dport=1 mark=0 use=1\n`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portwarden-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A program that answers as conntrack would. */
async function fake(script: string): Promise<string> {
  const program = join(folder, 'conntrack');
  await writeFile(program, `#!${process.execPath}\nconst [,, ...args] = process.argv;\n${script}`);
  await chmod(program, 0o755);
  return program;
}

async function portsOf(connections: AsyncIterable<{ original: { destinationPort: number } }>): Promise<number[]> {
  const ports: number[] = [];
  for await (const { original } of connections) ports.push(original.destinationPort);
  return ports;
}

describe('readConnections', () => {
  it('asks for both versions', async () => {
    const program = await fake(
      `process.stdout.write(args.join(' ') === '-L -o extended -f ipv4' ? ${JSON.stringify(line(53))} : ${JSON.stringify(line(54, 'ipv6'))});`,
    );
    expect(await portsOf(readConnections({ program }))).toEqual([53, 54]);
  });

  it('reads the file of the kernel where the program is missing', async () => {
    const file = join(folder, 'nf_conntrack');
    await writeFile(file, line(1) + line(2, 'ipv6'));
    expect(await portsOf(readConnections({ program: join(folder, 'absent'), file }))).toEqual([1, 2]);
  });

  it.each([
    ['it fails', 'console.error("Operation failed: you must be root"); process.exit(1)', /must be root/],
    [
      'it fails after some lines',
      `process.stdout.write(${JSON.stringify(line(53))}); process.exitCode = 1`,
      /ended with 1/,
    ],
  ])('throws where %s', async (_, script, message) => {
    const program = await fake(script);
    const thrown = await portsOf(readConnections({ program })).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(SegmentationError);
    expect(thrown).toMatchObject({ code: 'no-dataplane', message: expect.stringMatching(message) });
  });

  it('throws where neither is there', async () => {
    const absent = join(folder, 'absent');
    await expect(portsOf(readConnections({ program: absent, file: absent }))).rejects.toThrow(SegmentationError);
  });

  it('leaves no process behind when its reader stops', async () => {
    const program = await fake(
      `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid));
       process.stdout.on('error', () => {}); setInterval(() => process.stdout.write(${JSON.stringify(line(53))}), 5);`,
    );
    for await (const { protocol } of readConnections({ program })) {
      expect(protocol).toBe('udp');
      break;
    }
    const { readFile } = await import('node:fs/promises');
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    await expect
      .poll(() => {
        try {
          process.kill(pid, 0);
          return 'there';
        } catch {
          return 'gone';
        }
      })
      .toBe('gone');
  });
});

describe('connectionsIn', () => {
  async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
  }

  it.each([1, 7, 64, 100_000])('reads the same in pieces of %d bytes', async (size) => {
    const text = line(1) + line(2, 'ipv6') + line(3).trimEnd();
    expect(await portsOf(connectionsIn(chunks(text, size)))).toEqual([1, 2, 3]);
  });

  it.each([100, 5000])(
    'passes over what is no line, and over a line without end, in pieces of %d bytes',
    async (size) => {
      let skipped = 0;
      const text = `${line(1)}what is this\n${'x'.repeat(20_000)}${line(9)}${line(2)}`;
      const ports = await portsOf(connectionsIn(chunks(text, size), { onSkipped: () => skipped++ }));
      expect([ports, skipped]).toEqual([[1, 2], 2]);
    },
  );
});
