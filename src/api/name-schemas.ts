import { asObject } from '../base/index.ts';
import * as wire from '../model/wire/index.ts';

/** Names of the wire contract by their schemas, open and closed to further properties. */
const names = new Map(
  Object.entries(wire).flatMap(([name, schema]) => {
    if (asObject(schema)?.['type'] !== 'object') return [];
    return [schema, { ...schema, additionalProperties: false }].map((form) => [JSON.stringify(form), name] as const);
  }),
);

/**
 * The document with every schema of the wire contract said once, under its name in components, and referred to
 * elsewhere: so that it stays readable, and clients made from it have types with names.
 */
export function nameSchemas<Document extends object>(document: Document): Document {
  const schemas: Record<string, unknown> = {};

  function visit(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(visit);
    const object = asObject(node);
    if (!object) return node;
    const { description: _, ...undescribed } = object;
    const name = object['type'] === 'object' ? names.get(JSON.stringify(undescribed)) : undefined;
    if (name === undefined) return visitEach(object);
    schemas[name] ??= visitEach(undescribed);
    return { $ref: `#/components/schemas/${name}` };
  }

  function visitEach(object: object): Record<string, unknown> {
    return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, visit(value)]));
  }

  const visited = visitEach(document);
  const components = { ...asObject(visited['components']), schemas };
  return { ...document, ...visited, components };
}
