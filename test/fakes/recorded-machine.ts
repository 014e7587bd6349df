import { generateKeyPairSync, verify } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ImageError } from '../../src/image/image-error.ts';
import type { Ambient, AmbientAnswer, AmbientRequest } from '../../src/image/registry/cloud/ambient.ts';

export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly json?: unknown;
}

interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadataOf?: string;
  readonly body?: string;
  readonly form?: Readonly<Record<string, string>>;
  /** Of a form: a JWT by the key of the machine. */
  readonly assertion?: { readonly header: unknown; readonly claims: unknown };
}

/** A whole machine: what it knows of itself, what it asks whom, what it is told, and the login that comes of it. */
export interface Recording {
  readonly name: string;
  /** The published documents that requests and answers were written from. */
  readonly source: string;
  readonly cloud: string;
  readonly registry: string;
  readonly now: string;
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly exchanges: readonly {
    readonly request: RecordedRequest;
    readonly answer: RecordedAnswer | 'unreachable';
  }[];
  readonly login: { readonly username: string; readonly password: string; readonly expires: string } | null;
  /** What must never be told. */
  readonly secrets: readonly string[];
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

export function readRecordings(directory: string): readonly Recording[] {
  return readdirSync(directory)
    .sort()
    .map((file) => {
      const text = readFileSync(join(directory, file), 'utf8');
      const recording = JSON.parse(text) as Recording;
      const secrets = recording.secrets.map((secret) => (secret === '{{PRIVATE KEY}}' ? pem.slice(100, 140) : secret));
      return { ...recording, secrets, name: file.replace(/\.json$/, '') };
    });
}

/**
 * A machine that answers as recorded, and whose `asked` grows. `change` may give other answers, from where on only the
 * places are compared: what a liar makes somebody send cannot be recorded, but where to it must be.
 */
export function recordedMachine(
  { env, files, exchanges, now }: Recording,
  change?: (answer: RecordedAnswer, index: number) => RecordedAnswer | ImageError,
): Ambient & { readonly asked: AmbientRequest[] } {
  const asked: AmbientRequest[] = [];
  return {
    env,
    asked,
    now: () => Date.parse(now),
    async readFile(path, limit) {
      const text = files[path]?.replace('{{PRIVATE KEY}}', JSON.stringify(pem).slice(1, -1));
      if (text === undefined) throw new Error(`${path} was not expected to be read`);
      expect(text.length).toBeLessThanOrEqual(limit);
      return text;
    },
    async request(request, limit) {
      const recorded = exchanges[asked.length];
      asked.push(request);
      expect(limit).toBeLessThanOrEqual(64 * 1024);
      expect(`${request.method} ${request.url}`).toBe(`${recorded?.request.method} ${recorded?.request.url}`);
      if (!recorded) throw new Error('not reached');
      expect(request.metadataOf).toBe(recorded.request.metadataOf);
      if (!change) expectRecorded(request, recorded.request);
      if (recorded.answer === 'unreachable') throw new ImageError('unreachable', 'nobody is there');
      const answer = change?.(recorded.answer, asked.length - 1) ?? recorded.answer;
      if (answer instanceof ImageError) throw answer;
      return asAnswer(answer);
    },
  };
}

export function asAnswer({ status, headers, text, json }: RecordedAnswer): AmbientAnswer {
  return { status, headers, body: Buffer.from(text ?? JSON.stringify(json)) };
}

function expectRecorded(request: AmbientRequest, recorded: RecordedRequest): void {
  expect(request.headers).toEqual(recorded.headers);
  if (!recorded.form) {
    expect(request.body).toBe(recorded.body);
    return;
  }
  const { assertion, ...form } = Object.fromEntries(new URLSearchParams(request.body));
  expect(form).toEqual(recorded.form);
  if (recorded.assertion) expectAssertion(assertion, recorded.assertion);
  else expect(assertion).toBeUndefined();
}

function expectAssertion(assertion: string | undefined, recorded: RecordedRequest['assertion']): void {
  const [header = '', claims = '', signature = '', ...rest] = (assertion ?? '').split('.');
  expect(rest).toEqual([]);
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  expect({ header: read(header), claims: read(claims) }).toEqual(recorded);
  const signed = Buffer.from(`${header}.${claims}`);
  expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
}
