import { connect } from 'node:net';

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  /** As they are written, in order; Host and Connection are added. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  /** Its length is not said: it is sent in chunks. */
  readonly isChunked?: boolean;
  readonly version?: '1.0' | '1.1';
}

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends what no client would, byte by byte, and gives the last answer; status 0 where there is none. */
export async function sendRaw(socketPath: string, ...requests: readonly RawRequest[]): Promise<RawAnswer> {
  const bytes = Buffer.concat(requests.map((request, index) => encode(request, index === requests.length - 1)));
  const text = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(socketPath, () => socket.end(bytes));
    socket.setTimeout(20_000, () => socket.destroy());
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    // The engine may close while a large body is still being sent.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      ['EPIPE', 'ECONNRESET'].includes(error.code ?? '') ? undefined : reject(error),
    );
  });
  const answers = text.split(/(?=HTTP\/1\.[01] \d{3} )/);
  const last = answers.at(-1) ?? '';
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(last)?.[1] ?? 0), text: last };
}

function encode(request: RawRequest, isLast: boolean): Buffer {
  const {
    method = 'POST',
    path,
    headers = [['Content-Type', 'application/json']],
    body = '',
    version = '1.1',
  } = request;
  const bytes = Buffer.from(body);
  const length: readonly string[] = request.isChunked
    ? ['Transfer-Encoding: chunked']
    : headers.some(([name]) => name.toLowerCase() === 'content-length')
      ? []
      : [`Content-Length: ${bytes.byteLength}`];
  const lines = [
    `${method} ${path} HTTP/${version}`,
    'Host: docker',
    ...(isLast ? ['Connection: close'] : []),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...length,
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return Buffer.concat([head, request.isChunked ? inChunks(bytes) : bytes]);
}

function inChunks(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let place = 0; place < bytes.byteLength; place += 60_000) {
    const part = bytes.subarray(place, place + 60_000);
    parts.push(Buffer.from(`${part.byteLength.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}
