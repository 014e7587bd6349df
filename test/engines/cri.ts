import { connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';

/** What a Pod of a test asks for, as kubelet would say it. */
export interface PodContainer {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly capabilities?: readonly string[];
}

/** The part of kubelet that starts containers, on the socket of containerd (k8s.io/cri-api, runtime/v1/api.proto). */
export interface CriClient {
  /** Makes a Pod with the network of the host, which needs no plugins of CNI, and gives its ID. */
  runPod(name: string): Promise<string>;
  /** Creates and starts; gives the container's ID. */
  runContainer(pod: string, podName: string, container: PodContainer): Promise<string>;
  /** What the program said. */
  exec(container: string, command: readonly string[]): Promise<string>;
  removePod(pod: string): Promise<void>;
}

type Value = string | number | Message | readonly Value[];
/** Fields by their numbers. */
interface Message {
  readonly [field: number]: Value;
}
const node = 2;

export function createCriClient(socket: string): CriClient {
  const call = (method: string, message: Message) => callGrpc(socket, `/runtime.v1.RuntimeService/${method}`, message);
  const host = { 1: { 1: node } };
  const pod = (name: string): Message => ({
    ...{ 1: { 1: name, 2: `uid-${name}`, 3: 'harbor' }, 6: [{ 1: 'team', 2: 'a' }] },
    8: { 2: host },
  });
  return {
    async runPod(name) {
      return textOf(await call('RunPodSandbox', { 1: pod(name) }), 1);
    },
    async runContainer(id, podName, { name, image, command, environment = {}, capabilities = [] }) {
      const envs = Object.entries(environment).map(([key, value]) => ({ 1: key, 2: value }));
      const config = {
        ...{ 1: { 1: name }, 2: { 1: image }, 3: command, 6: envs },
        15: { 2: { 1: { 1: capabilities }, 3: { 1: node } } },
      };
      const made = textOf(await call('CreateContainer', { 1: id, 2: config, 3: pod(podName) }), 1);
      await call('StartContainer', { 1: made });
      return made;
    },
    async exec(container, command) {
      const answer = await call('ExecSync', { 1: container, 2: command, 3: 20 });
      return textOf(answer, 1) + textOf(answer, 2);
    },
    async removePod(id) {
      await call('StopPodSandbox', { 1: id });
      await call('RemovePodSandbox', { 1: id });
    },
  };
}

/** One call of gRPC with one message each way; rejects with what the server says of an error. */
function callGrpc(socket: string, path: string, message: Message): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2('http://localhost', { createConnection: () => connect(socket) });
    session.on('error', reject);
    const { HTTP2_HEADER_METHOD: method, HTTP2_HEADER_PATH: at, HTTP2_HEADER_CONTENT_TYPE: type } = constants;
    const stream = session.request({ [method]: 'POST', [at]: path, [type]: 'application/grpc', te: 'trailers' });
    const pieces: Buffer[] = [];
    let status: unknown;
    let reason: unknown;
    const note = (headers: Readonly<Record<string, unknown>>): void => {
      status = headers['grpc-status'] ?? status;
      reason = headers['grpc-message'] ?? reason;
    };
    stream.on('response', note).on('trailers', note).on('error', reject);
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => {
      session.close();
      if (status === '0') resolve(Buffer.concat(pieces).subarray(5));
      else reject(new Error(`${path}: ${decodeURIComponent(String(reason))}`));
    });
    const body = encode(message);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(body.length, 1);
    stream.end(Buffer.concat([head, body]));
  });
}

/** protobuf.dev/programming-guides/encoding: varints, and what has a length. */
function encode(message: Message): Buffer {
  const pieces = Object.entries(message).flatMap(([field, value]) =>
    (Array.isArray(value) ? value : [value]).map((each) => encodeField(Number(field), each)),
  );
  return Buffer.concat(pieces);
}

function encodeField(field: number, value: Value): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(field * 8), varint(value)]);
  const bytes = typeof value === 'string' ? Buffer.from(value) : encode(value as Message);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Buffer.from([...bytes, left]);
}

/** A field of an answer that has texts and numbers alone; empty where it is not there. */
function textOf(bytes: Buffer, wanted: number): string {
  let at = 0;
  const read = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte % 128) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = read();
    const size = read();
    if (tag % 8 !== 2) continue;
    if (Math.floor(tag / 8) === wanted) return bytes.toString('utf8', at, at + size);
    at += size;
  }
  return '';
}
