import { run } from '@bufbuild/cel';
import { type ReviewChanges, review } from './admission-reviews.ts';
import { type WebhookClient, webhookClient } from './webhook-client.ts';

type Loose = ReturnType<typeof JSON.parse>;

/** What came of a request: the object as it is stored, or why it is not. */
export interface Admission {
  readonly admitted: boolean;
  readonly object: Loose;
  readonly message: string;
  readonly warnings: readonly string[];
  /** Paths that were asked, in order. */
  readonly asked: readonly string[];
}

/**
 * As much of an API server's admission as webhooks see: it goes by webhook configurations (rules, namespaceSelector by name,
 * matchConditions, failurePolicy, timeoutSeconds), asks the mutating one and then the validating one over TLS by their CA bundle,
 * applies patches, and checks answers as k8s.io/apiserver does (VerifyAdmissionResponse). It stands in for a cluster, and is none.
 */
export function fakeApiServer(configurations: readonly object[]): {
  admit(changes: ReviewChanges): Promise<Admission>;
  close(): void;
} {
  const clients = new Map<string, WebhookClient>();
  const hooks = configurations.flatMap((configuration: Loose) =>
    configuration.webhooks.map((webhook: Loose) => ({
      isMutating: configuration.kind.startsWith('Mutating'),
      webhook,
    })),
  );
  return {
    async admit(changes) {
      let object: Loose = changes.object;
      const asked: string[] = [];
      const warnings: string[] = [];
      for (const { isMutating, webhook } of hooks.sort((a, b) => Number(b.isMutating) - Number(a.isMutating))) {
        const { request, ...envelope } = review({ ...changes, object });
        if (!matches(webhook, request)) continue;
        const url = new URL(webhook.clientConfig.url);
        asked.push(url.pathname);
        const client =
          clients.get(url.origin) ??
          webhookClient(url.origin, { ca: Buffer.from(webhook.clientConfig.caBundle, 'base64').toString() });
        clients.set(url.origin, client);
        let response: Loose;
        try {
          const answer = await client.post(
            `${url.pathname}?timeout=${webhook.timeoutSeconds}s`,
            JSON.stringify({ ...envelope, request }),
          );
          response = verify(answer, request.uid, isMutating);
        } catch (error) {
          if (webhook.failurePolicy === 'Ignore') continue;
          return { admitted: false, object, message: `failed calling webhook: ${error}`, warnings, asked };
        }
        warnings.push(...(response.warnings ?? []));
        if (!response.allowed) return { admitted: false, object, message: response.status.message, warnings, asked };
        if (response.patch) object = patched(object, JSON.parse(Buffer.from(response.patch, 'base64').toString()));
      }
      return { admitted: true, object, message: '', warnings, asked };
    },
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}

function matches(webhook: Loose, request: Loose): boolean {
  const { resource, operation, subResource, namespace, object } = request;
  const name = subResource ? `${resource.resource}/${subResource}` : resource.resource;
  const isRuled = webhook.rules.some(
    (rule: Loose) =>
      rule.operations.includes(operation) &&
      rule.apiGroups.includes(resource.group) &&
      rule.apiVersions.includes(resource.version) &&
      rule.resources.includes(name),
  );
  const spared = (webhook.namespaceSelector?.matchExpressions ?? []).some(({ values }: Loose) =>
    values.includes(namespace),
  );
  // What has no namespace is matched whatever the selector says.
  if (!isRuled || (spared && namespace !== '')) return false;
  return webhook.matchConditions.every(
    ({ expression }: Loose) => run(expression, { request, object } as Loose) === true,
  );
}

function verify(answer: { status: number; text: string }, uid: string, isMutating: boolean): Loose {
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  const { apiVersion, kind, response } = JSON.parse(answer.text);
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview') throw new Error('not a review');
  if (response?.uid !== uid) throw new Error('another uid');
  if (!isMutating && (response.patch || response.patchType)) throw new Error('a patch of a validating webhook');
  if (response.patch ? response.patchType !== 'JSONPatch' : response.patchType)
    throw new Error('a patch without its type');
  return response;
}

/** RFC 6902: test and replace. */
function patched(object: Loose, operations: readonly Loose[]): Loose {
  const copy = structuredClone(object);
  for (const { op, path, value } of operations) {
    const steps = path
      .slice(1)
      .split('/')
      .map((step: string) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop();
    const parent = steps.reduce((at: Loose, step: string) => at[step], copy);
    if (op === 'test' && parent[last] !== value) throw new Error(`the patch does not apply at ${path}`);
    if (op === 'replace') parent[last] = value;
  }
  return copy;
}
