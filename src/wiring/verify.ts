import { join } from 'node:path';
import { parseDigest, systemClock } from '../base/index.ts';
import type { VerifyReport, VerifyRequest } from '../cli/index.ts';
import { loadRegistries } from '../image/index.ts';
import {
  defaultReadLimits,
  formatImageReference,
  parseImageReference,
  parsePlatform,
  platformOfNode,
} from '../model/index.ts';
import { verifyImage } from '../service/index.ts';
import {
  type Artifact,
  compileIdentityPattern,
  parseNotationTrust,
  parseTrustedRoot,
  parseVerificationKey,
  publicGoodRoot,
  readTufRoot,
  type TrustAnchors,
  TrustError,
  verifyBundle,
} from '../trust/index.ts';
import { readNamedFile } from './read-trust-files.ts';
import { readSettings } from './settings.ts';
import { WiringError } from './wiring-error.ts';

/** `portwarden verify`: everything that it trusts is in the request. */
export async function verify(request: VerifyRequest): Promise<VerifyReport> {
  const { subject } = request;
  const anchors = await readAnchors(request);
  const now = systemClock.now();
  if (subject.kind === 'bundle') {
    const bundle = await readNamedFile(subject.bundle, 64 * 2 ** 20);
    const verdict = verifyBundle(bundle, await readArtifact(subject.artifact), anchors.sigstore, now);
    const { trust, statement } = verdict;
    return {
      trust,
      subjects: [subject.artifact],
      signatures: [{ where: subject.bundle, kind: 'sigstore-bundle', trust }],
      attestations: statement ? [{ predicateType: statement.predicateType, trust }] : [],
    };
  }
  const platform = subject.platform === undefined ? platformOfNode(process.arch) : parsePlatform(subject.platform);
  if (!platform) throw new WiringError('bad-platform', `"${subject.platform}" is not a platform`);
  const reading = {
    platform,
    maxManifestBytes: defaultReadLimits.maxManifestBytes,
    stallTimeout: defaultReadLimits.stallTimeout,
    signal: request.signal,
    ...(request.lookaside === undefined ? {} : { lookaside: readUrl(request.lookaside) }),
  };
  const reference = parseImageReference(subject.reference);
  const { findImageSignatures } = await loadRegistries();
  const found = await findImageSignatures(reference, reading, { plainHttp: request.plainHttp });
  const verification = await verifyImage(reference, {
    found,
    anchors,
    aliases: request.signedAs.map((name) => {
      const alias = parseImageReference(name);
      return `${alias.registry}/${alias.repository}`;
    }),
    now,
  });
  return { ...verification, subjects: verification.chain.map(formatImageReference) };
}

async function readAnchors(request: VerifyRequest): Promise<TrustAnchors> {
  for (const { subjectPattern, issuerPattern } of request.identities) {
    if (subjectPattern !== undefined) compileIdentityPattern(subjectPattern);
    if (issuerPattern !== undefined) compileIdentityPattern(issuerPattern);
  }
  const keys = await Promise.all(
    request.keys.map(async (path) => parseVerificationKey((await readNamedFile(path, 2 ** 20)).toString('utf8'), path)),
  );
  return {
    sigstore: { root: await readRoot(request), keys, identities: request.identities },
    ...(request.keyring === undefined
      ? {}
      : { gpg: { keyring: await readNamedFile(request.keyring, 2 ** 20), fingerprints: request.fingerprints } }),
    ...(request.certificates === undefined ? {} : { notation: await readNotation(request.certificates, request) }),
    threshold: request.threshold,
  };
}

async function readNotation(path: string, { notationIdentities }: VerifyRequest) {
  const certificates = (await readNamedFile(path, 2 ** 20)).toString('utf8');
  const trust = parseNotationTrust([{ name: path, type: 'ca', certificates }], notationIdentities);
  if ('reason' in trust) throw new TrustError('bad-certificates', `${path}: ${trust.reason}`);
  return trust;
}

async function readRoot({ trustRoot, tuf, tufRoot, ...options }: VerifyRequest) {
  if (trustRoot !== undefined) {
    return parseTrustedRoot((await readNamedFile(trustRoot, 8 * 2 ** 20)).toString('utf8'), trustRoot);
  }
  if (tuf === undefined) return publicGoodRoot();
  const cache = join(readSettings(options).data, 'tuf');
  return readTufRoot({ mirror: tuf, cache, ...(tufRoot === undefined ? {} : { rootFile: tufRoot }) });
}

async function readArtifact(artifact: string): Promise<Artifact> {
  const digest = parseDigest(artifact);
  return digest ? { digest } : { bytes: await readNamedFile(artifact, 2 ** 31 - 1) };
}

function readUrl(text: string): URL {
  const url = URL.parse(text.startsWith('/') ? `file://${text}` : text);
  if (url && ['file:', 'http:', 'https:'].includes(url.protocol)) return url;
  throw new WiringError('bad-setting', `"${text}" is neither a directory nor a URL of signatures`);
}
