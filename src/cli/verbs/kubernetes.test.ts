import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { exitCode } from '../exit-code.ts';
import { runCli } from '../run-cli.ts';
import type { KubernetesManifestsRequest } from '../wiring.ts';

async function run(...argv: readonly string[]) {
  const asked: KubernetesManifestsRequest[] = [];
  const [out, err]: [string[], string[]] = [[], []];
  const refuse = () => Promise.reject(new Error('this verb must not ask for that'));
  const wiring = {
    version: '1.2.3',
    ...{ openServices: refuse, scan: refuse, match: refuse, verify: refuse, up: refuse, examine: refuse },
    manageRuntime: refuse,
    segmentation: { render: refuse, verify: refuse, installBoot: refuse, removeBoot: refuse, remove: refuse },
    attackTest: { list: refuse, plan: refuse, run: refuse },
    findLanguage: refuse,
    kubernetesManifests: async (request: KubernetesManifestsRequest) => {
      asked.push(request);
      return [{ kind: 'A', mode: '0444', on: 'yes' }, { kind: 'B' }];
    },
  };
  const output = { isTerminal: false, out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
  const code = await runCli(['kubernetes', 'manifests', ...argv], wiring, new AbortController().signal, output);
  return { code, out: out.join('\n'), err: err.join('\n'), asked };
}

describe('kubernetes manifests', () => {
  it('asks for what refuses unless it is told otherwise', async () => {
    const { asked, code } = await run('--url', 'https://gate.example:9443/');
    expect(code).toBe(exitCode.done);
    expect(asked).toEqual([
      {
        url: 'https://gate.example:9443',
        namespace: 'portwarden',
        service: 'portwarden',
        replicas: 2,
        failurePolicy: 'Fail',
        timeoutSeconds: 10,
        excludedNamespaces: ['kube-system'],
        mode: 'enforce',
      },
    ]);
  });

  it('passes on what it is told', async () => {
    const { asked } = await run(
      '--image',
      'i@sha256:1',
      '--mode',
      'observe',
      '--failure-policy',
      'Ignore',
      '--exclude-namespace',
      '',
    );
    expect(asked[0]).toMatchObject({
      image: 'i@sha256:1',
      mode: 'observe',
      failurePolicy: 'Ignore',
      excludedNamespaces: [],
    });
  });

  it('prints YAML that old readers take for the same', async () => {
    const { out } = await run('--url', 'https://a');
    for (const version of ['1.1', '1.2'] as const) {
      const documents = parseAllDocuments(out, { version }).map((document) => document.toJS());
      expect(documents).toEqual([{ kind: 'A', mode: '0444', on: 'yes' }, { kind: 'B' }]);
    }
  });

  it('prints a List in JSON', async () => {
    const { out } = await run('--url', 'https://a', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({ apiVersion: 'v1', kind: 'List', items: [{ kind: 'A' }, { kind: 'B' }] });
  });

  it.each([
    ['a policy that is none', '--failure-policy', 'fail'],
    ['a mode that is none', '--mode', 'off'],
    ['a time that is none', '--timeout', 'soon'],
  ])('does not take %s', async (_title, ...argv) => {
    const { code, asked } = await run(...argv);
    expect([code, asked.length]).toEqual([exitCode.usage, 0]);
  });
});
