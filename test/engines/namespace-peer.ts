import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type NetworkNamespace, within } from './network-namespace.ts';

/** Programs in the network namespace of a container: what an application in it would send and hear. */
export interface NamespacePeer {
  /** Answers every connection with what it is sent. Resolves once it listens. */
  listen(port: number): Promise<void>;
  /** Whether a connection is made and a word comes back. */
  reaches(address: string, port: number, milliseconds?: number): Promise<boolean>;
  /** Keeps one connection and says something over it each tenth of a second. */
  hold(address: string, port: number): Promise<HeldConnection>;
  close(): void;
}

export interface HeldConnection {
  /** Answers so far. */
  answers(): number;
}

const echo = `
const [port] = process.argv.slice(1).map(Number);
require('node:net').createServer((s) => { s.on('error', () => {}); s.pipe(s); })
  .listen({ port, host: '::' }, () => console.log('listening'));`;

const once = `
const [address, port, time] = process.argv.slice(1);
const s = require('node:net').createConnection({ host: address, port: Number(port) }, () => s.write('?'));
s.on('data', () => process.exit(0)).on('error', () => process.exit(1)).on('close', () => process.exit(1));
setTimeout(() => process.exit(1), Number(time));`;

const held = `
const [address, port] = process.argv.slice(1);
const s = require('node:net').createConnection({ host: address, port: Number(port) }, () => {
  setInterval(() => s.write('?'), 100);
});
s.on('data', () => console.log('answer')).on('error', (e) => { console.log(e.code); process.exit(1); });`;

export function peerAt(pid: number): NamespacePeer {
  return peerIn({ path: `/proc/${pid}/ns/net` });
}

export function peerIn(namespace: Pick<NetworkNamespace, 'path'>): NamespacePeer {
  const running = new Set<ChildProcess>();
  const start = (script: string, args: readonly string[]): ChildProcess => {
    const { command, args: all } = within(namespace, process.execPath, ['-e', script, ...args]);
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...all], { stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(child);
    child.once('close', () => running.delete(child));
    return child;
  };
  return {
    async listen(port) {
      const child = start(echo, [`${port}`]);
      await new Promise<void>((resolve, reject) => {
        child.stdout?.once('data', () => resolve());
        child.once('close', () => reject(new Error(`nothing listens at ${port}`)));
      });
    },
    reaches(address, port, milliseconds = 700) {
      const child = start(once, [address, `${port}`, `${milliseconds}`]);
      return new Promise((resolve) => child.once('close', (code) => resolve(code === 0)));
    },
    async hold(address, port) {
      let answers = 0;
      const child = start(held, [address, `${port}`]);
      if (!child.stdout) throw new Error('no output');
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line === 'answer') answers++;
      });
      return { answers: () => answers };
    },
    close() {
      for (const child of running) child.kill('SIGKILL');
    },
  };
}
