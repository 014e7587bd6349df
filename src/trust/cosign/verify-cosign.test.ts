import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SignedSubject } from '../../model/index.ts';
import { parseVerificationKey } from '../verification-key.ts';
import { verifyCosignSignature } from './verify-cosign.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const key = parseVerificationKey(publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'release');
const digest = `sha256:${'ab'.repeat(32)}` as const;
const subject: SignedSubject = {
  image: { registry: 'registry.example', repository: 'team/app', digest },
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  size: 1,
};

interface Payload {
  critical: { identity: object; image: object; type: unknown };
  optional: unknown;
}
const good: Payload = {
  critical: {
    identity: { 'docker-reference': 'registry.example/team/app' },
    image: { 'docker-manifest-digest': digest },
    type: 'cosign container image signature',
  },
  optional: { creator: 'ci' },
};

function trial(payload: string, signature = sign('sha256', Buffer.from(payload), privateKey).toString('base64')) {
  const material = {
    kind: 'cosign-signature',
    where: 'a tag',
    payload: Buffer.from(payload),
    annotations: { signature },
  } as const;
  return verifyCosignSignature(material, subject, ['registry.example/team/app'], { keys: [key], identities: [] }, 0);
}
const critical = (change: object) => JSON.stringify({ ...good, critical: { ...good.critical, ...change } });

describe('a signature of cosign', () => {
  it('counts', () => {
    expect(trial(JSON.stringify(good))).toMatchObject({
      state: 'verified',
      signers: [{ scheme: 'cosign', authority: 'release' }],
    });
  });

  it('counts with a tag in its name', () => {
    const identity = { 'docker-reference': 'registry.example/team/app:1.0' };
    expect(trial(critical({ identity })).state).toBe('verified');
  });

  it.each([
    [
      'of another digest',
      critical({ image: { 'docker-manifest-digest': `sha256:${'cd'.repeat(32)}` } }),
      'wrong-subject',
    ],
    [
      'of another repository',
      critical({ identity: { 'docker-reference': 'registry.example/team/other' } }),
      'wrong-repository',
    ],
    [
      'of another registry',
      critical({ identity: { 'docker-reference': 'evil.example/team/app' } }),
      'wrong-repository',
    ],
    [
      'of a longer name',
      critical({ identity: { 'docker-reference': 'registry.example/team/app-evil' } }),
      'wrong-repository',
    ],
    ['of no name', critical({ identity: {} }), 'wrong-repository'],
    ['of another type', critical({ type: 'atomic container signature' }), 'wrong-payload'],
    ['of no type', critical({ type: undefined }), 'wrong-payload'],
    ['with a critical field that is not known', critical({ expires: 'never' }), 'wrong-payload'],
    ['with a digest that is none', critical({ image: { 'docker-manifest-digest': 'sha256:ab' } }), 'wrong-payload'],
    ['that is a list', '[]', 'wrong-payload'],
    ['that is no JSON', '{', 'wrong-payload'],
    ['that is endless', JSON.stringify({ ...good, optional: 'x'.repeat(100_000) }), 'limit-exceeded'],
  ])('is refused: %s', (_name, payload, code) => {
    expect(trial(payload)).toMatchObject({ state: 'rejected', code });
  });

  it('is refused over other bytes that say the same', () => {
    const signature = sign('sha256', Buffer.from(JSON.stringify(good)), privateKey).toString('base64');
    expect(trial(`${JSON.stringify(good)} `, signature)).toMatchObject({ code: 'untrusted-key' });
  });
});
