import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatedRegistry, plainDocuments, startGatedRegistry } from '../engines/gated-registry.ts';
import {
  busyboxImage,
  describeWith,
  pushImage,
  type RegistryServer,
  startPostgres,
  startRegistry,
} from '../engines/index.ts';

/** The second registry, for another platform, which gets what the first has certified. */
const withAnother = (
  host: string,
  policy: string,
) => `${plainDocuments.replace('spec:\n  host: HOST', 'spec:\n  promoteTo: [other]\n  host: HOST')}
---
apiVersion: portwarden/v1
kind: Registry
metadata: { name: other }
spec:
  host: "${host}"
  plainHttp: true
  quarantine: held
  trusted: [team/**]
  policy: ${policy}
---
apiVersion: portwarden/v1
kind: ImagePolicy
metadata: { name: strict }
spec: { unknown: { notJudged: allow }, user: { root: refuse } }
`;

describeWith(['registry', 'busybox', 'skopeo', 'postgres'], 'the queue of certification', () => {
  let first: GatedRegistry;
  let second: GatedRegistry;
  let other: RegistryServer;
  let postgres: Awaited<ReturnType<typeof startPostgres>>;

  beforeAll(async () => {
    [postgres, other] = await Promise.all([startPostgres(), startRegistry()]);
    first = await startGatedRegistry({ database: postgres.url });
    // Another server process would be just that: services of their own over the same store.
    second = await startGatedRegistry({ database: postgres.url, upstream: first.upstream });
    await first.apply(plainDocuments);
  });
  afterAll(async () => {
    await second?.stop();
    await first?.stop();
    await Promise.all([other?.stop(), postgres?.stop()]);
  });

  it('is worked by several servers, and no image is judged twice', async () => {
    const token = await first.token('push');
    const login = { username: 'ci', password: token };
    const names = Array.from({ length: 12 }, (_, at) => `team/many-${at}`);
    for (const name of names) {
      await pushImage({ ...busyboxImage(), config: { Cmd: [name] } }, `${first.host}/${name}:1`, { login });
    }
    for (const name of names) expect(await first.judged(name)).toBe('certified');
    for (const name of names) {
      const { items } = await first.services.certification.list({ repository: name });
      expect(items).toHaveLength(1);
      expect(await first.services.certification.history(items[0]?.image ?? '')).toHaveLength(1);
    }
    expect(await first.services.certification.queue()).toEqual({ waiting: 0, running: 0, failed: 0 });
  });

  it('promotes what is certified to other registries, each by its own policy', async () => {
    const login = { username: 'ci', password: await first.token('push') };
    for (const [policy, state] of [
      ['lenient', 'certified'],
      ['strict', 'refused'],
    ] as const) {
      await first.apply(withAnother(other.host, policy));
      await new Promise((resolve) => setTimeout(resolve, 1100));
      const name = `team/promoted-${policy}`;
      await pushImage({ ...busyboxImage(), config: { Cmd: [policy] } }, `${first.host}/${name}:1`, { login });
      await expect
        .poll(
          async () =>
            (await first.services.certification.list({ registry: other.host, repository: name })).items[0]?.state,
          { timeout: 20_000 },
        )
        .toBe(state);
      expect(
        (await first.services.certification.list({ registry: first.upstream.host, repository: name })).items[0]?.state,
      ).toBe('certified');
      const tags = await fetch(`http://${other.host}/v2/${name}/tags/list`);
      expect(tags.status).toBe(state === 'certified' ? 200 : 404);
    }
  });
});
