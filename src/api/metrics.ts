import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Type } from 'typebox';
import type { Clock } from '../base/index.ts';
import { severities } from '../model/index.ts';
import type { NetworkView } from '../model/wire/index.ts';
import type { Services } from '../service/index.ts';
import { guarded, NoQuery, type WireServer } from './operation.ts';

const segmentationStates = ['in-force', 'idle', 'off', 'failed', 'unknown'] as const satisfies NetworkView['state'][];

/** GET /metrics in the text format of Prometheus. Numbers of the fleet are asked for when they are scraped. */
export function addMetrics(
  server: WireServer,
  { services, clock, needsLogin }: { services: Services; clock: Clock; needsLogin: boolean },
): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `portwarden_${name}`, help, labelNames, registers: [registry] });

  const running = gauge('containers_running', 'Containers that run now');
  const remembered = gauge('containers_remembered', 'Runs of containers that are remembered');
  const looks = gauge(
    'containers_by_look',
    'Containers that run, by what the last look at what they wrote came to',
    'state',
  );
  const images = gauge('images', 'Images by state', 'state');
  const notJudged = gauge('images_not_judged', 'Images that run, with components that no feed covers');
  const findings = gauge('findings_running', 'Findings in images that run, by severity', 'severity');
  const jobs = gauge('jobs', 'Images to read, by state of the job', 'state');
  const feedAge = gauge('feed_age_seconds', 'Age of what a feed says', 'feed');
  const engines = gauge('engine_watched', 'Whether an engine is watched', 'host', 'engine');
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name: `portwarden_${name}`, help, labelNames, registers: [registry] });
  const segmented = gauge('segmentation_state', 'What holds on a host: 1 for the state that it is in', 'host', 'state');
  const waiting = gauge('segmentation_containers_waiting', 'Containers that are closed until placed', 'host');
  const attempts = counter('traffic_attempts_total', 'Connections that were asked for, by outcome', 'host', 'outcome');
  const listed = counter('traffic_listed_attempts_total', 'Of these, with addresses of deny lists', 'host');
  const spoofed = counter('traffic_spoofed_packets_total', 'Packets dropped since their source was false', 'host');
  const durations = new Histogram({
    name: 'portwarden_http_request_duration_seconds',
    help: 'Time that answers took',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });

  async function collect(): Promise<void> {
    const [overview, feeds, drift, hosts] = await Promise.all([
      services.overview(),
      services.feeds.list(),
      services.drift.list({ limit: 1 }),
      services.groups.numbers(),
    ]);
    running.set(overview.containersRunning);
    remembered.set(overview.containersRemembered);
    const { looks: counted } = drift;
    looks.set({ state: 'drifted' }, counted.drifted);
    looks.set({ state: 'failed' }, counted.failed);
    looks.set({ state: 'not-looked-at' }, counted.running - counted.looked);
    for (const state of ['known', 'read', 'failed'] as const) images.set({ state }, overview.images[state]);
    notJudged.set(overview.imagesNotJudged);
    for (const severity of severities) findings.set({ severity }, overview.severitiesRunning[severity]);
    for (const state of ['waiting', 'running', 'failed'] as const) jobs.set({ state }, overview.reading[state]);
    feedAge.reset();
    for (const { id, dataAsOf } of feeds) {
      if (dataAsOf !== null) feedAge.set({ feed: id }, (clock.now() - Date.parse(dataAsOf)) / 1000);
    }
    engines.reset();
    for (const { host, engine, state } of overview.engines) engines.set({ host, engine }, state === 'watching' ? 1 : 0);
    for (const metric of [segmented, waiting, attempts, listed, spoofed]) metric.reset();
    for (const { host, state, waiting: closed, counts } of hosts) {
      for (const each of segmentationStates) segmented.set({ host, state: each }, each === state ? 1 : 0);
      waiting.set({ host }, closed);
      if (counts === undefined) continue;
      for (const outcome of ['allowed', 'refused', 'observed'] as const)
        attempts.inc({ host, outcome }, counts[outcome]);
      listed.inc({ host }, counts.listed);
      spoofed.inc({ host }, counts.spoofed);
    }
  }

  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  server.addHook('onClose', async () => registry.clear());

  server.get(
    '/metrics',
    {
      config: needsLogin ? {} : { open: true },
      schema: {
        operationId: 'getMetrics',
        summary: 'Numbers for Prometheus',
        tags: ['Server'],
        ...(needsLogin ? {} : { security: [] }),
        querystring: NoQuery,
        response: {
          200: { description: 'Text format of Prometheus', content: { 'text/plain': { schema: Type.String() } } },
          ...guarded(400),
        },
      },
    },
    async (_request, reply) => {
      await collect();
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  );
}
