import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { messageOf } from '../base/index.ts';
import { statementMediaType } from './sigstore/statement.ts';
import { TrustError } from './trust-error.ts';
import { parseVerificationKey } from './verification-key.ts';

/** Signs bytes: by a key that is here, or by a program that keeps it. */
export type SignBytes = (bytes: Uint8Array) => Promise<Uint8Array>;

/**
 * An in-toto statement as a signed envelope (secure-systems-lab/dsse, protocol.md and envelope.md), in JSON: the signature
 * is over the pre-authentication encoding of type and statement.
 */
export async function signStatement(statement: Uint8Array, signBytes: SignBytes): Promise<Uint8Array> {
  const type = statementMediaType;
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${statement.byteLength} `;
  const signature = await signBytes(Buffer.concat([Buffer.from(head), statement]));
  const envelope = {
    payloadType: type,
    payload: Buffer.from(statement).toString('base64'),
    signatures: [{ keyid: '', sig: Buffer.from(signature).toString('base64') }],
  };
  return Buffer.from(JSON.stringify(envelope));
}

/**
 * A private key in PEM, unencrypted, of a kind that signatures are checked with. Throws TrustError `bad-key`, which never
 * repeats what it was given.
 */
export function parseSigningKey(pem: string, where: string): SignBytes {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new TrustError('bad-key', `${where} has no private key that can be read: ${messageOf(cause)}`, {
      remedy:
        'Give one in PEM without a passphrase: openssl ecparam -name prime256v1 -genkey -noout -out portwarden.key',
    });
  }
  // The same kinds as for checking: what nobody accepts is not worth signing with.
  parseVerificationKey(createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(), where);
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return async (bytes) => sign(algorithm, bytes, key);
}
