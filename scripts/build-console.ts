import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'dist/console/index.html');
const sources = ['web', 'src/model', 'package-lock.json'];

const { withLock } = createRequire(import.meta.url)('../bin/boot.js') as {
  withLock<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
};

/** Builds the console where it is missing or older than its sources. Says so on standard error. */
export async function ensureConsole(): Promise<void> {
  if (await isCurrent()) return;
  await withLock('console', async () => {
    if (await isCurrent()) return;
    process.stderr.write('portwarden: building the console, a few seconds.\n');
    await build();
  });
}

async function isCurrent(): Promise<boolean> {
  const built = await changedAt(page);
  if (built === 0) return false;
  for (const source of sources) if ((await newest(join(root, source))) > built) return false;
  return true;
}

async function newest(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const times = await Promise.all(
    entries.map((entry) => (entry.isDirectory() ? newest : changedAt)(join(path, entry.name))),
  );
  return Math.max(await changedAt(path), ...times);
}

async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
}

function build(): Promise<void> {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the console could not be built: vite ended with status ${code}, for the reason above`));
    });
  });
}

if (import.meta.main) await ensureConsole();
