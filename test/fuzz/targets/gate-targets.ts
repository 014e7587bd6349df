import { parseRoute } from '../../../src/gate/registry/parse-route.ts';
import { parseSignatureManifest } from '../../../src/gate/registry/signature-manifest.ts';
import { parseRange } from '../../../src/gate/registry/verified-stream.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

export const gateTargets: readonly FuzzTarget[] = [
  {
    name: 'gate/route',
    covers: ['gate/registry/parse-route.ts'],
    seeds: ['/v2/', `/v2/team/app/blobs/${digest}`, '/v2/team/app/manifests/1.0', '/v2/a/blobs/uploads/'],
    words: ['/v2/', '/manifests/', '/blobs/', '/uploads/', '/tags/list', '..', '%2e', '//', digest, '\0', '_catalog'],
    run(bytes) {
      const route = parseRoute(Buffer.from(bytes).toString('latin1'));
      if ('repository' in route && /\.\.|\/\/|[^a-z0-9._/-]/.test(route.repository))
        throw new FuzzFinding(route.repository);
      return route;
    },
  },
  {
    name: 'gate/signature-manifest',
    covers: ['gate/registry/signature-manifest.ts'],
    seeds: [
      JSON.stringify({
        schemaVersion: 2,
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest, size: 2 },
        layers: [{ mediaType: 'application/vnd.dsse.envelope.v1+json', digest, size: 2 }],
        subject: { digest },
      }),
    ],
    words: ['"layers":', '"subject":', '"manifests":', 'application/vnd.oci.image.layer.v1.tar+gzip', '[]', 'null'],
    run(bytes) {
      const found = parseSignatureManifest(bytes);
      if (!found) return found;
      const { layers } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { layers: { mediaType: string }[] };
      if (layers.some(({ mediaType }) => mediaType.includes('.layer.'))) {
        throw new FuzzFinding('a layer of files passes for a signature');
      }
      return found;
    },
  },
  {
    name: 'gate/range',
    covers: ['gate/registry/verified-stream.ts'],
    seeds: ['bytes=0-9', 'bytes=-5', 'bytes=3-'],
    words: ['bytes=', '-', ',', '99999999999999999999', '0x1', '1e9'],
    run(bytes) {
      const range = parseRange(Buffer.from(bytes).toString('latin1'), 10);
      if (typeof range === 'object' && !(0 <= range.first && range.first <= range.last && range.last < 10)) {
        throw new FuzzFinding(JSON.stringify(range));
      }
      return range;
    },
  },
];
