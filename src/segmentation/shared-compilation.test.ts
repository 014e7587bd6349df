import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  any,
  composeContainer,
  hostNetwork,
  networkedContainer,
  securityGroup,
  tcp,
  toBlock,
  toGroup,
  toName,
  toService,
  trafficRules,
} from '../../test/fakes/networked-containers.ts';
import { parseCidr } from '../base/index.ts';
import type { DenyList, HostNetwork, NetworkedContainer, SecurityGroup } from '../model/index.ts';
import { changedAddresses } from './flows/changed-addresses.ts';
import { plainAddress } from './flows/plain-address.ts';
import { compileTraffic } from './groups/compile-traffic.ts';
import { compileChange } from './nftables/compile-change.ts';
import { compileRuleset } from './nftables/compile-ruleset.ts';
import { parseListing } from './nftables/parse-listing.ts';
import { createTrafficJudge } from './reach/traffic-judge.ts';

/** What a host has, and what holds on it. Things that a state has in common with the one before are the same things. */
interface State {
  readonly groups: readonly SecurityGroup[];
  readonly denyLists: readonly DenyList[];
  readonly network: HostNetwork;
  readonly containers: readonly NetworkedContainer[];
}

const services = ['web', 'db', 'proxy', 'loose'];
const containers = Array.from({ length: 14 }, (_, number) => {
  const container = composeContainer(number, `project-${number % 2}`, services[number % 4] ?? 'web');
  const [first] = container.attachments;
  if (first === undefined) throw new TypeError('a container without an attachment');
  // Two that share a network, two that have one address, one in two networks, one without any, one that is elsewhere.
  const other = networkedContainer(1).attachments;
  if (number === 5) return { ...container, attachments: other };
  if (number === 6) return { ...container, attachments: [{ ...first, addresses: ['172.18.1.2'] }] };
  if (number === 7) return { ...container, attachments: [first, { ...first, port: 'vethx', bridge: 'br-other' }] };
  if (number === 8) return { ...container, attachments: [] };
  if (number === 9) return { ...container, attachments: [{ ...first, addresses: ['10.0.0.53', 'FD00:0::53'] }] };
  return container;
});
const web = securityGroup('web', {
  members: [{ service: 'web' }],
  inbound: trafficRules('inbound', [[any], tcp(80)]),
  outbound: trafficRules('outbound', [[toGroup('db')], tcp(5432)], [[toService('dns'), toName('api.example')]]),
});
const db = securityGroup('db', {
  members: [{ service: 'db' }],
  mode: 'observe',
  inbound: trafficRules('inbound', [[toGroup('web'), toService('dns')], tcp(5432)]),
});
const project = securityGroup('project', {
  members: [{ project: 'project-1' }],
  outbound: trafficRules('outbound', [[toBlock('192.0.2.0/24'), toBlock('10.0.0.0/8')]], [[toGroup('rest')], tcp(1)]),
});
const rest = securityGroup('rest', { isDefault: true, inbound: trafficRules('inbound', [[toGroup('web')], tcp(9)]) });
const ruleSets: readonly (readonly SecurityGroup[])[] = [
  [web, db],
  [web, db, project, rest],
  [project, web],
  [rest],
  [{ ...web, mode: 'observe' }, db, { ...rest, isDefault: false }],
];
const listSets: readonly (readonly DenyList[])[] = [
  [],
  [{ name: 'bad', addresses: parseCidr('192.0.2.0/25') ?? { v4: [], v6: [] } }],
];
const networks: readonly HostNetwork[] = [
  hostNetwork({ dns: [{ addresses: '10.0.0.53/32' }, { addresses: 'fd00::53/128' }] }),
  hostNetwork({ host: [{ addresses: '172.18.0.1/32' }], metadata: [{ addresses: '169.254.169.254/32' }] }),
];

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('toggle' as const), at: fc.nat({ max: 13 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remake' as const), at: fc.nat({ max: 13 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rules' as const), at: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lists' as const), at: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('network' as const), at: fc.nat({ max: 1 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function take(state: State, { kind, at }: Step): State {
  if (kind === 'rules') return { ...state, groups: ruleSets[at] ?? [] };
  if (kind === 'lists') return { ...state, denyLists: listSets[at] ?? [] };
  if (kind === 'network') return { ...state, network: networks[at] ?? state.network };
  const container = containers[at] as NetworkedContainer;
  const there = state.containers.find(({ containerId }) => containerId === container.containerId);
  const others = state.containers.filter((each) => each !== there);
  if (kind === 'toggle') return { ...state, containers: there ? others : [...others, container] };
  const [service, name] = [services[(at + 1) % 4] ?? 'web', 'com.docker.compose.service'];
  const labels = {
    ...container.labels,
    [name]: there?.labels[name] === service ? (services[at % 4] ?? 'web') : service,
  };
  return { ...state, containers: [...others, { ...container, labels }] };
}

