import { addressesOf, hasNoAddress, intersectAddresses, spansOf, subtractAddresses } from '../../base/index.ts';
import {
  type ConnectionSet,
  hasNoConnection,
  noConnections,
  subtractConnections,
  type TrafficEdge,
  type TrafficEndpoint,
  type TrafficModel,
} from '../../model/index.ts';
import { createConnectionAlgebra } from './connection-algebra.ts';
import { type EndpointClass, endpointAddresses } from './endpoint-classes.ts';
import { expandReach, type ReachClassEdge, type ReachParty } from './expand-reach.ts';
import { compileReach, type ModelReach, type ReachOptions } from './model-reach.ts';
import type { OutsideReach } from './table-reach.ts';

export interface ReachDifference<Edge = TrafficEdge> {
  /** What passes after, and did not before, between endpoints that both models have and with what is outside. */
  readonly opened: readonly Edge[];
  /** What passed before, and does not after. Its endpoints are those of the model before. */
  readonly closed: readonly Edge[];
  /** With an endpoint that the model before has not: all that passes. */
  readonly appeared: readonly Edge[];
  /** With an endpoint that the model after has not: all that passed. */
  readonly disappeared: readonly Edge[];
}

/**
 * What a change of the model opens and closes, exactly. Endpoints are the same where their IDs are. Addresses that an endpoint
 * of either model has are not outside. Takes the time of both models' edges between classes and of the edges that differ.
 */
export function compareReach(before: TrafficModel, after: TrafficModel, options: ReachOptions = {}): ReachDifference {
  const { opened, closed, appeared, disappeared } = compareReachClasses(before, after, options);
  return {
    opened: [...expandReach(opened)],
    closed: [...expandReach(closed)],
    appeared: [...expandReach(appeared)],
    disappeared: [...expandReach(disappeared)],
  };
}

/** The same between classes of endpoints that are alike in both models; for `expandReach` and `countReach`. */
export function compareReachClasses(
  before: TrafficModel,
  after: TrafficModel,
  options: ReachOptions = {},
): ReachDifference<ReachClassEdge> {
  const inside = addressesOf([
    endpointAddresses(before),
    endpointAddresses(after),
    ...(options.inside === undefined ? [] : [options.inside]),
  ]);
  const was = compileReach(before, { ...options, inside });
  const is = compileReach(after, { ...options, inside });
  const joint = jointClasses(was, is);
  const { more: disappeared, both: closed } = passingMore(was, is, joint.before);
  const { more: appeared, both: opened } = passingMore(is, was, joint.after);
  return { opened, closed, appeared, disappeared };
}

/** Endpoints that are in one class of one model and in one of the other. */
interface JointClass {
  readonly own: EndpointClass;
  /** Undefined where the other model has them not. */
  readonly other: EndpointClass | undefined;
  readonly party: ReachParty;
}

function jointClasses(
  before: ModelReach,
  after: ModelReach,
): { readonly before: readonly JointClass[]; readonly after: readonly JointClass[] } {
  return { before: jointWith(before, after), after: jointWith(after, before) };
}

function jointWith(own: ModelReach, other: ModelReach): readonly JointClass[] {
  const classById = new Map<string, EndpointClass>();
  for (const of of other.classes) for (const { id } of of.endpoints) classById.set(id, of);
  let number = 0;
  return own.classes.flatMap((of) => {
    const parts = new Map<EndpointClass | undefined, TrafficEndpoint[]>();
    for (const endpoint of of.endpoints) {
      const key = classById.get(endpoint.id);
      const part = parts.get(key);
      if (part === undefined) parts.set(key, [endpoint]);
      else part.push(endpoint);
    }
    return [...parts].map(([counterpart, endpoints]): JointClass => {
      const party: ReachParty = { kind: 'class', class: { ...of, number, endpoints } };
      number += 1;
      return { own: of, other: counterpart, party };
    });
  });
}

