import { connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';

/**
 * Whether an engine takes gRPC on its socket. `past-the-gate`: BuildKit can be called there and no authorization plugin is
 * asked, so that builds run whatever a gate says; `closed`: it speaks HTTP/1 alone; `unknown`: it could not be found out.
 */
export type GrpcAccess = 'closed' | 'gated' | 'past-the-gate' | 'unknown';

const mostMilliseconds = 3000;
// A question without side effects; where the service is not there, gRPC says so by itself.
const question = '/moby.buildkit.v1.Control/Info';

/**
 * Asks dockerd's socket one harmless question by HTTP/2 with prior knowledge. Since moby #50744 (Docker 29) requests of
 * HTTP/2 whose type begins with application/grpc are handed to BuildKit before the API with its plugins is reached
 * (daemon/command/httphandler.go). Never rejects.
 */
export async function probeGrpc(socketPath: string): Promise<GrpcAccess> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const session = connectHttp2('http://docker', { createConnection: () => socket });
    let hasConnected = false;
    let hasSettings = false;
    const finish = (access: GrpcAccess) => {
      clearTimeout(timer);
      session.destroy();
      socket.destroy();
      resolve(access);
    };
    const timer = setTimeout(() => finish('unknown'), mostMilliseconds);
    socket.on('connect', () => {
      hasConnected = true;
    });
    session.on('remoteSettings', () => {
      hasSettings = true;
    });
    // Whoever knows HTTP/1 alone answers the preface by an error, or hangs up.
    const lost = () => finish(hasConnected && !hasSettings ? 'closed' : 'unknown');
    socket.on('error', lost);
    session.on('error', lost);
    session.on('close', lost);
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: question,
      [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', lost);
    let status: string | undefined;
    let isForbidden = false;
    const note = (headers: Readonly<Record<string, unknown>>) => {
      status ??= typeof headers['grpc-status'] === 'string' ? headers['grpc-status'] : undefined;
      isForbidden ||= headers[constants.HTTP2_HEADER_STATUS] === 403;
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('end', () => finish(accessOf(status, isForbidden)));
    // An empty message: a byte that says it is not compressed, and a length of four.
    stream.end(Buffer.alloc(5));
    stream.resume();
  });
}

/** Of the status of gRPC, or of HTTP where it is the API that answers. 7 and 16: PERMISSION_DENIED, UNAUTHENTICATED. */
function accessOf(status: string | undefined, isForbidden: boolean): GrpcAccess {
  if (isForbidden || status === '7' || status === '16') return 'gated';
  return status === undefined ? 'closed' : 'past-the-gate';
}
