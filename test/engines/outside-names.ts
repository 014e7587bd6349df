import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type NetworkNamespace, within } from './network-namespace.ts';

/** A server of names in another namespace. */
export interface OutsideNames {
  /** Records from now on: `a www.test 60 192.0.2.2`. */
  say(...records: readonly string[]): void;
  /** Names that were asked for so far. */
  asked(): readonly string[];
  end(): void;
}

const program = fileURLToPath(new URL('./name-server-process.ts', import.meta.url));

/** Resolves once it answers at port 53 of these addresses. */
export async function startOutsideNames(
  namespace: Pick<NetworkNamespace, 'path'>,
  file: string,
  addresses: readonly string[],
): Promise<OutsideNames> {
  writeFileSync(file, '');
  const { command, args } = within(namespace, process.execPath, [program, file, ...addresses]);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const asked: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('close', () => reject(new Error('the server of names does not start')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { name, type } = JSON.parse(line) as { name: string; type: number };
      if (type === 0) resolve();
      else asked.push(name);
    });
  });
  return {
    say: (...records) => writeFileSync(file, records.map((record) => `${record}\n`).join('')),
    asked: () => asked,
    end: () => void child.kill('SIGKILL'),
  };
}
