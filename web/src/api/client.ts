import type { ErrorReply } from './wire.ts';

/** A refusal of the server, or `console/offline` where it could not be reached. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly remedy: string | undefined;

  constructor(status: number, code: string, message: string, remedy?: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** Parameters that are undefined or empty are left out. */
function pathWithQuery(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? `/api/v1/${path}` : `/api/v1/${path}?${text}`;
}

const isErrorReply = (value: unknown): value is ErrorReply =>
  typeof value === 'object' &&
  value !== null &&
  'error' in value &&
  typeof value.error === 'object' &&
  value.error !== null &&
  'message' in value.error;

async function refusal(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  if (isErrorReply(body)) return new ApiError(response.status, body.error.code, body.error.message, body.error.remedy);
  return new ApiError(
    response.status,
    'console/unexpected-answer',
    `The server answered ${response.status} ${response.statusText}.`.replace(' .', '.'),
    'Look into the log of `portwarden up`.',
  );
}

async function send(
  method: string,
  path: string,
  query: Query,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  const response = await fetch(pathWithQuery(path, query), {
    method,
    credentials: 'same-origin',
    headers:
      body === undefined
        ? { accept: 'application/json' }
        : { accept: 'application/json', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause;
    throw new ApiError(
      0,
      'console/offline',
      'Portwarden cannot be reached.',
      'Check that `portwarden up` is still running on the server; this page goes on by itself.',
      cause,
    );
  });
  if (!response.ok) throw await refusal(response);
  return response;
}

/** The answer is taken to be of the wire contract: server and console come from the same build. */
export async function get<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  return (await send('GET', path, query, undefined, signal)).json() as Promise<Answer>;
}

export async function put<Answer>(path: string, body: unknown): Promise<Answer> {
  return (await send('PUT', path, {}, body)).json() as Promise<Answer>;
}

/** An answer without a body is undefined. */
export async function post<Answer>(path: string, body: unknown = {}): Promise<Answer> {
  const text = await (await send('POST', path, {}, body)).text();
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

export async function remove(path: string): Promise<void> {
  await send('DELETE', path, {});
}
