import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Type } from 'typebox';
import type { Clock } from '../base/index.ts';
import { severities } from '../model/index.ts';
import type { Services } from '../service/index.ts';
import { guarded, NoQuery, type WireServer } from './operation.ts';

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
  const durations = new Histogram({
    name: 'portwarden_http_request_duration_seconds',
    help: 'Time that answers took',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });

  async function collect(): Promise<void> {
    const [overview, feeds, drift] = await Promise.all([
      services.overview(),
      services.feeds.list(),
      services.drift.list({ limit: 1 }),
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
