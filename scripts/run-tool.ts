import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout, with a slash at its end. */
export const checkout = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs one program to its end, on our own streams, and gives its exit status (128 and the signal's number where one
 * ended it). A signal that we get meanwhile is passed on, and what the program makes of it is the answer.
 */
export function runTool(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: checkout, stdio: 'inherit', env: { ...process.env, ...env } });
    const passOn = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    process.on('SIGINT', passOn).on('SIGTERM', passOn);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', passOn).off('SIGTERM', passOn);
      resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : 15));
    });
  });
}

/** The same for a JavaScript file below node_modules, under the Node that runs us. */
export function runPackaged(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  return runTool(process.execPath, [`${checkout}node_modules/${file}`, ...args], env);
}
