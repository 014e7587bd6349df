import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundleToJSON } from '@sigstore/bundle';
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  rekorHandler,
  rekorV2Handler,
  tsaHandler,
} from '@sigstore/mock';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import { type CreateEntryRequest, Entry } from '@sigstore/protobuf-specs/rekor/v2';
import {
  DSSEBundleBuilder,
  FulcioSigner,
  MessageSignatureBundleBuilder,
  RekorWitness,
  TSAWitness,
} from '@sigstore/sign';
import { SignJWT, UnsecuredJWT } from 'jose';
import type { JsonDocument } from './json-document.ts';

/** A sigstore instance on loopback: a certificate authority, logs of both versions, a time stamp authority. */
export interface SigstoreInstance {
  /** Its trusted_root.json. */
  readonly trustedRoot: JsonDocument;
  sign(bytes: Uint8Array, how?: SigningOptions): Promise<JsonDocument>;
  /** Signs an in-toto statement. */
  attest(statement: object, how?: SigningOptions): Promise<JsonDocument>;
  close(): Promise<void>;
}

export interface SigningOptions {
  readonly identity?: string;
  /** Of the log. */
  readonly rekor?: 1 | 2;
  /** Without a time stamp there must be a promise of the log. */
  readonly timestamp?: boolean;
}

export const defaultIdentity = 'https://ci.example/acme/app/release.yml@refs/heads/main';
export const defaultIssuer = 'https://issuer.example';

type Handler = ReturnType<typeof fulcioHandler>;

/** `at` is the time of certificates, logs and time stamps, in whole seconds: the library reads no half-written fractions. */
export async function startSigstoreInstance(at = Date.now(), since = at - 86_400_000): Promise<SigstoreInstance> {
  // The mock's own authorities are valid from the second in which it makes them.
  const clock = new Date(Math.floor(at / 1000) * 1000 + 2000);
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const [caKeys, ctKeys, logKeys, tsaKeys] = [
    generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
    pair(),
    pair(),
    pair(),
  ];
  const ctlog = await initializeCTLog(ctKeys, clock);
  const [ca, tsa] = await Promise.all([initializeCA(caKeys, ctlog, clock), initializeTSA(tsaKeys, clock)]);
  const handlers = new Map<string, Handler>();
  const server = createServer((request, response) => {
    const handler = handlers.get(request.url ?? '');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      if (!handler) return void response.writeHead(404).end();
      const answer = await handler.fn(Buffer.concat(chunks).toString('utf8') as never);
      response.writeHead(answer.statusCode, { 'content-type': answer.contentType ?? 'application/octet-stream' });
      response.end(answer.response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tlog = await initializeTLog(url, logKeys, clock);
  const logV2 = tlog.logV2.bind(tlog);
  // The mock logs the request as it came and gives the only entry of its log any number; Rekor logs an entry.
  tlog.logV2 = async (request) => {
    const { kind, body } = entryOf(request);
    const logged = await logV2(body as CreateEntryRequest);
    return {
      ...logged,
      kindVersion: { kind, version: '0.0.2' },
      inclusionProof: logged.inclusionProof && { ...logged.inclusionProof, logIndex: '0' },
    };
  };
  for (const handler of [fulcioHandler(ca), rekorHandler(tlog), rekorV2Handler(tlog), tsaHandler(tsa)]) {
    handlers.set(handler.path, handler);
  }

  async function build(kind: 'message' | 'dsse', data: Buffer, how: SigningOptions): Promise<JsonDocument> {
    const token = new UnsecuredJWT({ iss: defaultIssuer, sub: how.identity ?? defaultIdentity }).encode();
    // The client wants a signature to be there; the authority does not look at it.
    const signed = await new SignJWT({ iss: defaultIssuer, sub: how.identity ?? defaultIdentity })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(token));
    const signer = new FulcioSigner({ fulcioBaseURL: url, identityProvider: { getToken: async () => signed } });
    const witnesses = [
      new RekorWitness({ rekorBaseURL: url, majorApiVersion: how.rekor ?? 1, entryType: 'intoto' }),
      ...((how.timestamp ?? how.rekor === 2) ? [new TSAWitness({ tsaBaseURL: url })] : []),
    ];
    const bundle =
      kind === 'message'
        ? await new MessageSignatureBundleBuilder({ signer, witnesses }).create({ data })
        : await new DSSEBundleBuilder({ signer, witnesses }).create({ data, type: 'application/vnd.in-toto+json' });
    return { ...bundleToJSON(bundle) };
  }

  const window = { start: new Date(since).toISOString() };
  const publicKey = (key: KeyObject) => ({
    rawBytes: spki(key).toString('base64'),
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    validFor: window,
  });
  const keyId = (key: KeyObject) => ({ keyId: createHash('sha256').update(spki(key)).digest('base64') });
  const chain = (...certificates: ArrayBufferView[]) => ({
    certificates: certificates.map((each) => ({
      rawBytes: Buffer.from(each.buffer, each.byteOffset, each.byteLength).toString('base64'),
    })),
  });
  return {
    trustedRoot: {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [
        {
          baseUrl: url,
          hashAlgorithm: 'SHA2_256',
          publicKey: publicKey(logKeys.publicKey),
          logId: keyId(logKeys.publicKey),
        },
      ],
      ctlogs: [
        {
          baseUrl: url,
          hashAlgorithm: 'SHA2_256',
          publicKey: publicKey(ctKeys.publicKey),
          logId: keyId(ctKeys.publicKey),
        },
      ],
      certificateAuthorities: [{ uri: url, certChain: chain(ca.rootCertificate), validFor: window }],
      timestampAuthorities: [{ uri: url, certChain: chain(tsa.intCertificate, tsa.rootCertificate), validFor: window }],
    },
    sign: (bytes, how = {}) => build('message', Buffer.from(bytes), how),
    attest: (statement, how = {}) => build('dsse', Buffer.from(JSON.stringify(statement)), how),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The entry of Rekor v2 for what it is asked to log (protobuf-specs, rekor/v2/entry.proto). */
function entryOf({ spec }: CreateEntryRequest): { readonly kind: string; readonly body: unknown } {
  if (spec?.$case === 'hashedRekordRequestV002') {
    const { digest, signature } = spec.hashedRekordRequestV002;
    const data = { algorithm: HashAlgorithm.SHA2_256, digest };
    const entry = { $case: 'hashedRekordV002' as const, hashedRekordV002: { data, signature } };
    return {
      kind: 'hashedrekord',
      body: Entry.toJSON({ kind: 'hashedrekord', apiVersion: '0.0.2', spec: { spec: entry } }),
    };
  }
  if (spec?.$case !== 'dsseRequestV002') throw new TypeError('an unknown kind of entry');
  const { envelope, verifiers } = spec.dsseRequestV002;
  const payload = envelope?.payload ?? Buffer.alloc(0);
  const dsseV002 = {
    payloadHash: { algorithm: HashAlgorithm.SHA2_256, digest: createHash('sha256').update(payload).digest() },
    signatures: (envelope?.signatures ?? []).map(({ sig }) => ({ content: sig, verifier: verifiers[0] })),
  };
  const entry = { $case: 'dsseV002' as const, dsseV002 };
  return { kind: 'dsse', body: Entry.toJSON({ kind: 'dsse', apiVersion: '0.0.2', spec: { spec: entry } }) };
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}
