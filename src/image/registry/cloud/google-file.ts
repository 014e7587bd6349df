import { createPrivateKey, type KeyObject } from 'node:crypto';
import { asObject, asString, type JsonObject } from '../../../base/index.ts';
import { asVisibleText, loginFailure, parseLoginAnswer } from './ask-for-login.ts';
import { isMetadataHost } from './metadata-addresses.ts';

export interface ServiceAccountKey {
  readonly kind: 'service-account';
  readonly email: string;
  readonly privateKey: KeyObject;
  readonly keyId?: string;
  readonly tokenUrl: URL;
}

/** A workload that is known elsewhere, whose token lies in a file. */
export interface ExternalAccount {
  readonly kind: 'external-account';
  readonly audience: string;
  readonly subjectTokenType: string;
  readonly tokenUrl: URL;
  readonly tokenFile: string;
  /** The field of the file that holds the token; without it, the file is the token. */
  readonly tokenField?: string;
  readonly impersonationUrl?: URL;
}

/**
 * What GOOGLE_APPLICATION_CREDENTIALS names: the key of a service account, or the configuration of workload identity
 * federation (AIP-4110, AIP-4117). Throws ImageError `credential-failure`, which never quotes the file.
 */
export function parseGoogleFile(bytes: Uint8Array, file: string): ServiceAccountKey | ExternalAccount {
  const document = parseLoginAnswer(bytes, `reading ${file}`);
  if (document.type === 'service_account') return serviceAccount(document, file);
  if (document.type === 'external_account') return externalAccount(document, file);
  throw loginFailure(
    `${file} is of a type that is not supported`,
    'Use the key of a service account, an external account with its token in a file, or docker-credential-gcloud.',
  );
}

function serviceAccount(document: JsonObject, file: string): ServiceAccountKey {
  const keyId = asString(document.private_key_id);
  return {
    kind: 'service-account',
    email: asVisibleText(document.client_email, `client_email of ${file}`),
    privateKey: rsaKey(document.private_key, file),
    ...(keyId === undefined ? {} : { keyId }),
    tokenUrl: endpoint(document.token_uri ?? 'https://oauth2.googleapis.com/token', `token_uri of ${file}`),
  };
}

function rsaKey(pem: unknown, file: string): KeyObject {
  try {
    const key = createPrivateKey(asString(pem) ?? '');
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch (error) {
    // What OpenSSL says of a key is of no use to anybody, and not known to be free of it.
    if (!(error instanceof Error)) throw error;
  }
  throw loginFailure(`private_key of ${file} is not an RSA key`, 'Download the key of the service account again.');
}

function externalAccount(document: JsonObject, file: string): ExternalAccount {
  const source = asObject(document.credential_source);
  const format = asObject(source?.format);
  const tokenFile = asString(source?.file);
  if (!tokenFile) {
    throw loginFailure(
      `${file} takes the token of the workload from somewhere else than a file`,
      'Only credential_source.file is supported: nothing is run or fetched for it.',
    );
  }
  const isJson = format?.type === 'json';
  const impersonation = document.service_account_impersonation_url;
  return {
    kind: 'external-account',
    audience: asVisibleText(document.audience, `audience of ${file}`),
    subjectTokenType: asVisibleText(document.subject_token_type, `subject_token_type of ${file}`),
    tokenUrl: endpoint(document.token_url, `token_url of ${file}`),
    tokenFile,
    ...(isJson
      ? { tokenField: asVisibleText(format.subject_token_field_name, `subject_token_field_name of ${file}`) }
      : {}),
    ...(impersonation === undefined
      ? {}
      : { impersonationUrl: endpoint(impersonation, `service_account_impersonation_url of ${file}`) }),
  };
}

/** The token of a workload in the text of its file. Throws ImageError `credential-failure`. */
export function parseSubjectToken(
  text: string,
  { tokenFile, tokenField }: Pick<ExternalAccount, 'tokenFile' | 'tokenField'>,
): string {
  const what = `the token in ${tokenFile}`;
  if (tokenField === undefined) return asVisibleText(text.trim(), what);
  const document = parseLoginAnswer(Buffer.from(text), `reading ${tokenFile}`);
  return asVisibleText(Object.hasOwn(document, tokenField) ? document[tokenField] : undefined, what);
}

/** Whoever writes the file says where a token is sent: at least nobody listens, and it is no machine's own service. */
function endpoint(value: unknown, what: string): URL {
  const text = asString(value);
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' && url.username === '' && url.password === '' && !isMetadataHost(url.hostname)) {
    return url;
  }
  throw loginFailure(`${what} is not an HTTPS address of a token endpoint`, 'Correct it, or download the file again.');
}
