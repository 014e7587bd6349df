import {
  asArray,
  asObject,
  asString,
  asStrings,
  type Instant,
  type JsonObject,
  parseInstant,
} from '../../base/index.ts';
import type { VexProduct, VexStatement, VexStatus } from '../../model/index.ts';
import { AdvisoryError } from '../advisory-error.ts';
import { isAdvisoryId, parseAdvisoryId, quote, RecordFault } from './record.ts';
import { type VexDocument, vexJustifications } from './vex-statement.ts';

const statuses: Readonly<Record<string, VexStatus>> = {
  not_affected: 'not-affected',
  affected: 'affected',
  fixed: 'fixed',
  under_investigation: 'under-investigation',
};

const limits = { statements: 100_000, products: 10_000, note: 4096, identifier: 2048 };

/**
 * An OpenVEX document (github.com/openvex/spec, 0.2.0). A statement without products, as one may stand in an attestation
 * that names its subject, is rejected here, and so is `not_affected` without a reason, which the specification demands.
 * Throws AdvisoryError `bad-feed` where it is no such document.
 */
export function parseOpenVex(value: unknown): VexDocument {
  const document = asObject(value);
  if (!document || !asString(document['@context'])?.startsWith('https://openvex.dev/ns')) {
    throw new AdvisoryError('bad-feed', 'it is not an OpenVEX document: its @context is not that of openvex.dev');
  }
  const id = asString(document['@id']);
  const author = asString(document.author)?.trim();
  const list = asArray(document.statements);
  if (!id || !author || !list) {
    throw new AdvisoryError('bad-feed', 'the OpenVEX document lacks its @id, its author or its statements');
  }
  if (list.length > limits.statements) {
    throw new AdvisoryError('too-large', `the OpenVEX document has more than ${limits.statements} statements`);
  }
  const statements: VexStatement[] = [];
  const rejected: string[] = [];
  for (const [index, item] of list.entries()) {
    try {
      statements.push(parseStatement(item, timeOf(document)));
    } catch (error) {
      if (!(error instanceof RecordFault)) throw error;
      rejected.push(`statement ${index + 1}: ${error.message}`);
    }
  }
  return { id, author, statements, rejected };
}

function parseStatement(value: unknown, documentTime: Instant | undefined): VexStatement {
  const statement = asObject(value);
  const vulnerability = asObject(statement?.vulnerability);
  if (!statement || !vulnerability) throw new RecordFault('it names no vulnerability');
  const flaw = parseAdvisoryId(vulnerability.name);
  const word = asString(statement.status) ?? '';
  if (!Object.hasOwn(statuses, word)) throw new RecordFault(`${quote(statement.status)} is not a status`);
  const status = statuses[word] as VexStatus;
  const statedAt = timeOf(statement) ?? documentTime;
  if (statedAt === undefined) throw new RecordFault(`nobody says when ${flaw} was judged`);
  const justification = asString(statement.justification);
  if (justification !== undefined && !vexJustifications.has(justification)) {
    throw new RecordFault(`${quote(justification)} is not a justification`);
  }
  const impact = asString(statement.impact_statement);
  if (status === 'not-affected' && !justification && !impact) {
    throw new RecordFault(`no reason is given why ${flaw} does not affect it`);
  }
  const note = impact ?? asString(statement.action_statement) ?? asString(statement.status_notes);
  return {
    flaw,
    aliases: asStrings(vulnerability.aliases).filter((alias) => alias !== flaw && isAdvisoryId(alias)),
    status,
    ...(justification === undefined ? {} : { justification }),
    ...(note ? { note: note.slice(0, limits.note) } : {}),
    statedAt,
    products: parseProducts(statement.products),
  };
}

function timeOf(holder: JsonObject): Instant | undefined {
  return parseInstant(asString(holder.last_updated) ?? '') ?? parseInstant(asString(holder.timestamp) ?? '');
}

function parseProducts(value: unknown): readonly VexProduct[] {
  const list = asArray(value) ?? [];
  if (list.length === 0) throw new RecordFault('it names no product');
  if (list.length > limits.products) throw new RecordFault(`it names more than ${limits.products} products`);
  return list.map((item) => {
    const subcomponents = asArray(asObject(item)?.subcomponents ?? []);
    if (!subcomponents) throw new RecordFault('the subcomponents of a product are not a list');
    return { identifiers: parseIdentifiers(item), subcomponents: subcomponents.map(parseIdentifiers) };
  });
}

function parseIdentifiers(value: unknown): readonly string[] {
  const component = asObject(value);
  const texts = [component?.['@id'], ...Object.values(asObject(component?.identifiers) ?? {})];
  const known = texts.filter((text): text is string => typeof text === 'string' && text !== '');
  if (known.length === 0) throw new RecordFault('a product or a part of it has no identifier');
  if (known.some((text) => text.length > limits.identifier)) throw new RecordFault('an identifier is too long');
  return [...new Set(known)];
}
