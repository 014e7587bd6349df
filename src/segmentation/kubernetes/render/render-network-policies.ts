import { type AddressSet, addressesOf, noAddresses } from '../../../base/index.ts';
import {
  type DenyList,
  type NamedService,
  type SecurityGroup,
  type ServiceAddress,
  type TrafficRemark,
} from '../../../model/index.ts';
import { resolversRefusedTo } from '../../groups/group-tables.ts';
import type { RenderedFile, Rendering } from '../../rendering.ts';
import { everyLabel } from '../label-selector.ts';
import { type ClusterPlace, clusterPlaces } from './cluster-services.ts';
import { type GroupMembers, groupMembers, knownNamespaces } from './group-members.ts';
import { invertPods, invertPodsIn, isIn } from './join-selectors.ts';
import { remarkOnUnsaid } from './remark-on-unsaid.ts';
import { type AdminKind, type AdminPolicies, renderAdminPolicies } from './render-admin-policies.ts';
import { type RuleScene, renderRule } from './render-rule.ts';
import { inNamespaces, type PodPeers } from './select-pods.ts';
import { type WrittenPolicy, writePolicies, writeYaml } from './write-policies.ts';

export interface ClusterRenderOptions {
  /** Namespaces that policies are made for, beside those that groups name; a policy is of one. */
  readonly namespaces?: readonly string[];
  /** What Pods have addresses of: no rule means them by their addresses. */
  readonly podAddresses?: AddressSet;
  /** Where named services are in this cluster, beside what every cluster has. */
  readonly services?: ReadonlyMap<NamedService, readonly ServiceAddress[]>;
  /** Policies of the whole cluster are made, too: of deny lists, protected services, and what is closed where no policy is. */
  readonly admin?: AdminKind;
  /** Of the first of these, 0 to 980. */
  readonly priority?: number;
}

/**
 * Groups as NetworkPolicies (networking.k8s.io/v1), a file for each group. They never let more pass than the groups do: Pods
 * that cannot be told by labels are closed, and what else cannot be said is left out; each is told. Pure.
 */
export function renderNetworkPolicies(
  groups: readonly SecurityGroup[],
  denyLists: readonly DenyList[],
  options: ClusterRenderOptions = {},
): Rendering {
  return new PolicyRenderer(groups, denyLists, options).render();
}

const ownNamespaces: readonly string[] = ['kube-system'];

class PolicyRenderer {
  private readonly groups: readonly SecurityGroup[];
  private readonly denied: AddressSet;
  private readonly options: ClusterRenderOptions;
  private readonly namespaces: readonly string[];
  private readonly members: ReadonlyMap<string, GroupMembers>;
  private readonly places: readonly ClusterPlace[];
  private readonly admin: AdminPolicies | undefined;
  private readonly remarks: TrafficRemark[] = [];

  constructor(groups: readonly SecurityGroup[], denyLists: readonly DenyList[], options: ClusterRenderOptions) {
    this.groups = [...groups].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.denied = addressesOf(denyLists.map(({ addresses }) => addresses));
    this.options = options;
    const known = knownNamespaces(groups, options.namespaces ?? []);
    this.namespaces = known.length > 0 ? known : ['default'];
    this.members = groupMembers(this.groups, this.namespaces);
    this.places = clusterPlaces(options.services ?? new Map());
    this.admin = options.admin === undefined ? undefined : this.renderAdmin(options.admin, denyLists);
  }

  render(): Rendering {
    const files: RenderedFile[] = [];
    for (const group of this.groups) {
      if (group.mode === 'observe') {
        this.tell(
          group,
          'unsupported',
          'mode',
          'A cluster cannot count without refusing: a group in mode observe is not rendered',
        );
        continue;
      }
      const policies = group.isDefault ? this.renderDefault(group) : this.renderGroup(group);
      if (policies.length > 0) files.push({ path: `${group.name}.yaml`, text: writePolicies(group.name, policies) });
    }
    this.remarks.push(...remarkOnUnsaid(this.groups, this.places, this.options.podAddresses ?? noAddresses));
    // No group is called so.
    if (this.admin !== undefined && this.admin.objects.length > 0)
      files.push({ path: '_cluster.yaml', text: this.admin.objects.map(writeYaml).join('---\n') });
    return { files, remarks: this.remarks };
  }

  private renderAdmin(kind: AdminKind, denyLists: readonly DenyList[]): AdminPolicies {
    const rules = this.groups.flatMap(({ outbound }) => outbound);
    const peers = rules.flatMap((rule) => rule.peers);
    const closes = this.groups.find(({ mode, isDefault }) => mode === 'enforce' && isDefault);
    const closed = closes === undefined ? [] : invertPods([...this.observed(), ...this.spared()]);
    const rendered = renderAdminPolicies({
      kind,
      priority: this.options.priority ?? 100,
      denyLists,
      places: this.places,
      named: new Set(peers.flatMap((peer) => (peer.kind === 'service' ? [peer.service] : []))),
      closed: closed ?? [],
    });
    if (!rendered.hasAllDenied)
      this.remarks.push({
        kind: 'unsupported',
        source: { document: 'AddressList', path: 'spec' },
        message: `The addresses of all lists are more than ${kind} takes: what is left over is refused by exceptions alone`,
      });
    if (closes !== undefined && (closed === undefined || !rendered.hasAllClosed))
      this.tell(
        closes,
        'unsupported',
        'default',
        `${kind} cannot leave out the groups in mode observe: some Pods stay open`,
      );
    return rendered;
  }

