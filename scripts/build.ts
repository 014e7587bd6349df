/** `npm run build`: dist/, which is what the package holds: the program as JavaScript, and the console. */
import { rmSync } from 'node:fs';
import { ensureConsole } from './build-console.ts';
import { checkout, runPackaged } from './run-tool.ts';

rmSync(`${checkout}dist`, { recursive: true, force: true });
process.exitCode = await runPackaged('typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
if (process.exitCode === 0) await ensureConsole();
