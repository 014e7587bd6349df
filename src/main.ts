import { runCli } from './cli/index.ts';
import { createWiring } from './wiring/create-wiring.ts';

// An interrupt ends the work in order; a second one ends the process. Ctrl-C under npm arrives twice at once, from the
// terminal and from npm, and is one.
const interrupt = new AbortController();
const sameInterrupt = 1000;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  let first = 0;
  process.on(name, () => {
    const now = performance.now();
    if (first > 0 && now - first > sameInterrupt) process.exit(130);
    if (first === 0) first = now;
    interrupt.abort();
  });
}
// A reader that has seen enough (`portwarden images | head`) closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), createWiring(), interrupt.signal);
