import { runCli } from './cli/index.ts';
import { createWiring } from './wiring/create-wiring.ts';

// An interrupt ends the work in order; a second one ends the process.
const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    interrupt.abort();
  });
}
// A reader that has seen enough (`portwarden images | head`) closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), createWiring(), interrupt.signal);
