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

  describe('as kubectl writes them out of a cluster', () => {
    const meta = (name: string, more: object = {}) => ({
      metadata: {
        name,
        namespace: 'shop',
        uid: '1',
        resourceVersion: '2',
        managedFields: [{ manager: 'kubectl' }],
        ...more,
      },
    });
    const owner = (kind: string, name: string) => ({
      ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: '1', controller: true }],
    });
    const pod = (name: string, app: string, by: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      ...meta(name, { labels: { app, 'pod-template-hash': '5d' }, ...by }),
      spec: { containers: [{ name: 'c', ports: [{ containerPort: 8080, name: 'http', protocol: 'TCP' }] }] },
      status: { phase: 'Running', hostIP: '10.0.0.4', podIPs: [{ ip: '10.244.0.7' }] },
    });
    const deny = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      ...meta('web'),
      spec: {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Ingress'],
        ingress: [{ ports: [{ port: 'http', protocol: 'TCP' }] }],
      },
      status: {},
    };
    const pods = [
      pod('web-5d-abc', 'web', owner('ReplicaSet', 'web-5d')),
      pod('web-5d-xyz', 'web', owner('ReplicaSet', 'web-5d')),
      pod('job-1', 'job', owner('Job', 'job')),
    ];
    const others = [
      {
        apiVersion: 'v1',
        kind: 'Service',
        ...meta('web'),
        spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http', protocol: 'TCP' }] },
      },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        ...meta('web'),
        spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
      },
    ];
    const list = (items: readonly object[], kind = 'List') =>
      JSON.stringify({ apiVersion: 'v1', kind, metadata: { resourceVersion: '' }, items });
    const toWeb = (text: string, web: string) => read(text).lines.filter((line) => line.includes(`> ${web}`));
    const expected = (web: string) => [
      `${all} > ${web}: TCP 8080`,
      `shop/job[Job] > ${web}: TCP 8080`,
      `{ingress-controller} > ${web}: TCP 8080`,
    ];

    it('in one list', () => {
      expect(toWeb(list([deny, ...pods, ...others]), 'shop/web-5d[ReplicaSet]')).toEqual(
        expected('shop/web-5d[ReplicaSet]'),
      );
    });

    it('with what made them, as the topmost of these', () => {
      const set = {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        ...meta('web-5d', owner('Deployment', 'web')),
        spec: { template: {} },
      };
      const text = list([deny, ...pods, ...others, set]);
      const deployment = workload('web', { ports: '[{ name: http, containerPort: 8080 }]' });
      expect(toWeb(`${text}\n---${deployment}`, 'shop/web[Deployment]')).toEqual(expected('shop/web[Deployment]'));
    });

    it('in a list of one kind, whose items say none', () => {
      const items = pods.map(({ metadata, spec, status }) => ({ metadata, spec, status }));
      expect(read(list(items, 'PodList')).lines).toContain('shop/job[Job] > shop/web-5d[ReplicaSet]: All Connections');
    });
  });

  it('keep Pods that claim to own each other, and themselves', () => {
    const owned = (name: string, owner: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, ownerReferences: [{ controller: true, kind: Pod, name: ${owner} }] }`;
    const names = read(owned('a', 'b'), owned('b', 'a'), owned('c', 'c'), owned('d', 'c')).lines.map(
      (line) => line.split(' ')[0],
    );
    expect([...new Set(names)].sort()).toEqual([all, 'shop/a[Pod]', 'shop/b[Pod]', 'shop/c[Pod]']);
  });

  it('share one table where many policies select the same', () => {
    const policies = Array.from({ length: 500 }, (_, index) =>
      policy(`p${index}`, 'ingress: [{}]').replace(`app: p${index}`, 'house: red'),
    );
    const pods = Array.from({ length: 50 }, (_, index) => workload(`w${index}`, { labels: 'house: red' }));
    const { model } = readClusterTraffic([{ path: 'all.yaml', text: [...policies, ...pods].join('\n---') }]);
    expect(model.tables).toHaveLength(2);
    expect(model.tables[1]?.tiers[0]?.decisions).toHaveLength(500);
  });

  it('of a policy that cannot be read are refused, with file and line', () => {
    expect(() => read(db, policy('db', 'ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.300/8 } }] }]'))).toThrow(
      /all\.yaml:\d+: NetworkPolicy shop\/db: .*ipBlock\.cidr/,
    );
  });
});
