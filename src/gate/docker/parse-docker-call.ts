import { X509Certificate } from 'node:crypto';
import { asArray, asObject, asString, asStringMap, decodeUtf8, messageOf, parseJson } from '../../base/index.ts';
import { DockerGateError } from './docker-gate-error.ts';

/** One request of a client as dockerd shows it to its plugins. */
export interface DockerCall {
  readonly method: string;
  /** The request line's target as it came, with its query. */
  readonly uri: string;
  /** By lower-case name. Of several of one name dockerd shows the last, and goes by the first. */
  readonly headers: ReadonlyMap<string, string>;
  /** Absent where there was none, or where dockerd does not show it: not JSON, or of 1 MiB and more. */
  readonly body?: Uint8Array;
  readonly who: string;
}

/** A call carries at most the base64 of 1 MiB, headers and certificates. */
export const longestDockerCall = 8 * 1024 * 1024;

/**
 * Reads what dockerd sends to `/AuthZPlugin.AuthZReq` (docs.docker.com, "Access authorization plugin"; moby
 * pkg/authorization/api.go). Throws DockerGateError `bad-call`.
 */
export function parseDockerCall(bytes: Uint8Array): DockerCall {
  if (bytes.byteLength > longestDockerCall) bad(`it is larger than ${longestDockerCall} bytes`);
  // moby's plugin client sends the same, used-up stream again where a connection failed (pkg/plugins/client.go, callWithRetry).
  if (bytes.byteLength === 0)
    throw new DockerGateError('bad-call', 'dockerd lost the request while its gate was started anew', {
      remedy: 'run the command again',
    });
  const call = asObject(readJson(bytes)) ?? bad('it is no object');
  const method = asString(call.RequestMethod) ?? bad('it has no RequestMethod');
  const uri = asString(call.RequestUri) ?? bad('it has no RequestUri');
  const shown = call.RequestBody ?? '';
  const text = asString(shown) ?? bad('its RequestBody is no text');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) bad('its RequestBody is no base64');
  const body = Buffer.from(text, 'base64');
  const headers = Object.entries(asStringMap(call.RequestHeaders)).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return {
    method,
    uri,
    headers: new Map(headers),
    ...(body.byteLength > 0 ? { body } : {}),
    who: whoAsks(call),
  };
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(decodeUtf8(bytes, 'the call'), 'the call');
  } catch (cause) {
    return bad(messageOf(cause), cause);
  }
}

/** Of a unix socket dockerd tells nobody; of TLS the common name, and the certificates as PEM in base64. */
function whoAsks(call: Readonly<Record<string, unknown>>): string {
  const user = asString(call.User);
  if (user !== undefined && user !== '') return clean(user);
  const [first] = asArray(call.RequestPeerCertificates) ?? [];
  if (first === undefined) return 'unknown (unix socket)';
  try {
    const { subject } = new X509Certificate(Buffer.from(asString(first) ?? '', 'base64'));
    // Of an empty name Node gives undefined, whatever its types say.
    return clean(asString(subject) ?? '') || 'unknown (certificate without a name)';
  } catch {
    return 'unknown (certificate that cannot be read)';
  }
}

function clean(text: string): string {
  return text
    .replace(/[^\x20-\x7e\u00a1-\uffff]+/g, ' ')
    .trim()
    .slice(0, 200);
}

function bad(why: string, cause?: unknown): never {
  throw new DockerGateError('bad-call', `dockerd's call of the plugin cannot be read: ${why}`, {
    cause,
    remedy: 'this version of dockerd may be newer than this Portwarden; report it',
  });
}
