import { CodedError } from '../../base/index.ts';
import { commonLabels, type Manifest, type ManifestOptions } from './manifest.ts';
import { compileServer } from './server-manifests.ts';
import { connectRules, noMirrorPods, type WebhookRule, workloadRules } from './webhook-rules.ts';

export type ManifestErrorCode =
  /** Something that manifests are to be made of is not what it has to be. The message says what. */
  'bad-manifest-option';
export class ManifestError extends CodedError<ManifestErrorCode> {}

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * What makes a cluster ask Portwarden: the two webhook configurations and, without a URL, what answers behind them. Pure. The
 * configurations come last, so that what they ask is there first. Throws ManifestError.
 */
export function compileManifests(options: ManifestOptions): readonly Manifest[] {
  check(options);
  const { server } = options;
  return [
    ...(options.url === undefined && server ? compileServer(options, server) : []),
    configuration('MutatingWebhookConfiguration', options, {
      path: '/mutate',
      rules: workloadRules,
      // Other webhooks may put containers in after it.
      more: { reinvocationPolicy: 'IfNeeded' },
      sideEffects: 'None',
    }),
    configuration('ValidatingWebhookConfiguration', options, {
      path: '/validate',
      rules: [...workloadRules, ...connectRules],
      more: {},
      // What it refuses and lets pass is recorded, but for a dry run.
      sideEffects: 'NoneOnDryRun',
    }),
  ];
}

function configuration(
  kind: 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration',
  options: ManifestOptions,
  webhook: {
    readonly path: string;
    readonly rules: readonly WebhookRule[];
    readonly more: object;
    readonly sideEffects: string;
  },
): Manifest {
  const { namespace, serviceName, url, caBundle, failurePolicy, timeoutSeconds, excludedNamespaces } = options;
  const { path, rules, more, sideEffects } = webhook;
  const where =
    url === undefined ? { service: { namespace, name: serviceName, path, port: 443 } } : { url: `${url}${path}` };
  const spared = [...new Set([...(url === undefined ? [namespace] : []), ...excludedNamespaces])];
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'portwarden', labels: commonLabels },
    webhooks: [
      {
        name: `${path.slice(1)}.gate.portwarden`,
        admissionReviewVersions: ['v1'],
        clientConfig: { ...where, caBundle: Buffer.from(caBundle).toString('base64') },
        rules,
        failurePolicy,
        timeoutSeconds,
        matchPolicy: 'Equivalent',
        // The API server sets that label to the name itself: nobody can give it to another namespace (CVE-2025-46342).
        ...(spared.length > 0
          ? {
              namespaceSelector: {
                matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: spared }],
              },
            }
          : {}),
        matchConditions: [noMirrorPods],
        sideEffects,
        ...more,
      },
    ],
  };
}

function check({
  namespace,
  serviceName,
  url,
  caBundle,
  timeoutSeconds,
  excludedNamespaces,
  server,
}: ManifestOptions): void {
  const refuse = (message: string): never => {
    throw new ManifestError('bad-manifest-option', message);
  };
  for (const name of [namespace, serviceName, ...excludedNamespaces]) {
    if (!label.test(name)) refuse(`"${name}" is no name of a namespace or Service`);
  }
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > 30) {
    refuse('the API server waits for a webhook 1 to 30 seconds');
  }
  if (!caBundle.includes('-----BEGIN CERTIFICATE-----')) refuse('the CA bundle is not in PEM');
  if (url !== undefined && !isWebhookUrl(url))
    refuse(`"${url}" is not https://HOST[:PORT] without path, query or login`);
  if (server && (!Number.isInteger(server.replicas) || server.replicas < 1)) refuse('there must be a replica at least');
  if (server && !/^\S+$/.test(server.image)) refuse('the image of the server is missing');
}

/** admissionregistration.k8s.io/v1, WebhookClientConfig: https, and neither login, query nor fragment. */
function isWebhookUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' && url.origin === text;
}
