import { spawn } from 'node:child_process';
import type { SignBytes } from '../sign-statement.ts';
import { TrustError } from '../trust-error.ts';

const timeout = 30_000;
const maxSignature = 16 * 1024;

/**
 * Signs by a program of the operator's, which keeps the key: it gets the bytes on standard input and writes the signature,
 * as it is or in base64, to standard output. The words of the command are taken as they are; no shell sees them. Throws
 * TrustError `signing-failed`.
 */
export function signByCommand(command: readonly string[]): SignBytes {
  const [program = '', ...args] = command;
  return (bytes) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout });
      const chunks: Buffer[] = [];
      let said = '';
      let size = 0;
      const fail = (why: string, cause?: unknown) => {
        reject(
          new TrustError('signing-failed', `${program} did not sign: ${why}`, cause === undefined ? {} : { cause }),
        );
      };
      child.on('error', (cause) => fail(cause.message, cause));
      child.stdout.on('data', (chunk: Buffer) => {
        size += chunk.byteLength;
        if (size > maxSignature) child.kill();
        else chunks.push(chunk);
      });
      child.stderr.on('data', (chunk: Buffer) => {
        said = `${said}${chunk.toString('utf8')}`.slice(0, 500);
      });
      child.on('close', (code, killedBy) => {
        if (size > maxSignature) return fail(`it wrote more than ${maxSignature} bytes`);
        if (code !== 0) return fail(`it ended with ${code ?? killedBy}: ${said.trim()}`);
        const output = Buffer.concat(chunks);
        resolve(isBase64(output) ? Buffer.from(output.toString('latin1'), 'base64') : output);
      });
      // Whether it reads all of it is its own affair; what comes of it is checked by whoever verifies.
      child.stdin.on('error', () => undefined);
      child.stdin.end(bytes);
    });
}

function isBase64(bytes: Buffer): boolean {
  return /^[A-Za-z0-9+/]+={0,2}\s*$/.test(bytes.toString('latin1'));
}