/** What passes in the one model and not in the other. */
function passingMore(
  model: ModelReach,
  than: ModelReach,
  joint: readonly JointClass[],
): { readonly both: readonly ReachClassEdge[]; readonly more: readonly ReachClassEdge[] } {
  const both: ReachClassEdge[] = [];
  const more: ReachClassEdge[] = [];
  const subtract = rememberedSubtraction();
  const byClass = Map.groupBy(joint, ({ own }) => own.number);
  const known = new Map<number, Map<number, ConnectionSet>>();
  for (const { from, to, connections } of than.between()) {
    const row = known.get(from) ?? new Map<number, ConnectionSet>();
    known.set(from, row.set(to, connections));
  }
  const add = (from: ReachParty, to: ReachParty, connections: ConnectionSet, isShared: boolean): void => {
    if (!hasNoConnection(connections)) (isShared ? both : more).push({ from, to, connections });
  };
  for (const { from, to, connections } of model.between())
    for (const source of byClass.get(from) ?? [])
      for (const destination of byClass.get(to) ?? []) {
        if (source === destination && sizeOf(source) < 2) continue;
        const isShared = source.other !== undefined && destination.other !== undefined;
        const others = isShared ? known.get(source.other.number)?.get(destination.other.number) : undefined;
        add(source.party, destination.party, subtract(connections, others ?? noConnections), isShared);
      }
  const outside = outsideMore(model, than);
  for (const { own, other, party } of joint)
    for (const direction of ['outbound', 'inbound'] as const) {
      const link = (far: ReachParty, connections: ConnectionSet): void =>
        direction === 'outbound'
          ? add(party, far, connections, other !== undefined)
          : add(far, party, connections, other !== undefined);
      for (const { addresses, connections } of outside(own[direction], other && { table: other[direction] }))
        link({ kind: 'addresses', addresses }, connections);
      const names = new Set([...model.names(own[direction]), ...(other ? than.names(other[direction]) : [])]);
      for (const name of [...names].sort()) {
        const others = other === undefined ? noConnections : than.toName(other[direction], name);
        link({ kind: 'name', name }, subtract(model.toName(own[direction], name), others));
      }
    }
  return { both, more };
}

function sizeOf({ party }: JointClass): number {
  return party.kind === 'class' ? party.class.endpoints.length : 1;
}

/** Equal sets come as the same object from either model's algebra, so few pairs are ever worked out. */
function rememberedSubtraction(): (a: ConnectionSet, b: ConnectionSet) => ConnectionSet {
  const known = new Map<ConnectionSet, Map<ConnectionSet, ConnectionSet>>();
  return (a, b) => {
    if (b === noConnections) return a;
    const row = known.get(a) ?? new Map<ConnectionSet, ConnectionSet>();
    known.set(a, row);
    const rest = row.get(b) ?? subtractConnections(a, b);
    row.set(b, rest);
    return rest;
  };
}

/** What a table of one model lets to the outside and one of the other does not; each pair of tables is worked out once. */
function outsideMore(
  model: ModelReach,
  than: ModelReach,
): (table: number | undefined, other: { readonly table: number | undefined } | undefined) => readonly OutsideReach[] {
  const known = new Map<string, readonly OutsideReach[]>();
  return (table, other) => {
    if (other === undefined) return model.outside(table);
    const key = `${table}/${other.table}`;
    const more = known.get(key) ?? subtractOutside(model.outside(table), than.outside(other.table));
    known.set(key, more);
    return more;
  };
}

/** Ranges of `a` by what passes to them that does not in `b`; those that fare alike are together again. */
function subtractOutside(a: readonly OutsideReach[], b: readonly OutsideReach[]): readonly OutsideReach[] {
  const algebra = createConnectionAlgebra();
  const parts = new Map<number, OutsideReach['addresses'][]>();
  const add = (addresses: OutsideReach['addresses'], connections: ConnectionSet): void => {
    if (hasNoAddress(addresses) || hasNoConnection(connections)) return;
    const number = algebra.numberOf(connections);
    const list = parts.get(number);
    if (list === undefined) parts.set(number, [addresses]);
    else list.push(addresses);
  };
  const spokenOf = addressesOf(b.map(({ addresses }) => addresses));
  for (const { addresses, connections } of a) {
    add(subtractAddresses(addresses, spokenOf), connections);
    for (const other of b)
      add(intersectAddresses(addresses, other.addresses), subtractConnections(connections, other.connections));
  }
  return [...parts].map(([number, addresses]) => ({
    connections: algebra.setOf(number),
    addresses: { v4: spansOf(addresses.flatMap(({ v4 }) => v4)), v6: spansOf(addresses.flatMap(({ v6 }) => v6)) },
  }));
}
