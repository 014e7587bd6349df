import { readFileSync } from 'node:fs';
import { BoundError } from '../../../src/base/index.ts';
import { PolicyError, parseAddressLines, parseDocuments } from '../../../src/policy/index.ts';
import {
  formatClusterEdges,
  reachEdges,
  readClusterTraffic,
  SegmentationError,
} from '../../../src/segmentation/index.ts';
import { readGroupFiles } from '../../../src/service/groups/read-platform.ts';
import type { FuzzTarget } from '../fuzz-target.ts';

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const example = readFileSync(new URL('../../../docs/examples/security-group.yaml', import.meta.url), 'utf8');
const manifests = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: db, namespace: shop, labels: { app: db } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  podSelector: { matchLabels: { app: db } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: web } } }, { ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }]
      ports: [{ port: 5432, protocol: TCP }]
`;

/** What people and programs write about traffic: groups, lists of addresses, manifests of a cluster. */
export const segmentationFileTargets: readonly FuzzTarget[] = [
  {
    name: 'policy/address-list',
    covers: ['policy/address-lines.ts'],
    seeds: ['192.0.2.0/24\n2001:db8::/32 ; SBL1\n# note\n', ''],
    words: ['0.0.0.0/0', '::ffff:10.0.0.1', '/33', ';', '#', '\r\n'],
    refuses: [PolicyError],
    run: (bytes) => parseAddressLines(textOf(bytes)).rejectedLines,
  },
  {
    name: 'policy/security-group',
    covers: ['policy/traffic-words.ts'],
    seeds: [example],
    words: ['cidr', 'except', 'service', 'any', 'tcp/', 'udp', 'icmp/echo-request', '-', 'default'],
    refuses: [PolicyError, BoundError],
    run(bytes) {
      const text = textOf(bytes);
      parseDocuments(text, 'group.yaml');
      return readGroupFiles('groups', [{ path: 'group.yaml', text }]).remarks.length;
    },
  },
  {
    name: 'segmentation/manifests',
    covers: ['segmentation/kubernetes/'],
    seeds: [manifests],
    words: ['podSelector', 'namespaceSelector', 'matchExpressions', 'endPort', 'policyTypes', 'ipBlock', '{}', '---'],
    refuses: [SegmentationError, BoundError],
    run(bytes) {
      const { model, remarks } = readClusterTraffic([{ path: 'a.yaml', text: textOf(bytes) }]);
      return { edges: formatClusterEdges(model, reachEdges(model)).length, remarks: remarks.length };
    },
  },
];
