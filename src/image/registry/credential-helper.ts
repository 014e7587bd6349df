import { spawn } from 'node:child_process';
import { asObject, asString, BoundError, decodeUtf8, messageOf, parseJson, readBounded } from '../../base/index.ts';
import { ImageError } from '../image-error.ts';
import type { Credential } from './credentials.ts';

const maxOutput = 64 * 1024;
const timeLimit = 10_000;

/**
 * Asks a credential helper of docker for one server: `docker-credential-NAME get`, the server on its standard input
 * (docker-credential-helpers, "Development"). Undefined where it has none. The helper is a program that the user
 * configured; what it says is bounded in size and time. Throws ImageError `credential-failure`.
 */
export async function askCredentialHelper(
  name: string,
  server: string,
  signal: AbortSignal,
): Promise<Credential | undefined> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]{1,100}$/.test(name)) {
    throw new ImageError('credential-failure', `"${name.slice(0, 100)}" is not the name of a credential helper`);
  }
  const { status, output } = await run(program, server, signal);
  if (status !== 0) {
    // The words of every helper that is built with docker's library.
    if (/credentials not found/i.test(output)) return undefined;
    throw new ImageError('credential-failure', `${program} failed with status ${status}: ${firstLine(output)}`);
  }
  const answer = parseAnswer(output);
  if (!answer) throw new ImageError('credential-failure', `${program} did not answer with a user name and a secret`);
  const { username, secret } = answer;
  return username === '<token>'
    ? { kind: 'identity-token', token: secret }
    : { kind: 'basic', username, password: secret };
}

async function run(program: string, input: string, signal: AbortSignal): Promise<{ status: number; output: string }> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeLimit)]);
  const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], signal: limited, killSignal: 'SIGKILL' });
  // A helper that ends without reading its input is judged by its status and output.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${input}\n`);
  try {
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => resolve(status ?? -1));
    });
    const [output, status] = await Promise.all([
      readBounded(child.stdout, maxOutput, `the output of ${program}`),
      ended,
    ]);
    return { status, output: decodeUtf8(output, `the output of ${program}`) };
  } catch (cause) {
    child.kill('SIGKILL');
    if (signal.aborted) throw new ImageError('aborted', `asking ${program} was aborted`, { cause });
    const why = limited.aborted ? `did not answer within ${timeLimit / 1000} s` : `cannot be used: ${messageOf(cause)}`;
    throw new ImageError('credential-failure', `${program} ${why}`, { cause });
  }
}

function parseAnswer(output: string): { username: string; secret: string } | undefined {
  try {
    const answer = asObject(parseJson(output, 'the answer'));
    const username = asString(answer?.Username);
    const secret = asString(answer?.Secret);
    return username === undefined || !secret ? undefined : { username, secret };
  } catch (error) {
    if (error instanceof BoundError) return undefined;
    throw error;
  }
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 200);
}
