import type { TrafficRemark } from '../../../model/index.ts';
import { SegmentationError } from '../../segmentation-error.ts';
import type { JsonField } from '../json-field.ts';
import { type CloudExports, exportLimits } from '../read-exports.ts';

/** A security rule, whoever wrote it down. */
export interface SecurityRule {
  readonly direction: 'inbound' | 'outbound';
  readonly action: 'allow' | 'deny';
  readonly priority: number;
  readonly protocol: string;
  readonly ports: readonly JsonField[];
  readonly sourcePorts: readonly JsonField[];
  readonly from: RuleEnd;
  readonly to: RuleEnd;
  readonly source: JsonField;
}

export interface RuleEnd {
  /** Blocks, `*`, service tags. */
  readonly prefixes: readonly JsonField[];
  /** IDs of application security groups, in lower case as Azure compares them. */
  readonly groups: readonly string[];
}

export interface NetworkSecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly rules: readonly SecurityRule[];
  /** Azure's own, where they were exported. */
  readonly defaults: readonly SecurityRule[];
}

export interface AzureGroups {
  readonly securityGroups: readonly NetworkSecurityGroup[];
  /** Names of application security groups by ID. */
  readonly applicationGroups: ReadonlyMap<string, string>;
  readonly networks: readonly JsonField[];
}

/** Network security groups by Terraform, or as `az network nsg list` and the REST API have them. */
export function readAzureGroups({ resources, listings }: CloudExports, remarks: TrafficRemark[]): AzureGroups {
  const found = new Map<
    string,
    { readonly name: string; readonly rules: SecurityRule[]; defaults: readonly SecurityRule[] }
  >();
  const applicationGroups = new Map<string, string>();
  const networks: JsonField[] = [];
  let count = 0;
  const groupOf = (id: string, name: string) => {
    const known = found.get(id) ?? { name, rules: [], defaults: [] };
    found.set(id, known);
    return known;
  };
  const add = (rules: SecurityRule[], field: JsonField): void => {
    if (++count > exportLimits.rules) field.fail(`is one of more than ${exportLimits.rules} rules`);
    rules.push(readRule(field));
  };
  const keyOf = (group: string | undefined, name: string) => `${group ?? ''}/${name}`.toLowerCase();
  for (const { type, values, id, address } of resources) {
    const name = values.field('name').text() ?? address;
    const place = values.field('resource_group_name').text();
    if (type === 'azurerm_network_security_group') {
      const { rules } = groupOf(keyOf(place, name), name);
      for (const rule of values.field('security_rule').items()) add(rules, rule);
    } else if (type === 'azurerm_network_security_rule') {
      const group = values.field('network_security_group_name').text();
      if (group === undefined) values.field('network_security_group_name').fail('is missing');
      else add(groupOf(keyOf(place, group), group).rules, values);
    } else if (type === 'azurerm_application_security_group')
      applicationGroups.set(id.toLowerCase(), values.field('tags').field('portwarden-group').text() ?? name);
    else if (type === 'azurerm_virtual_network') networks.push(...values.field('address_space').items());
    else
      remarks.push({
        kind: 'unsupported',
        source: values.source(),
        message: 'Security admin rules are not read: they decide before network security groups do',
      });
  }
  for (const listing of listings) {
    const list = Array.isArray(listing.value) ? listing : listing.field('value');
    const isGroup = list.isAbsent && !inner(listing, 'securityRules').isAbsent;
    if (list.isAbsent && !isGroup)
      throw new SegmentationError(
        'bad-rules',
        `${listing.file}: this is no state of Terraform and no output of az network nsg list`,
      );
    for (const item of isGroup ? [listing] : list.items()) {
      const name = item.field('name').text() ?? item.field('name').fail('is missing');
      const group = item.named(`network security group ${name}`);
      const place = /\/resourceGroups\/([^/]+)\//i.exec(item.field('id').text() ?? '')?.[1];
      const known = groupOf(keyOf(place ?? item.field('resourceGroup').text(), name), name);
      const isHeld = (field: string) => inner(group, field).items().length > 0;
      if (!isHeld('subnets') && !isHeld('networkInterfaces'))
        remarks.push({
          kind: 'unsupported',
          source: { document: `network security group ${name}`, path: 'subnets', at: group.file },
          message: 'It is of no subnet and no network interface: it is read as if it held, and holds for nothing',
        });
      for (const rule of inner(group, 'securityRules').items()) add(known.rules, rule);
      known.defaults = inner(group, 'defaultSecurityRules').items().map(readRule);
    }
  }
  const securityGroups = [...found].map(([id, group]) => ({ id, ...group }));
  return { securityGroups, applicationGroups, networks };
}

/** Of an object that the REST API has in `properties`, and the tool does not. */
function inner(field: JsonField, name: string): JsonField {
  const plain = field.field(name);
  return plain.isAbsent ? field.field('properties').field(name) : plain;
}

function readRule(rule: JsonField): SecurityRule {
  const get = (snake: string): JsonField => {
    const plain = rule.field(snake);
    return isEmpty(plain)
      ? inner(
          rule,
          snake.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        )
      : plain;
  };
  /** One and many are different fields. */
  const both = (one: string, many: string): readonly JsonField[] =>
    [get(one), ...get(many).items()].filter((field) => !isEmpty(field));
  const end = (side: 'source' | 'destination'): RuleEnd => ({
    prefixes: both(`${side}_address_prefix`, `${side}_address_prefixes`),
    groups: [
      ...get(`${side}_application_security_group_ids`).texts(),
      ...get(`${side}_application_security_groups`)
        .items()
        .flatMap((group) => group.field('id').text() ?? []),
    ].map((id) => id.toLowerCase()),
  });
  const direction = oneOf(get('direction'), ['inbound', 'outbound']);
  return {
    direction,
    action: oneOf(get('access'), ['allow', 'deny']),
    priority: get('priority').whole(0, 65_535) ?? get('priority').fail('is missing'),
    protocol: get('protocol').text() ?? get('protocol').fail('is missing'),
    ports: both('destination_port_range', 'destination_port_ranges'),
    sourcePorts: both('source_port_range', 'source_port_ranges'),
    from: end('source'),
    to: end('destination'),
    source: rule,
  };
}

function isEmpty({ isAbsent, value }: JsonField): boolean {
  return isAbsent || value === '';
}

function oneOf<Word extends string>(field: JsonField, words: readonly Word[]): Word {
  const text = field.text()?.toLowerCase();
  return words.find((word) => word === text) ?? field.fail(`must be ${words.join(' or ')}`);
}
