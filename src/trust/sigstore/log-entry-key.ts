import { createPublicKey, type KeyObject } from 'node:crypto';
import { asArray, asObject, asString, type JsonObject } from '../../base/index.ts';

/**
 * The public key that an entry of a transparency log names beside the signature, for the kinds of Rekor v1
 * (hashedrekord 0.0.1, dsse 0.0.1, intoto 0.0.2) and v2 (0.0.2 of both). Undefined where it names none that can be read.
 * An entry of the same bytes by another key witnesses nothing of this one.
 */
export function logEntryKey(body: unknown): KeyObject | undefined {
  const spec = asObject(asObject(body)?.spec);
  const rekord = asObject(asObject(spec?.signature)?.publicKey)?.content;
  const dsse = firstOf(spec?.signatures)?.verifier;
  const intoto = firstOf(asObject(asObject(spec?.content)?.envelope)?.signatures)?.publicKey;
  const pem = asString(rekord) ?? asString(dsse) ?? asString(intoto);
  if (pem !== undefined) return readKey(Buffer.from(pem, 'base64').toString('latin1'));
  const second =
    asObject(asObject(spec?.hashedRekordV002)?.signature)?.verifier ??
    firstOf(asObject(spec?.dsseV002)?.signatures)?.verifier;
  const verifier = asObject(second);
  const certificate = asString(asObject(verifier?.x509Certificate)?.rawBytes);
  if (certificate !== undefined) return readKey(toPem('CERTIFICATE', certificate));
  const key = asString(asObject(verifier?.publicKey)?.rawBytes);
  return key === undefined ? undefined : readKey(toPem('PUBLIC KEY', key));
}

function firstOf(list: unknown): JsonObject | undefined {
  const items = asArray(list);
  return items?.length === 1 ? asObject(items[0]) : undefined;
}

function toPem(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

function readKey(pem: string): KeyObject | undefined {
  if (!/^-----BEGIN (?:CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----/.test(pem)) return undefined;
  try {
    return createPublicKey(pem);
  } catch {
    // What cannot be read is not the key that signed, and that is what the caller asks.
    return undefined;
  }
}
