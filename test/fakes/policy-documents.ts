import { formatInstant, type Instant } from '../../src/base/index.ts';
import {
  type ExceptionDocument,
  exceptionDigest,
  type PolicyDocument,
  parseDocuments,
} from '../../src/policy/index.ts';

const day = 86_400_000;

export const inventedRegistry = 'registry.harbor.example:5000';
export const inventedGate = 'gate.harbor.example:7081';

const texts = `
apiVersion: portwarden/v1
kind: Registry
metadata: { name: harbor, description: What the shop pulls from }
spec:
  host: ${inventedRegistry}
  quarantine: quarantine
  trusted: [shop/**, base/debian]
  platforms: [linux/amd64, linux/arm64]
  gate: { names: ["${inventedGate}"] }
  trustRoots: [pipeline]
  policy: production
  channels:
    stable: { order: semver, range: ">=2 <3" }
    nightly: { order: created, pattern: "nightly-*" }
---
apiVersion: portwarden/v1
kind: TrustRoot
metadata: { name: pipeline }
spec:
  keys:
    - name: release-2026
      pem: |
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
        -----END PUBLIC KEY-----
---
apiVersion: portwarden/v1
kind: ImagePolicy
metadata: { name: production, description: What may run in production }
spec:
  signed: { trustRoots: [pipeline] }
  maxAge: 180d
  vulnerabilities: { maxSeverity: medium, onlyFixed: true, grace: 7d }
  user: { root: refuse }
  certificate: { validFor: 30d }
---
apiVersion: portwarden/v1
kind: LaunchPolicy
metadata: { name: production, description: How the shop is started }
mode: observe
spec:
  scope: { repositories: ["${inventedRegistry}/shop/**"] }
  user: { root: refuse }
---
apiVersion: portwarden/v1
kind: InputContract
metadata: { name: shop-web }
spec:
  images: ["${inventedRegistry}/shop/web"]
  environment:
    PORT: { type: port }
---
apiVersion: portwarden/v1
kind: SecurityGroup
metadata: { name: shop-web }
mode: observe
spec:
  members: [{ project: shop, service: web }]
  inbound: [{ from: [{ any: true }], ports: [tcp/443] }]
---
apiVersion: portwarden/v1
kind: AddressList
metadata: { name: bad-addresses }
spec: { addresses: [192.0.2.0/24] }
`;

/** An exception of the shop, in the state that its times and its approval give it. */
function inventException(
  name: string,
  now: Instant,
  {
    flaw,
    asked,
    lasts,
    approved,
  }: { flaw: string; asked: number; lasts: number; approved?: 'as-it-is' | 'before-change' },
): ExceptionDocument {
  const at = formatInstant(now - asked * day);
  const [document] = parseDocuments(
    `
apiVersion: portwarden/v1
kind: Exception
metadata: { name: ${name} }
spec:
  owner: shop team
  reason: The code path is not reachable; the fix comes with the next release
  scope: { repositories: ["${inventedRegistry}/shop/**"] }
  rules: [image/vulnerabilities]
  flaws: [${flaw}]
  expires: ${formatInstant(now + lasts * day)}
  requested: { by: ada, at: ${at} }
`,
    `${name}.yaml`,
  );
  if (document?.kind !== 'Exception') throw new Error('The invented exception is none.');
  if (approved === undefined) return document;
  const { spec } = document;
  const seen = approved === 'as-it-is' ? document : { ...document, spec: { ...spec, reason: 'Nobody knows' } };
  return { ...document, spec: { ...spec, approved: { by: 'grace', at, digest: exceptionDigest(seen) } } };
}

/** Documents of every kind, and an exception in each state that it may be in. */
export function inventDocuments(now: Instant): readonly PolicyDocument[] {
  return [
    ...parseDocuments(texts, 'harbor.yaml'),
    inventException('openssl-until-release', now, {
      flaw: 'CVE-2026-1001',
      asked: 10,
      lasts: 20,
      approved: 'as-it-is',
    }),
    inventException('zlib-asked-for', now, { flaw: 'CVE-2026-1002', asked: 1, lasts: 30 }),
    inventException('curl-over', now, { flaw: 'CVE-2026-1003', asked: 60, lasts: -5, approved: 'as-it-is' }),
    inventException('glibc-changed', now, { flaw: 'CVE-2026-1004', asked: 5, lasts: 25, approved: 'before-change' }),
  ];
}
