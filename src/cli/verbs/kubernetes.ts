import { Option } from 'commander';
import { type AddVerb, formatOption, parseCount, storeOptions } from '../context.ts';

interface ManifestFlags {
  readonly namespace: string;
  readonly service: string;
  readonly url?: string;
  readonly image?: string;
  readonly replicas: number;
  readonly caBundle?: string;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly timeout: number;
  readonly excludeNamespace: readonly string[];
  readonly mode: 'enforce' | 'observe';
  readonly format: string;
}

/** `kubernetes manifests`. */
export const addKubernetes: AddVerb = (program, context) => {
  const kubernetes = program.command('kubernetes').description('Portwarden as the gate of a Kubernetes cluster');
  kubernetes
    .command('manifests')
    .description('what makes a cluster ask before it starts anything, for kubectl apply -f -')
    .option('--url <url>', 'where the webhooks are outside of the cluster: https://HOST[:PORT]')
    .option('--image <reference>', 'what runs in the cluster, where there is no --url; by its digest')
    .option('--replicas <n>', 'of the server in the cluster', parseCount, 2)
    .option('--namespace <name>', 'of the server in the cluster', 'portwarden')
    .option('--service <name>', 'of the server in the cluster', 'portwarden')
    .option('--ca-bundle <file>', 'certificates to trust, in PEM, where others make them')
    .addOption(
      new Option('--failure-policy <policy>', 'while the webhook cannot be reached nothing starts, or everything does')
        .choices(['Fail', 'Ignore'])
        .default('Fail'),
    )
    .option('--timeout <seconds>', 'how long the API server waits, 1 to 30', parseCount, 10)
    .option('--exclude-namespace <name...>', 'namespaces that are not asked about, besides its own', ['kube-system'])
    .addOption(
      new Option('--mode <mode>', 'observe: nothing is refused, what would have been is a warning')
        .choices(['enforce', 'observe'])
        .default('enforce'),
    )
    .addOption(formatOption('yaml', 'json'))
    .addHelpText(
      'after',
      '\nWhat it prints for a server in the cluster holds the private key of its certificate: apply it, do not keep it.',
    )
    .action(async (flags: ManifestFlags, command) => {
      const objects = await context.wiring.kubernetesManifests({
        ...storeOptions(command),
        namespace: flags.namespace,
        service: flags.service,
        replicas: flags.replicas,
        failurePolicy: flags.failurePolicy,
        timeoutSeconds: flags.timeout,
        excludedNamespaces: flags.excludeNamespace.filter((name) => name !== ''),
        mode: flags.mode,
        ...(flags.url === undefined ? {} : { url: flags.url.replace(/\/$/, '') }),
        ...(flags.image === undefined ? {} : { image: flags.image }),
        ...(flags.caBundle === undefined ? {} : { caBundle: flags.caBundle }),
      });
      const list = { apiVersion: 'v1', kind: 'List', items: objects };
      if (flags.format === 'json') context.output.out(JSON.stringify(list, null, 2));
      else context.output.out(await printYaml(objects));
    });
};

/** Every text that YAML 1.1 would take for something else is in quotes: kubectl reads by its rules (`0444`, `on`). */
async function printYaml(objects: readonly object[]): Promise<string> {
  const { stringify } = await import('yaml');
  const documents = objects.map((object) =>
    stringify(object, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 }),
  );
  return documents.join('---\n').trimEnd();
}
