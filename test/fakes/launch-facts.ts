import type {
  LaunchFacts,
  LaunchFinding,
  LaunchMount,
  LaunchRequest,
  LaunchSecurity,
  LaunchVerdict,
} from '../../src/model/index.ts';
import type { ExceptionDocument, LaunchPolicyDocument } from '../../src/policy/index.ts';
import { exceptionDigest, judgeLaunch, type LaunchPolicySpec } from '../../src/policy/index.ts';
import { launchRequest } from './launches.ts';

/** A launch in which all is well, and what may be wrong in one. For tests of launch policies. */
export const now = Date.parse('2026-06-01');
export const digest = `sha256:${'a'.repeat(64)}` as const;
export const reference = { registry: 'r.example', repository: 'team/web', tag: '1' };
const pinned = { registry: 'r.example', repository: 'team/web', digest };

export const at = <Value>(value: Value, path = 'x') => ({ value, path });

export function request(more: Partial<LaunchRequest> = {}): LaunchRequest {
  const image = { value: 'r.example/team/web:1', path: 'Image', reference };
  return launchRequest({ path: 'HostConfig', name: 'web', image, ...more });
}
export const secured = (security: LaunchSecurity): Partial<LaunchRequest> => ({ security });
export const mounted = (source: string, more: Partial<LaunchMount> = {}): Partial<LaunchRequest> => ({
  mounts: [{ type: 'bind', path: 'Binds[0]', target: '/x', source, readOnly: false, ...more }],
});
export const volume = (options: Record<string, string>, driver?: string): Partial<LaunchRequest> => ({
  mounts: [
    {
      type: 'volume',
      path: 'm',
      target: '/x',
      source: 'data',
      readOnly: false,
      options,
      ...(driver ? { driver } : {}),
    },
  ],
});

export const certified: LaunchFacts['image'] = { state: 'certified', image: pinned, expires: now + 1 };
export const unread = { findings: [], inputs: [], unread: [{ path: 'Env[0]', cause: 'it is longer than is read' }] };

export function inputFinding(more: Partial<LaunchFinding> = {}): LaunchFinding {
  return {
    rule: 'input/code',
    severity: 'high',
    subject: 'CMD',
    title: 'code',
    remedy: 'none',
    evidence: 'a shell',
    path: 'Env[0]',
    confidence: 'certain',
    ...more,
  };
}
export const inputs = (...findings: LaunchFinding[]): LaunchFacts['inputs'] => ({ findings, inputs: [], unread: [] });

export function facts(more: Partial<LaunchFacts> = {}): LaunchFacts {
  return { request: request(), image: certified, inputs: inputs(), contract: { state: 'none' }, now, ...more };
}

export function policy(spec: LaunchPolicySpec = {}, mode?: 'observe', name = 'p'): LaunchPolicyDocument {
  return { apiVersion: 'portwarden/v1', kind: 'LaunchPolicy', metadata: { name }, spec, ...(mode ? { mode } : {}) };
}

export function exception(spec: Partial<ExceptionDocument['spec']>): ExceptionDocument {
  const document: ExceptionDocument = {
    apiVersion: 'portwarden/v1',
    kind: 'Exception',
    metadata: { name: 'e' },
    spec: {
      owner: 'web',
      reason: 'soon',
      scope: { digests: [digest] },
      rules: ['launch/privileged'],
      expires: '2026-07-01',
      requested: { by: 'alice', at: '2026-05-01' },
      ...spec,
    },
  };
  return {
    ...document,
    spec: { ...document.spec, approved: { by: 'bob', at: '2026-05-02', digest: exceptionDigest(document) } },
  };
}

export const judge = (spec: LaunchPolicySpec, asked: Partial<LaunchRequest> = {}, of: Partial<LaunchFacts> = {}) =>
  judgeLaunch(facts({ request: request(asked), ...of }), [policy(spec)], []);

/** `deny launch/user`, `undecided`, `allow`, `allow (launch/user)` of what is only told. */
export function told({ outcome, findings }: LaunchVerdict): string {
  const rules = findings.map(({ rule, observed, excepted }) => (observed || excepted ? `(${rule})` : rule));
  return [outcome, ...new Set(rules)].join(' ');
}

/** What is asked for, of which request and facts, and what `told` says then. */
export type LaunchCase = readonly [
  name: string,
  spec: LaunchPolicySpec,
  asked: Partial<LaunchRequest>,
  told: string,
  of?: Partial<LaunchFacts>,
];
