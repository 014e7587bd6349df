import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createAgent } from '../agent/index.ts';
import { createApi } from '../api/index.ts';
import { type CodedError, createLog, type Log, messageOf, systemClock } from '../base/index.ts';
import type { UpOptions } from '../cli/index.ts';
import { keepGoing, type Services } from '../service/index.ts';
import { openLaunchGates } from './launch-gates.ts';
import { openServiceSet } from './open-services.ts';
import { readNamedFile } from './read-trust-files.ts';
import { type GateSettings, readVersion } from './settings.ts';
import { WiringError } from './wiring-error.ts';

/** Server, console and this host's agent in one process, until the signal. */
export async function up(options: UpOptions): Promise<void> {
  const log = await createLog(options.logLevel);
  const { services, settings, away, close } = await openServiceSet({ ...options, log, outlivesStore: true });
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    const consoleRoot = fileURLToPath(new URL('../../dist/console', import.meta.url));
    const api = await createApi({
      services,
      log,
      clock: systemClock,
      version: readVersion(),
      hosts: [...settings.names, ...options.names],
      ...(existsSync(consoleRoot) ? { consoleRoot } : {}),
    });
    try {
      const gate = settings.gate && (await listenGate(services, settings.gate, log, signal));
      const gates = await openLaunchGates(settings.launchGates, {
        services,
        host: settings.host,
        data: settings.data,
        log,
        signal,
      });
      const address = await listen(api, options);
      const ready = { address, data: settings.data, ...(gate ? { gate } : {}), gates };
      if (away) options.onReady({ ...ready, away: explain(away.why) });
      else options.onReady({ ...ready, token: await services.login.issueLoginToken() });
      noticeEngines(services, options.onNotice);
      const agent = createAgent({ host: settings.host, inventory: services.inventory, clock: systemClock, log });
      const ports = [address, ...(gate === undefined ? [] : [gate])].flatMap((url) => portOf(url));
      const { segmentThisHost } = await import('./segmentation.ts');
      const segmenting = segmentThisHost({ services, settings, log, ports, onNotice: options.onNotice }, signal);
      const working = async () => {
        if (away) await announceStore(away.over, { services, address, log, onStore: options.onStore }, signal);
        await Promise.all([services.work(signal), agent.run(signal)]);
      };
      await Promise.all([working(), segmenting]);
    } finally {
      await api.close();
    }
  } finally {
    stop.abort();
    await close();
  }
}

/** Resolves when the store is there, so that all that stands on it may begin, or with the signal. */
async function announceStore(
  over: Promise<void>,
  { services, address, log, onStore }: Pick<UpOptions, 'onStore'> & { services: Services; address: string; log: Log },
  signal: AbortSignal,
): Promise<void> {
  await Promise.race([over, new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))]);
  const announce = async () => onStore({ address, token: await services.login.issueLoginToken() });
  // It may go again at any time.
  await keepGoing('making a login token', announce, { log, signal });
}

function explain({ message, remedy }: CodedError): string {
  return `${message}${remedy === undefined ? '' : `. ${remedy}`}`;
}

function portOf(url: string): readonly number[] {
  const port = Number(URL.parse(url)?.port);
  return Number.isInteger(port) && port > 0 ? [port] : [];
}

/** The registry gate, until the signal. Throws WiringError `port-taken`, `address-unusable`, `bad-setting`. */
async function listenGate(services: Services, settings: GateSettings, log: Log, signal: AbortSignal): Promise<string> {
  const { createRegistryGate } = await import('../gate/index.ts');
  const { certificate, key, host } = settings;
  const tls =
    certificate === undefined || key === undefined
      ? undefined
      : { cert: await readText(certificate), key: await readText(key) };
  if (!tls && !isLoopback(host)) {
    throw new WiringError('bad-setting', `the registry gate would take tokens in the clear on ${host}`, {
      remedy: 'set PORTWARDEN_GATE_CERT and PORTWARDEN_GATE_KEY, or let it listen on 127.0.0.1',
    });
  }
  const { gate: decisions, login } = services;
  const gate = createRegistryGate({ gate: decisions, login, log, ...(tls ? { tls } : {}) });
  signal.addEventListener('abort', () => void gate.close(), { once: true });
  return listen(gate, { ...settings, option: 'PORTWARDEN_GATE' });
}

async function readText(path: string): Promise<string> {
  return (await readNamedFile(path, 2 ** 20)).toString('utf8');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

async function listen(
  server: { listen(at: { host: string; port: number }): Promise<string> },
  at: { readonly host: string; readonly port: number; readonly option?: string },
) {
  try {
    return await server.listen({ host: at.host, port: at.port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new WiringError('port-taken', `port ${at.port} of ${at.host} is taken`, {
        cause,
        remedy: `stop what listens there, or choose another with ${at.option ?? '--port PORT (0 for any free one)'}`,
      });
    }
    throw new WiringError('address-unusable', `cannot listen on ${at.host}:${at.port}: ${messageOf(cause)}`, {
      cause,
      remedy: at.option
        ? `set ${at.option} to an address of this machine and a port that you may open`
        : 'choose an address of this machine with --host ADDRESS, and a port that you may open with --port PORT',
    });
  }
}

/** Says once for each engine that it may not be read, and what to do about it. */
function noticeEngines(services: Services, onNotice: UpOptions['onNotice']): void {
  const said = new Set<string>();
  services.events.subscribe((event) => {
    if (event.type !== 'engine' || event.state !== 'forbidden' || said.has(event.engine)) return;
    said.add(event.engine);
    services.overview().then(
      ({ engines }) => {
        const engine = engines.find((candidate) => candidate.engine === event.engine && candidate.host === event.host);
        onNotice(engine?.message ?? `${event.engine} does not let this user read its socket`);
      },
      (error) => onNotice(`${event.engine} may not be read, and the store does not say why: ${messageOf(error)}`),
    );
  });
}
