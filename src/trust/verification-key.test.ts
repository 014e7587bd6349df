import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TrustError } from './trust-error.ts';
import { keySigned, keyValidAt, parseVerificationKey } from './verification-key.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pem = ec.publicKey.export({ type: 'spki', format: 'pem' }).toString();

describe('parseVerificationKey', () => {
  it('knows a key by its SubjectPublicKeyInfo', () => {
    expect(parseVerificationKey(pem, 'a key').identity).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  const secret = ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  const odd = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
  const exchange = generateKeyPairSync('x25519').publicKey;
  it.each([
    ['a private key', secret],
    ['a private key behind a public one', `${pem}${secret}`],
    ['nothing', ''],
    ['no PEM', 'hello'],
    ['a short RSA key', short.export({ type: 'spki', format: 'pem' }).toString()],
    ['a curve that is not used', odd.export({ type: 'spki', format: 'pem' }).toString()],
    ['a key that signs nothing', exchange.export({ type: 'spki', format: 'pem' }).toString()],
    ['a megabyte', `${pem}${'x'.repeat(2 ** 20)}`],
  ])('refuses %s, and does not repeat it', (_name, text) => {
    const refusal = (() => {
      try {
        return parseVerificationKey(text, 'a key');
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(TrustError);
    expect(String(refusal)).not.toContain(secret.split('\n')[1]);
  });
});

it('a window has both its ends', () => {
  const key = parseVerificationKey(pem, 'a key', { from: 10, until: 20 });
  expect([9, 10, 20, 21].map((at) => keyValidAt(key, at))).toEqual([false, true, true, false]);
});

it('what is no signature belongs to no key', () => {
  expect(keySigned(ec.publicKey, Buffer.from('x'), Buffer.alloc(0))).toBe(false);
  expect(keySigned(ec.publicKey, Buffer.from('x'), Buffer.from('30', 'hex'))).toBe(false);
});
