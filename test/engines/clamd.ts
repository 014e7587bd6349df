import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startDaemon } from './daemon.ts';
import { findProgram } from './engine-needs.ts';
import { makeScratch } from './scratch.ts';

export interface ClamdServer {
  /** As PORTWARDEN_CLAMD has it. */
  readonly address: string;
  readonly pid: number;
  /** What it said so far; it names what it finds. */
  log(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface ClamdSignatures {
  /** Name of a signature, and a text that has it wherever it stands in a file. */
  readonly texts: Readonly<Record<string, string>>;
  readonly streamMaxLength?: string;
}

/** Starts Debian's clamd on signatures of the test (docs.clamav.net, "Body-based signatures"), on a socket of its own. */
export async function startClamd({ texts, streamMaxLength = '25M' }: ClamdSignatures): Promise<ClamdServer> {
  const command = findProgram('clamd');
  if (command === undefined) throw new Error('clamd is not installed: apt-get install clamav-daemon');
  const scratch = makeScratch('clamd');
  const folder = scratch.path;
  const socket = join(folder, 'c');
  const signatures = Object.entries(texts).map(([name, text]) => `${name}:0:*:${Buffer.from(text).toString('hex')}\n`);
  mkdirSync(join(folder, 'db'));
  writeFileSync(join(folder, 'db', 'test.ndb'), signatures.join(''));
  const settings = [
    `LocalSocket ${socket}`,
    `DatabaseDirectory ${join(folder, 'db')}`,
    `TemporaryDirectory ${folder}`,
    `StreamMaxLength ${streamMaxLength}`,
    'Foreground yes',
  ];
  writeFileSync(join(folder, 'clamd.conf'), `${settings.join('\n')}\n`);
  try {
    const daemon = await startDaemon({
      command,
      args: ['--config-file', join(folder, 'clamd.conf')],
      cwd: folder,
      ready: () => ping(socket),
    });
    return {
      address: `unix:${socket}`,
      pid: daemon.pid,
      log: daemon.log,
      stop: async (signal) => {
        await daemon.stop(signal);
        await scratch.remove();
      },
    };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

function ping(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.setTimeout(2000, () => socket.destroy(new Error('clamd does not answer')));
    socket.on('error', reject).on('close', () => reject(new Error('clamd says nothing')));
    socket.on('data', (bytes) => {
      if (bytes.toString() === 'PONG\0') resolve();
      socket.destroy();
    });
    socket.write('zPING\0');
  });
}
