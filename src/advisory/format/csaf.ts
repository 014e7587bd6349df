import {
  asArray,
  asObject,
  asString,
  asStrings,
  type Instant,
  type JsonObject,
  parseInstant,
} from '../../base/index.ts';
import type { VexStatement, VexStatus } from '../../model/index.ts';
import { AdvisoryError } from '../advisory-error.ts';
import { type CsafProducts, parseCsafProducts } from './csaf-products.ts';
import { parseAdvisoryId, RecordFault } from './record.ts';
import { type VexDocument, vexJustifications } from './vex-statement.ts';

const statuses: readonly (readonly [field: string, status: VexStatus])[] = [
  ['known_not_affected', 'not-affected'],
  ['known_affected', 'affected'],
  ['fixed', 'fixed'],
  ['under_investigation', 'under-investigation'],
];

const limits = { vulnerabilities: 10_000, named: 2_000_000, note: 4096 };

/**
 * What a CSAF 2.0 document says of products, by its profiles VEX and security advisory (docs.oasis-open.org/csaf/csaf/v2.0,
 * 4.4 and 4.5): a statement for each flaw, status and reason. Product groups are resolved. Throws AdvisoryError
 * `bad-feed` where it is no such document.
 */
export function parseCsaf(value: unknown): VexDocument {
  const root = asObject(value);
  const document = asObject(root?.document);
  const tracking = asObject(document?.tracking);
  const id = asString(tracking?.id);
  const author = asString(asObject(document?.publisher)?.name)?.trim();
  const list = asArray(root?.vulnerabilities);
  if (!asString(document?.csaf_version)?.startsWith('2.') || !id || !author || !list) {
    throw new AdvisoryError('bad-feed', 'it is not a CSAF 2 document with an ID, a publisher and vulnerabilities');
  }
  if (list.length > limits.vulnerabilities) {
    throw new AdvisoryError('too-large', `${id} has more than ${limits.vulnerabilities} vulnerabilities`);
  }
  const statedAt = parseInstant(asString(tracking?.current_release_date) ?? '');
  if (statedAt === undefined) throw new AdvisoryError('bad-feed', `${id} has no date of release`);
  const statements: VexStatement[] = [];
  const rejected: string[] = [];
  try {
    const products = parseCsafProducts(root?.product_tree);
    const groups = parseGroups(asObject(root?.product_tree)?.product_groups);
    for (const item of list) readVulnerability(item, { products, groups, statedAt, statements, rejected });
  } catch (error) {
    if (error instanceof RecordFault) throw new AdvisoryError('bad-feed', `${id}: ${error.message}`);
    throw error;
  }
  return { id, author, statements, rejected };
}

type Groups = ReadonlyMap<string, readonly string[]>;

interface Reading {
  readonly products: CsafProducts;
  readonly groups: Groups;
  readonly statedAt: Instant;
  readonly statements: VexStatement[];
  readonly rejected: string[];
}

function readVulnerability(value: unknown, into: Reading): void {
  const vulnerability = asObject(value);
  try {
    const names = (asArray(vulnerability?.ids) ?? []).map((item) => asObject(item)?.text);
    const flaw = parseAdvisoryId(vulnerability?.cve ?? names[0]);
    for (const statement of statementsOf(vulnerability ?? {}, flaw, into)) into.statements.push(statement);
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error;
    into.rejected.push(error.message);
  }
}

function* statementsOf(vulnerability: JsonObject, flaw: string, into: Reading): Generator<VexStatement> {
  const { groups } = into;
  const stated = asObject(vulnerability.product_status) ?? {};
  const flags = entriesOf(vulnerability.flags).filter((flag) => vexJustifications.has(asString(flag.label) ?? ''));
  const impacts = entriesOf(vulnerability.threats).filter((threat) => threat.category === 'impact');
  const justifications = textsByProduct(flags, 'label', groups);
  const impactNotes = textsByProduct(impacts, 'details', groups);
  const actionNotes = textsByProduct(entriesOf(vulnerability.remediations), 'details', groups);
  for (const [field, status] of statuses) {
    const reasonOf = (id: string): Pick<VexStatement, 'justification' | 'note'> => {
      const justification = status === 'not-affected' ? justifications.get(id) : undefined;
      const note = (status === 'not-affected' ? impactNotes : actionNotes).get(id)?.slice(0, limits.note);
      return { ...(justification ? { justification } : {}), ...(note ? { note } : {}) };
    };
    const byReason = Map.groupBy(new Set(asStrings(stated[field])), (id) => JSON.stringify(reasonOf(id)));
    for (const ids of byReason.values()) {
      const reason = reasonOf(ids[0] as string);
      if (status === 'not-affected' && !reason.justification && !reason.note) {
        into.rejected.push(`${flaw}: no reason is given why ${ids.length} products are not affected`);
        continue;
      }
      const products = ids.flatMap((id) => into.products.get(id) ?? []);
      const unknown = ids.length - products.length;
      if (unknown > 0) into.rejected.push(`${flaw}: nothing tells what ${unknown} products are (${status})`);
      if (products.length === 0) continue;
      yield { flaw, aliases: [], status, ...reason, statedAt: into.statedAt, products };
    }
  }
}

function entriesOf(list: unknown): readonly JsonObject[] {
  return (asArray(list) ?? []).map(asObject).filter((entry) => entry !== undefined);
}

/** The first text for each product that an entry names, by itself or by its group. */
function textsByProduct(
  entries: readonly JsonObject[],
  field: 'label' | 'details',
  groups: Groups,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  let named = 0;
  for (const entry of entries) {
    const text = asString(entry[field]);
    if (!text) continue;
    const lists = asStrings(entry.group_ids).map((group) => groups.get(group) ?? []);
    for (const list of [asStrings(entry.product_ids), ...lists]) {
      named += list.length;
      if (named > limits.named) throw new RecordFault(`its reasons name products more than ${limits.named} times`);
      for (const id of list) if (!texts.has(id)) texts.set(id, text);
    }
  }
  return texts;
}

function parseGroups(list: unknown): Groups {
  return new Map(entriesOf(list).map((group) => [asString(group.group_id) ?? '', asStrings(group.product_ids)]));
}
