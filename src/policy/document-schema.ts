import { lazyLibrary } from '../base/index.ts';
import type { NodeSchema } from './check-node.ts';
import { documentVersion } from './document-kind.ts';
import { documentKinds, type PolicyDocumentKind } from './documents/document-kinds.ts';
import { type TextForm, textForms } from './text-forms.ts';

const typebox = lazyLibrary<typeof import('typebox')>('typebox');
const schemas = new Map<PolicyDocumentKind, NodeSchema>();

/** What a document of the kind is checked against. */
export function checkedSchema(kind: PolicyDocumentKind): NodeSchema {
  const known = schemas.get(kind);
  if (known) return known;
  const { Type } = typebox();
  const { description, spec, hasMode } = documentKinds[kind];
  const closed = { additionalProperties: false };
  const schema = Type.Object(
    {
      apiVersion: Type.Literal(documentVersion),
      kind: Type.Literal(kind),
      metadata: Type.Object(
        {
          name: Type.String({ accepts: 'name', description: 'No other document of the kind has it' }),
          description: Type.Optional(Type.String({ maxLength: 2000 })),
        },
        closed,
      ),
      ...(hasMode
        ? {
            mode: Type.Optional(
              Type.Enum(['enforce', 'observe'], {
                default: 'enforce',
                description: 'observe: findings are told, and nothing is refused',
              }),
            ),
          }
        : {}),
      spec: spec(Type),
    },
    { ...closed, title: kind, description },
  );
  schemas.set(kind, schema as NodeSchema);
  return schema as NodeSchema;
}

/** The schema of a kind for editors and other programs: JSON Schema, draft 2020-12. */
export function documentSchema(kind: PolicyDocumentKind): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://portwarden.dev/schemas/v1/${kind}.json`,
    ...(publish(checkedSchema(kind)) as object),
  };
}

/** Without the keyword of this room, and with the pattern that comes nearest to what it means. */
function publish(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(publish);
  if (typeof schema !== 'object' || schema === null) return schema;
  const published: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) if (key !== 'accepts') published[key] = publish(value);
  const { accepts } = schema as { accepts?: unknown };
  if (typeof accepts !== 'string') return published;
  const { what, pattern }: TextForm = textForms[accepts as 'name'];
  return {
    ...published,
    ...(pattern === undefined ? {} : { pattern }),
    description: published.description ?? `${what.charAt(0).toUpperCase()}${what.slice(1)}`,
  };
}