  /** The cluster needs its own Pods: who wants them closed names their namespace. */
  private spared(): readonly PodPeers[] {
    const own = ownNamespaces.filter((name) => !this.namespaces.includes(name));
    return own.length === 0 ? [] : [{ namespaces: inNamespaces(own), pods: everyLabel }];
  }

  private observed(): readonly PodPeers[] {
    return this.groups
      .filter(({ mode, isDefault }) => mode === 'observe' && !isDefault)
      .flatMap(({ name }) => this.members.get(name)?.sure ?? []);
  }

  private renderGroup(group: SecurityGroup): readonly WrittenPolicy[] {
    const { selected } = this.members.get(group.name) as GroupMembers;
    const rules = this.renderRules(group);
    const closed = { ingress: [], egress: [] };
    return group.members.flatMap((_, index): readonly WrittenPolicy[] => {
      const path = `members[${index}]`;
      const one = selected[index];
      if (one === undefined) {
        this.tell(group, 'no-members', path, 'No Pod can have such labels, or be in such a namespace');
        return [];
      }
      if (one.isOfMany)
        this.tell(
          group,
          'out-of-reach',
          path,
          `Its Pods may be in any namespace, and a policy is of one: it holds in ${this.namespaces.join(', ')} alone`,
        );
      if (one.composeLabels.length > 0)
        this.tell(
          group,
          'out-of-reach',
          path,
          `Its Pods are those with the ${one.composeLabels.length > 1 ? 'labels' : 'label'} ${one.composeLabels.join(' and ')}, as compose labels containers: others are not held to it`,
        );
      if (one.unsaid.length > 0)
        this.tell(
          group,
          'unsupported',
          path,
          `A policy cannot ask a Pod for ${one.unsaid.join(', ')}: Pods that all else fits are closed, and no rule lets them; tell members by labels`,
        );
      const body = one.unsaid.length > 0 ? closed : rules;
      const within = this.namespaces.filter((namespace) => isIn(one.pods, namespace));
      return within.map((namespace) => ({ namespace, pods: one.pods.pods, ...body }));
    });
  }

  /** Everything is closed, and what no other group may have is let what the default lets. */
  private renderDefault(group: SecurityGroup): readonly WrittenPolicy[] {
    const { isTooMany, sure: others } = this.members.get(group.name) as GroupMembers;
    const elsewhere =
      this.admin === undefined
        ? ''
        : ': elsewhere Pods are closed, but not to what is outside the cluster, and not those of kube-system';
    this.tell(
      group,
      'out-of-reach',
      'default',
      `It holds in the namespaces ${this.namespaces.join(', ')} alone${elsewhere}`,
    );
    const rules = this.renderRules(group);
    const hasRules = rules.ingress.length > 0 || rules.egress.length > 0;
    if (hasRules && others.length === 0) {
      const why = isTooMany ? 'Selectors of other groups are too many to leave out' : 'Any Pod may be of another group';
      this.tell(group, 'unsupported', 'default', `${why}: its members are closed, and no rule lets them`);
    }
    const observed = this.observed();
    return this.namespaces.flatMap((namespace): readonly WrittenPolicy[] => {
      const closed = invertPodsIn(namespace, observed) ?? [everyLabel];
      const open = hasRules ? others.filter((one) => isIn(one, namespace)).map(({ pods }) => pods) : [];
      return [
        ...closed.map((pods) => ({ namespace, pods, ingress: [], egress: [] })),
        ...open.map((pods) => ({ namespace, pods, ...rules })),
      ];
    });
  }

  private renderRules(group: SecurityGroup): Pick<WrittenPolicy, 'ingress' | 'egress'> {
    const { places } = this;
    const guarded = places.filter(({ service }) => service === 'portwarden').flatMap(({ pods }) => pods);
    const ofPods = this.options.podAddresses ?? noAddresses;
    const scene: RuleScene = {
      places,
      membersOf: (name) => this.members.get(name)?.sure,
      unprotected: invertPods(guarded) ?? [],
      holes: addressesOf([this.denied, ofPods]),
      ownHoles: this.admin?.hasAllDenied ? ofPods : addressesOf([this.denied, ofPods]),
      avoided: (rule) => resolversRefusedTo(group, rule),
      tell: (kind, path, message) => this.tell(group, kind, path, message),
    };
    return {
      ingress: group.inbound.flatMap((rule) => renderRule('inbound', rule, scene)),
      egress: group.outbound.flatMap((rule) => renderRule('outbound', rule, scene)),
    };
  }

  private tell(group: SecurityGroup, kind: TrafficRemark['kind'], path: string, message: string): void {
    this.remarks.push({ kind, source: { document: `SecurityGroup ${group.name}`, path }, message });
  }
}
