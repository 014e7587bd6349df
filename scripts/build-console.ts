/**
 * Builds the console into dist/console where that is missing or older than what it is made of.
 * By hand: `node scripts/build-console.ts`; the boot and the tests call `ensureConsole()`.
 */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
const consoleRoot = join(dist, 'console');
const sources = ['web', 'src/model/wire', 'docs/guide', 'docs/examples'].map((folder) => join(root, folder));

/** The folder that holds the console, built now if need be. Safe to call from several processes at once. */
export async function ensureConsole(): Promise<string> {
  const built = await modified(join(consoleRoot, 'index.html'));
  if (built === undefined || built < (await newestSource())) await buildConsole();
  return consoleRoot;
}

/** Beside its place first: who serves the console meanwhile finds it whole, the old one or the new one. */
async function buildConsole(): Promise<void> {
  // Loaded only where there is something to build: an installed Portwarden has the console and no vite.
  const { build } = await import('vite');
  await mkdir(dist, { recursive: true });
  const scratch = await mkdtemp(join(dist, 'building-'));
  const { NODE_ENV } = process.env;
  try {
    // A test says `test` here, and would get the libraries as they are for development: half as large again, and slower.
    process.env.NODE_ENV = 'production';
    const fresh = join(scratch, 'new');
    const web = join(root, 'web');
    await build({ root: web, configFile: join(web, 'vite.config.ts'), logLevel: 'warn', build: { outDir: fresh } });
    await rename(consoleRoot, join(scratch, 'old')).catch(unlessMissing);
    await rename(fresh, consoleRoot).catch(unlessBuiltByAnother);
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
    await rm(scratch, { recursive: true, force: true });
  }
}

async function newestSource(): Promise<number> {
  let newest = 0;
  for (const source of sources) {
    for (const entry of await readdir(source, { recursive: true })) {
      newest = Math.max(newest, (await modified(join(source, entry))) ?? 0);
    }
  }
  return newest;
}

async function modified(path: string): Promise<number | undefined> {
  return (await stat(path).catch(unlessMissing))?.mtimeMs;
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function unlessBuiltByAnother(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}

if (import.meta.main) console.log(await ensureConsole());
