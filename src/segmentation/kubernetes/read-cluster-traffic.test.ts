import { describe, expect, it } from 'vitest';
import { reachEdges } from '../reach/reach-classes.ts';
import { formatClusterEdges } from './format-edges.ts';
import { readClusterTraffic } from './read-cluster-traffic.ts';

const workload = (
  name: string,
  { namespace = 'shop', kind = 'Deployment', ports = '[]', labels = `app: ${name}` } = {},
) => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace} }
spec: { template: { metadata: { labels: { ${labels} } }, spec: { containers: [{ name: c, ports: ${ports} }] } } }`;

const namespace = (name: string, labels: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { ${labels} } }`;

const policy = (app: string, spec: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${app}, namespace: shop }
spec: { podSelector: { matchLabels: { app: ${app} } }, ${spec} }`;

const admin = (kind: string, spec: string) => `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: ${kind}
metadata: { name: ${kind === 'AdminNetworkPolicy' ? 'first' : 'default'} }
spec: { subject: { namespaces: { matchLabels: { house: red } } }, ${spec} }`;

function read(...documents: readonly string[]) {
  const { model, remarks } = readClusterTraffic([{ path: 'all.yaml', text: documents.join('\n---') }]);
  return {
    lines: formatClusterEdges(model, reachEdges(model)).map(
      ({ src, dst, connections }) => `${src} > ${dst}: ${connections}`,
    ),
    remarks,
  };
}

/** What reaches the database, of everything that may. */
const toDb = (...documents: readonly string[]) =>
  read(...documents).lines.filter((line) => line.includes('> shop/db['));

const web = workload('web');
const db = workload('db', {
  ports: '[{ name: sql, containerPort: 5432 }, { name: sql, containerPort: 5353, protocol: UDP }]',
});
const all = '0.0.0.0-255.255.255.255';

describe('NetworkPolicies', () => {
  it('leave alone what they do not select', () => {
    expect(read(web, db).lines).toEqual([
      `${all} > shop/db[Deployment]: All Connections`,
      `${all} > shop/web[Deployment]: All Connections`,
      `shop/db[Deployment] > ${all}: All Connections`,
      'shop/db[Deployment] > shop/web[Deployment]: All Connections',
      `shop/web[Deployment] > ${all}: All Connections`,
      'shop/web[Deployment] > shop/db[Deployment]: All Connections',
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    ['nothing is listed', 'policyTypes: [Ingress]', []],
    [
      'an empty rule is everything',
      'ingress: [{}]',
      [`${all} > shop/db[Deployment]: All Connections`, 'shop/web[Deployment] > shop/db[Deployment]: All Connections'],
    ],
    [
      'a policy of outbound alone says nothing of inbound',
      'policyTypes: [Egress]',
      [`${all} > shop/db[Deployment]: All Connections`, 'shop/web[Deployment] > shop/db[Deployment]: All Connections'],
    ],
    [
      'a port without protocol is of TCP',
      'ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 5432 }] }]',
      ['shop/web[Deployment] > shop/db[Deployment]: TCP 5432'],
    ],
    [
      'a range of ports',
      'ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 5000, endPort: 5009 }, { port: 53, protocol: UDP }] }]',
      ['shop/web[Deployment] > shop/db[Deployment]: TCP 5000-5009,UDP 53'],
    ],
    [
      'a name of a port is the receiver’s, of the protocol said',
      'ingress: [{ from: [{ podSelector: {} }], ports: [{ port: sql }] }]',
      ['shop/web[Deployment] > shop/db[Deployment]: TCP 5432'],
    ],
    [
      'a protocol without port is all of it',
      'ingress: [{ from: [{ podSelector: {} }], ports: [{ protocol: SCTP }] }]',
      ['shop/web[Deployment] > shop/db[Deployment]: SCTP 1-65535'],
    ],
    [
      'blocks are of addresses outside, without their exceptions',
      'ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/30, except: [10.0.0.1/32] } }] }]',
      [
        '10.0.0.0-10.0.0.0 > shop/db[Deployment]: All Connections',
        '10.0.0.2-10.0.0.3 > shop/db[Deployment]: All Connections',
      ],
    ],
    [
      'a selector of Pods alone is of the own namespace',
      'ingress: [{ from: [{ podSelector: { matchLabels: { app: far } } }] }]',
      [],
    ],
    [
      'expressions',
      'ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: app, operator: NotIn, values: [web] }] } }] }]',
      [],
    ],
    [
      'an empty list of peers is anybody',
      'ingress: [{ from: [], ports: [{ port: 1 }] }]',
      [`${all} > shop/db[Deployment]: TCP 1`, 'shop/web[Deployment] > shop/db[Deployment]: TCP 1'],
    ],
  ])('%s', (_, spec, expected) => {
    expect(toDb(web, db, policy('db', spec))).toEqual(expected);
  });

  it('of an empty list of outbound rules, without a type, say nothing of outbound', () => {
    const fromDb = (spec: string) =>
      read(web, db, policy('db', spec)).lines.filter((line) => line.startsWith('shop/db['));
    expect(fromDb('egress: []')).toHaveLength(2);
    expect(fromDb('egress: [], policyTypes: [Egress]')).toEqual([]);
  });

  it('select namespaces by their labels, and by the name that each has', () => {
    const far = workload('far', { namespace: 'office' });
    const by = (selector: string) =>
      toDb(
        far,
        db,
        namespace('office', 'floor: "3"'),
        policy('db', `ingress: [{ from: [{ namespaceSelector: ${selector} }] }]`),
      );
    const line = 'office/far[Deployment] > shop/db[Deployment]: All Connections';
    expect(by('{ matchLabels: { floor: "3" } }')).toEqual([line]);
    expect(by('{ matchLabels: { kubernetes.io/metadata.name: office } }')).toEqual([line]);
    expect(by('{ matchLabels: { floor: "4" } }')).toEqual([]);
    expect(by('{ matchLabels: { floor: "3" } }, podSelector: { matchLabels: { app: none } }')).toEqual([]);
  });

  it('need both ends', () => {
    const shut = policy('web', 'policyTypes: [Egress], egress: [{ to: [{ podSelector: {} }], ports: [{ port: 80 }] }]');
    expect(toDb(web, db, shut, policy('db', 'ingress: [{ ports: [{ port: 80 }, { port: 443 }] }]'))).toEqual([
      `${all} > shop/db[Deployment]: TCP 80,443`,
      'shop/web[Deployment] > shop/db[Deployment]: TCP 80',
    ]);
  });
});

describe('policies of administrators', () => {
  const red = namespace('shop', 'house: red');
  const other = [namespace('office', 'house: blue'), workload('far', { namespace: 'office' })];
  const from = 'from: [{ namespaces: { matchLabels: { house: blue } } }]';
  const far = (...documents: readonly string[]) =>
    toDb(red, ...other, db, ...documents).filter((line) => line.startsWith('office'));
  const allowed = ['office/far[Deployment] > shop/db[Deployment]: All Connections'];
  const shut = policy('db', 'policyTypes: [Ingress]');

  it.each<[string, readonly string[], readonly string[]]>([
    [
      'deny before anything else',
      [admin('AdminNetworkPolicy', `priority: 1, ingress: [{ action: Deny, ${from} }]`)],
      [],
    ],
    [
      'allow before NetworkPolicies',
      [shut, admin('AdminNetworkPolicy', `priority: 1, ingress: [{ action: Allow, ${from} }]`)],
      allowed,
    ],
    [
      'pass on to NetworkPolicies',
      [
        shut,
        admin('AdminNetworkPolicy', `priority: 1, ingress: [{ action: Pass, ${from} }, { action: Allow, ${from} }]`),
      ],
      [],
    ],
    [
      'the baseline holds where no NetworkPolicy selects',
      [admin('BaselineAdminNetworkPolicy', `ingress: [{ action: Deny, ${from} }]`)],
      [],
    ],
    [
      'and nowhere else',
      [
        policy('db', 'ingress: [{ from: [{ namespaceSelector: {} }] }]'),
        admin('BaselineAdminNetworkPolicy', `ingress: [{ action: Deny, ${from} }]`),
      ],
      allowed,
    ],
    [
      'by ports',
      [
        admin(
          'AdminNetworkPolicy',
          `priority: 1, ingress: [{ action: Deny, ${from}, ports: [{ portRange: { protocol: TCP, start: 1, end: 65534 } }, { portNumber: { protocol: UDP, port: 53 } }] }]`,
        ),
      ],
      ['office/far[Deployment] > shop/db[Deployment]: SCTP 1-65535,TCP 65535,UDP 1-52,54-65535'],
    ],
  ])('%s', (_, documents, expected) => {
    expect(far(...documents)).toEqual(expected);
  });
});

describe('manifests', () => {
  it('lead in from outside by Ingress and Service', () => {
    const service = `
apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec: { selector: { app: db }, ports: [{ port: 80, targetPort: sql }] }`;
    const ingress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: in, namespace: shop }
spec: { rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: db, port: { number: 80 } } } }] } }] }`;
    const lines = toDb(db, service, ingress, policy('db', 'ingress: [{ from: [{ namespaceSelector: {} }] }]'));
    expect(lines).toContain('{ingress-controller} > shop/db[Deployment]: TCP 5432');
  });

  it('say what was not understood, and keep the rest', () => {
    const { lines, remarks } = read(
      web,
      db,
      '\nkind: CiliumNetworkPolicy\napiVersion: cilium.io/v2\nmetadata: { name: far }',
    );
    expect(lines).toHaveLength(6);
    expect(remarks.map(({ kind, source }) => `${kind} ${source.document}`)).toEqual([
      'unsupported CiliumNetworkPolicy default/far',
    ]);
  });

  it('of a policy that cannot be read are refused, with file and line', () => {
    expect(() => read(db, policy('db', 'ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.300/8 } }] }]'))).toThrow(
      /all\.yaml:\d+: NetworkPolicy shop\/db: .*ipBlock\.cidr/,
    );
  });
});
