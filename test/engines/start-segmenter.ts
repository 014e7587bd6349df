import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SegmentStatus } from '../../src/agent/index.ts';
import type { NetworkedContainer, ProbeReport } from '../../src/model/index.ts';
import type { TrafficReport } from '../../src/service/index.ts';
import { type NetworkNamespace, within } from './network-namespace.ts';

export interface TestSegmenter {
  readonly pid: number;
  status(): SegmentStatus | undefined;
  containers(): readonly NetworkedContainer[];
  traffic(): Pick<TrafficReport, 'flows' | 'events'>;
  log(): string;
  /** The documents changed. */
  changed(): void;
  verify(): Promise<ProbeReport>;
  kill(): Promise<void>;
  end(): Promise<void>;
}

const program = fileURLToPath(new URL('./segmenter-process.ts', import.meta.url));

export function startSegmenter(options: {
  readonly namespace: NetworkNamespace;
  readonly documents: string;
  readonly book: string;
  readonly docker?: string;
  readonly podman?: string;
  /** Address of the server that is asked for names; without it names are not looked up. */
  readonly upstream?: string;
}): TestSegmenter {
  const { namespace, documents, book, docker = '', podman = '', upstream = '' } = options;
  const { command, args } = within(namespace, process.execPath, [program, documents, book, docker, podman, upstream]);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { stdio: 'pipe' });
  let status: SegmentStatus | undefined;
  let containers: readonly NetworkedContainer[] = [];
  let verified: ProbeReport | undefined;
  const flows: TrafficReport['flows'][number][] = [];
  const events: TrafficReport['events'][number][] = [];
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-65_536);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { kind, value } = JSON.parse(line);
    if (kind === 'status') status = value;
    if (kind === 'network') containers = value;
    if (kind === 'verified') verified = value;
    if (kind !== 'traffic') return;
    flows.push(...value.flows);
    events.push(...value.events);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stdin.on('error', () => undefined);
  return {
    pid: child.pid ?? 0,
    status: () => status,
    containers: () => containers,
    traffic: () => ({ flows, events }),
    log: () => said,
    changed: () => child.stdin.write('changed\n'),
    async verify() {
      verified = undefined;
      child.stdin.write('verify\n');
      for (let wait = 0; wait < 600; wait++) {
        if (verified !== undefined) return verified;
        await sleep(100);
      }
      throw new Error(`the probes do not end: ${said}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.write('end\n');
      const last = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(last);
    },
  };
}
