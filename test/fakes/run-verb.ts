import { runCli } from '../../src/cli/run-cli.ts';
import type { Services } from '../../src/service/services.ts';
import { readLanguages } from '../../src/wiring/languages.ts';

/** Runs a verb that asks nothing but the services, on no terminal: its exit code and what it printed, line by line. */
export async function runVerb(argv: readonly string[], services: Services) {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const refuse = () => Promise.reject(new Error('this verb must not ask for that'));
  const wiring = {
    version: '1.2.3',
    openServices: async () => ({ services, close: async () => {} }),
    ...{ scan: refuse, match: refuse, verify: refuse, up: refuse, examine: refuse, manageRuntime: refuse },
    attackTest: { list: refuse, plan: refuse, run: refuse },
    findLanguage: readLanguages,
    kubernetesManifests: refuse,
    segmentation: { render: refuse, verify: refuse, installBoot: refuse, removeBoot: refuse, remove: refuse },
  };
  const output = {
    isTerminal: false,
    out: (text: string) => stdout.push(text),
    err: (text: string) => stderr.push(text),
  };
  const code = await runCli(argv, wiring, new AbortController().signal, output);
  return { code, out: stdout.join('\n'), err: stderr.join('\n') };
}
