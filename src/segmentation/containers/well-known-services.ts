import type { NamedService, ServiceAddress } from '../../model/index.ts';

/**
 * Where clouds tell a machine about itself, and hand out its credentials. The whole address: no port of these is for
 * containers that no rule lets there.
 */
export const metadataAddresses: readonly string[] = [
  // Amazon EC2, Google Compute Engine, Azure, OpenStack and most others (RFC 3927 block).
  '169.254.169.254/32',
  // Amazon EC2, version 6 (EC2 User Guide, "Instance metadata").
  'fd00:ec2::254/128',
  // Google Compute Engine, version 6.
  'fd20:ce::254/128',
  // OpenStack, version 6 (Nova, "Metadata service").
  'fe80::a9fe:a9fe/128',
  // Amazon ECS: task metadata and credentials; EKS Pod Identity Agent (EKS User Guide), both versions.
  '169.254.170.2/32',
  '169.254.170.23/32',
  'fd00:ec2::23/128',
  // Azure: host agent ("What is IP address 168.63.129.16").
  '168.63.129.16/32',
  // Alibaba Cloud, Oracle Cloud Classic, Tencent Cloud, Scaleway.
  '100.100.100.200/32',
  '192.0.0.192/32',
  '169.254.0.23/32',
  '169.254.42.42/32',
  'fd00:42::42/128',
];

/** Ports of the host, by what listens there. */
export const hostPorts: Partial<Record<NamedService, readonly (readonly [number, number])[]>> = {
  // dockerd without and with TLS, and swarm managers.
  'engine-api': [[2375, 2377]],
  // The API, the old read-only port, and that of kube-proxy's health.
  kubelet: [
    [10_250, 10_250],
    [10_255, 10_256],
  ],
  'kubernetes-api': [[6443, 6443]],
  etcd: [[2379, 2380]],
};

export function metadataServices(): readonly ServiceAddress[] {
  return metadataAddresses.map((addresses) => ({ addresses }));
}
