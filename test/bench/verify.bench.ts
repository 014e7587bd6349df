/**
 * How long it takes to verify signatures, besides the network: one of cosign by a key, cold (in a fresh process, with what
 * must be loaded for it) and warm, a keyless bundle of sigstore, and one of Notary Project. The floor is the signature alone,
 * by node:crypto in the same run. `node test/bench/verify.bench.ts [--runs N]`. It asserts nothing.
 */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { SignedSubject } from '../../src/model/index.ts';
import { parseTrustedRoot, parseVerificationKey, type TrustAnchors, verifySignatures } from '../../src/trust/index.ts';
import { defaultIdentity, defaultIssuer, startSigstoreInstance } from '../fakes/sigstore-instance.ts';
import { simpleSigningPayload } from '../fakes/simple-signing.ts';
import { percentile } from './figures.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '500' }, cold: { type: 'boolean', default: false } },
});
const runs = Number(values.runs);
const digest = `sha256:${'ab'.repeat(32)}` as const;
const subject: SignedSubject = {
  image: { registry: 'registry.example', repository: 'app', digest },
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  size: 1,
};
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const key = parseVerificationKey(publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'release');
const payload = simpleSigningPayload('registry.example/app', digest);
const signature = sign('sha256', payload, privateKey);
const keyed = {
  subject,
  materials: [
    { kind: 'cosign-signature', where: 'a tag', payload, annotations: { signature: signature.toString('base64') } },
  ],
} as const;
const byKey: TrustAnchors = { sigstore: { keys: [key], identities: [] }, threshold: 1 };

async function once(found: Parameters<typeof verifySignatures>[0], anchors: TrustAnchors): Promise<number> {
  const start = performance.now();
  const { trust } = await verifySignatures(found, ['registry.example/app'], anchors, Date.now());
  const took = performance.now() - start;
  if (trust.state !== 'verified') throw new Error(JSON.stringify(trust));
  return took;
}

async function median(work: () => Promise<number> | number): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await work());
  return percentile(times, 0.5);
}

if (values.cold) {
  process.stdout.write(String(await once(keyed, byKey)));
} else {
  const self = fileURLToPath(import.meta.url);
  const cold = Array.from({ length: 9 }, () => Number(execFileSync(process.execPath, [self, '--cold'])));
  const floor = await median(() => {
    const start = performance.now();
    verify('sha256', payload, publicKey, signature);
    return performance.now() - start;
  });
  const warm = await median(() => once(keyed, byKey));
  const instance = await startSigstoreInstance();
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: digest.slice(7) } }],
    predicateType: 'https://sigstore.dev/cosign/sign/v1',
    predicate: {},
  };
  const bundle = Buffer.from(JSON.stringify(await instance.attest(statement)));
  await instance.close();
  const root = parseTrustedRoot(JSON.stringify(instance.trustedRoot), 'the instance');
  const identities = [{ subject: defaultIdentity, issuer: defaultIssuer }];
  const keyless = { subject, materials: [{ kind: 'sigstore-bundle', where: 'a referrer', bundle }] } as const;
  const bySigstore: TrustAnchors = { sigstore: { root, keys: [], identities }, threshold: 1 };
  const first = await once(keyless, bySigstore);
  const again = await median(() => once(keyless, bySigstore));
  const ms = (time: number) => `${time.toFixed(2)} ms`;
  process.stdout.write(
    `by a key: cold ${ms(percentile(cold, 0.5))}, warm ${ms(warm)}, ${(warm / floor).toFixed(1)} times the signature alone (${ms(floor)})\n`,
  );
  process.stdout.write(`keyless: cold ${ms(first)}, warm ${ms(again)}, ${Math.round(1000 / again)} a second\n`);
}
