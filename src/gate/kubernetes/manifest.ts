export interface ManifestOptions {
  readonly namespace: string;
  readonly serviceName: string;
  /** Where the webhooks are, outside of the cluster: `https://gate.example:9443`. Absent: in the cluster, behind that Service. */
  readonly url?: string;
  /** PEM of what the API server has to trust. */
  readonly caBundle: string;
  /** `Fail`: while the webhook cannot be reached, nothing starts. `Ignore`: everything does. */
  readonly failurePolicy: 'Fail' | 'Ignore';
  /** 1 to 30. */
  readonly timeoutSeconds: number;
  /** Besides its own. */
  readonly excludedNamespaces: readonly string[];
  readonly mode: 'enforce' | 'observe';
  /** What runs in the cluster; nothing where there is a URL. */
  readonly server?: ServerOptions;
}

export interface ServerOptions {
  /** By its digest: nobody checks the checker. */
  readonly image: string;
  readonly replicas: number;
  /** In PEM: what the Service shows. */
  readonly certificate: string;
  readonly key: string;
}

/** A Kubernetes object, ready to be written as YAML or JSON. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string } & Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export const commonLabels = { 'app.kubernetes.io/name': 'portwarden', 'app.kubernetes.io/component': 'admission' };