function compile(state: State) {
  const { model } = compileTraffic(state);
  return { model, ruleset: compileRuleset({ ...state, model, resolver: { port: 5353 } }) };
}

/** Nothing of it is remembered: all of it is new. */
function compileAnew(state: State) {
  return compile(structuredClone(state));
}

const first: State = { groups: ruleSets[0] ?? [], denyLists: [], network: networks[0] as HostNetwork, containers: [] };
const walks = fc.array(step, { minLength: 1, maxLength: 12 }).map((steps) => {
  const states = [first];
  for (const each of steps) states.push(take(states.at(-1) ?? first, each));
  return states;
});

describe('what is compiled of a state', () => {
  it('is the same, by whatever states it was reached', () => {
    fc.assert(
      fc.property(walks, (states) => {
        for (const state of states) {
          const [{ model, ruleset }, anew] = [compile(state), compileAnew(state)];
          expect(model).toEqual(anew.model);
          expect(ruleset.text).toBe(anew.ruleset.text);
        }
      }),
    );
  });

  it('differs from the state before by what a look at everything finds', () => {
    fc.assert(
      fc.property(walks, (states) => {
        const rulesets = states.map((state) => compile(state).ruleset);
        for (const [at, after] of rulesets.entries()) {
          const before = rulesets[at - 1];
          if (before === undefined) continue;
          const [old, now] = [parseListing(before.text), parseListing(after.text)];
          if (old === undefined || now === undefined) throw new TypeError('a ruleset of nothing');
          const [short, long] = [compileChange(before, after), compileChange(old, now)];
          expect(short.kind).toBe(long.kind);
          expect(inOneOrder(short.script)).toBe(inOneOrder(long.script));
        }
      }),
    );
  });

  it('has connections that fare as before, but for those of changed addresses', () => {
    const addresses = [
      ...containers.flatMap(({ attachments }) => attachments.flatMap((each) => each.addresses.map(plainAddress))),
    ];
    const all = [...new Set([...addresses, '192.0.2.7', '10.0.0.53', '203.0.113.1'])].slice(0, 24);
    fc.assert(
      fc.property(walks, (states) => {
        const models = states.map((state) => compile(state).model);
        for (const [at, after] of models.entries()) {
          const before = models[at - 1];
          if (before === undefined || states[at]?.network !== states[at - 1]?.network) continue;
          const changed = changedAddresses(before, after);
          const [old, now] = [createTrafficJudge(before), createTrafficJudge(after)];
          const same = all.filter((address) => !changed.has(address));
          for (const source of same)
            for (const destination of same)
              for (const port of [1, 80, 5432]) {
                const asked = { source, destination, protocol: 'tcp' as const, port };
                expect(now.judge(asked).outcome).toBe(old.judge(asked).outcome);
              }
        }
      }),
      { numRuns: 25 },
    );
  });
});

/** The order within a list of elements says nothing. */
function inOneOrder(script: string): string {
  return script.replace(
    /^((?:add|delete) element [^{]*\{ )(.*)( \})$/gm,
    (_, head: string, list: string, tail: string) => {
      return `${head}${list.split(', ').sort().join(', ')}${tail}`;
    },
  );
}
