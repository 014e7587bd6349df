import { Agent, request } from 'node:https';

/** Speaks to a webhook as the API server does: HTTP/1.1 over TLS, connections kept, the CA bundle of the configuration. */
export interface WebhookClient {
  post(path: string, body: Uint8Array | string, headers?: Readonly<Record<string, string>>): Promise<WebhookAnswer>;
  get(path: string): Promise<WebhookAnswer>;
  close(): void;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of the certificate that was shown. */
  readonly serial: string | undefined;
  /** Whether the connection had been used before. */
  readonly reused: boolean;
}

export function webhookClient(
  address: string,
  options: {
    readonly ca: string;
    readonly cert?: string;
    readonly key?: string;
    readonly servername?: string;
    readonly sockets?: number;
  },
): WebhookClient {
  const { sockets = 50, ...tls } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: sockets, ...tls });
  const send = (method: string, path: string, headers: object, body?: Uint8Array | string) =>
    new Promise<WebhookAnswer>((resolve, reject) => {
      const sent = request(`${address}${path}`, { agent, method, headers: { ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        const socket = response.socket as import('node:tls').TLSSocket;
        const serial: string | undefined = socket.getPeerCertificate().serialNumber;
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            text,
            headers: response.headers,
            serial,
            reused: sent.reusedSocket,
          });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return {
    post: (path, body, headers = {}) =>
      send(
        'POST',
        path,
        { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
        body,
      ),
    get: (path) => send('GET', path, {}),
    close: () => agent.destroy(),
  };
}
