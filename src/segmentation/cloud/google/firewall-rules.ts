import type { TrafficRemark } from '../../../model/index.ts';
import { SegmentationError } from '../../segmentation-error.ts';
import type { JsonField } from '../json-field.ts';
import { type CloudExports, exportLimits } from '../read-exports.ts';

/** A firewall rule of a VPC network, whoever wrote it down. */
export interface FirewallRule {
  readonly name: string;
  /** `project/network` where both are known. */
  readonly network: string;
  readonly direction: 'inbound' | 'outbound';
  readonly action: 'allow' | 'deny';
  readonly priority: number;
  readonly entries: readonly { readonly protocol: string; readonly ports: readonly JsonField[] }[];
  readonly sourceRanges: readonly JsonField[];
  readonly destinationRanges: readonly JsonField[];
  /** Network tags and service accounts. */
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly source: JsonField;
}

/** Those that are enabled, by Terraform or as `gcloud compute firewall-rules list --format json` prints them. */
export function readFirewallRules(
  { resources, listings }: CloudExports,
  remarks: TrafficRemark[],
): readonly FirewallRule[] {
  const rules: FirewallRule[] = [];
  let hasPolicies = false;
  const add = (field: JsonField): void => {
    if (rules.length >= exportLimits.rules) field.fail(`is one of more than ${exportLimits.rules} rules`);
    const rule = readRule(field);
    if (rule !== undefined) rules.push(rule);
  };
  for (const { type, values } of resources)
    if (type === 'google_compute_firewall') add(values);
    else hasPolicies = true;
  for (const listing of listings) {
    const list = Array.isArray(listing.value) ? listing : listing.either('items', 'firewalls');
    const isRule = list.isAbsent && !listing.field('network').isAbsent;
    if (list.isAbsent && !isRule)
      throw new SegmentationError(
        'bad-rules',
        `${listing.file}: this is no state of Terraform and no output of gcloud compute firewall-rules list`,
      );
    for (const item of isRule ? [listing] : list.items())
      add(item.named(`firewall rule ${item.field('name').text() ?? '?'}`));
  }
  if (hasPolicies)
    remarks.push({
      kind: 'unsupported',
      source: { document: 'google_compute_firewall_policy', path: '' },
      message: 'Firewall policies are not read: they decide before the rules of a network do',
    });
  return rules;
}

function readRule(field: JsonField): FirewallRule | undefined {
  if (field.field('disabled').flag()) return undefined;
  const name = field.field('name').text() ?? field.field('name').fail('is missing');
  const direction = field.field('direction').text() ?? 'INGRESS';
  if (direction !== 'INGRESS' && direction !== 'EGRESS')
    return field.field('direction').fail('must be INGRESS or EGRESS');
  const allowed = field.either('allow', 'allowed').items();
  const denied = field.either('deny', 'denied').items();
  if (allowed.length > 0 === denied.length > 0) return field.fail('must allow or deny something');
  const texts = (...names: readonly string[]) => field.either(...names).texts();
  return {
    name,
    network: networkOf(field.field('network').text() ?? field.field('network').fail('is missing')),
    direction: direction === 'INGRESS' ? 'inbound' : 'outbound',
    action: allowed.length > 0 ? 'allow' : 'deny',
    priority: field.field('priority').whole(0, 65_535) ?? 1000,
    entries: [...allowed, ...denied].map((entry) => ({
      protocol: entry.either('protocol', 'IPProtocol').text() ?? entry.field('protocol').fail('is missing'),
      ports: entry.field('ports').items(),
    })),
    sourceRanges: field.either('source_ranges', 'sourceRanges').items(),
    destinationRanges: field.either('destination_ranges', 'destinationRanges').items(),
    sources: [...texts('source_tags', 'sourceTags'), ...texts('source_service_accounts', 'sourceServiceAccounts')],
    targets: [...texts('target_tags', 'targetTags'), ...texts('target_service_accounts', 'targetServiceAccounts')],
    source: field,
  };
}

function networkOf(text: string): string {
  const [, project, name] = /projects\/([^/]+)\/global\/networks\/([^/]+)$/.exec(text) ?? [];
  return project === undefined ? text : `${project}/${name}`;
}
