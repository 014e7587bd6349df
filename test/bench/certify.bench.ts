/**
 * How many small images an hour the queue of certification works: images of 2 MB, each of another layer, pushed into
 * quarantine of a real registry, verified against a key, read, looked into, judged, promoted and attested. The floor, in the
 * same run, is the copy alone. `node test/bench/certify.bench.ts [--images N]`. It asserts nothing.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { loadRegistries } from '../../src/image/index.ts';
import { defaultReadLimits } from '../../src/model/index.ts';
import { plainDocuments, startGatedRegistry } from '../engines/gated-registry.ts';
import { busyboxImage, filesLayer, pushImage } from '../engines/index.ts';

const { values } = parseArgs({ options: { images: { type: 'string', default: '60' } } });
const images = Number(values.images);
const gate = await startGatedRegistry();
try {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const root = `\n---\napiVersion: portwarden/v1\nkind: TrustRoot\nmetadata: { name: team }\nspec: { keys: [{ name: release, pem: ${JSON.stringify(pem)} }] }\n`;
  await gate.apply(`${plainDocuments.replace('policy: lenient', 'policy: lenient\n  trustRoots: [team]')}${root}`);
  const { host } = gate.upstream;
  const digests: `sha256:${string}`[] = [];
  for (let at = 0; at < images; at++) {
    const image = busyboxImage();
    const layers = [
      ...image.layers,
      filesLayer(`certify-bench-${process.pid}-${at}`, { 'etc/name': randomBytes(64).toString('hex') }),
    ];
    digests.push(await pushImage({ layers, config: { Cmd: ['sh'] } }, `${host}/quarantine/team/bench:${at}`));
  }
  const registry = await gate.services.gate.registryAt(gate.host);
  if (!registry) throw new Error('the gate knows no registry');

  const { copyImage } = await loadRegistries();
  const { maxManifestBytes, stallTimeout } = defaultReadLimits;
  const reach = { credentialFile: false } as const;
  const options = {
    source: reach,
    target: reach,
    maxManifestBytes,
    stallTimeout,
    signal: new AbortController().signal,
  };
  const copying = performance.now();
  for (const digest of digests) {
    const from = { image: { registry: host, repository: 'quarantine/team/bench', digest } };
    await copyImage(from, { image: { registry: host, repository: 'floor/bench' }, tags: [] }, options);
  }
  const floor = (performance.now() - copying) / images;

  const start = performance.now();
  for (const [at, digest] of digests.entries())
    await gate.services.gate.pushed(registry, 'team/bench', { digest, tag: String(at) });
  while ((await gate.services.certification.list({ repository: 'team/bench', limit: 1 })).total < images) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const each = (performance.now() - start) / images;
  const { items } = await gate.services.certification.list({ repository: 'team/bench', limit: 1000 });
  const certified = items.filter(({ state }) => state === 'certified').length;
  process.stdout.write(
    `${images} images, ${certified} certified: ${Math.round(each)} ms each, ${Math.round(3_600_000 / each)} an hour; `,
  );
  process.stdout.write(`${(each / floor).toFixed(1)} times the copy alone (${Math.round(floor)} ms)\n`);
} finally {
  await gate.stop();
}
