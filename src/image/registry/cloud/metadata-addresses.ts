import ipaddr from 'ipaddr.js';
import { isLoopbackHost } from '../registry-endpoint.ts';

export type CloudId = 'aws' | 'google' | 'azure';

/**
 * Where each cloud's machines get their identity, and nobody else may be led: a request to one of these from the wrong
 * place is how credentials of machines are stolen. AWS: EC2 User Guide, "Instance metadata"; ECS "Task IAM role"; EKS "Pod
 * Identity". Google: "About VM metadata". Azure: "Instance Metadata Service".
 */
const owned: Readonly<Record<CloudId, readonly string[]>> = {
  aws: ['169.254.169.254', 'fd00:ec2::254', '169.254.170.2', '169.254.170.23', 'fd00:ec2::23'],
  google: ['169.254.169.254', 'fd20:ce::254', 'metadata.google.internal'],
  azure: ['169.254.169.254'],
};

/** Further addresses that serve secrets of a machine, and that nothing here has a reason to ask. */
const foreign: readonly string[] = ['168.63.129.16', '100.100.100.200', 'metadata', 'metadata.goog'];

const metadataHosts = new Set([...Object.values(owned).flat(), ...foreign]);

/** Whether a host, as a name or an address in any notation, is a metadata service or in the range that they live in. */
export function isMetadataHost(hostname: string): boolean {
  const host = canonicalHost(hostname);
  return metadataHosts.has(host) || (ipaddr.isValid(host) && ipaddr.parse(host).range() === 'linkLocal');
}

/**
 * Whether a cloud's own code may ask this host over plain HTTP. Loopback is for AWS alone: an agent on the same machine may
 * hand out container credentials there (AWS SDKs Reference Guide, "Container credential provider").
 */
export function ownsMetadataHost(cloud: CloudId, hostname: string): boolean {
  const host = canonicalHost(hostname);
  return owned[cloud].includes(host) || (cloud === 'aws' && isLoopbackHost(host));
}

function canonicalHost(hostname: string): string {
  const text = hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
  // An IPv4 address inside an IPv6 one is the IPv4 address.
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : text;
}
