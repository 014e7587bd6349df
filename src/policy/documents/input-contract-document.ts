import type { Static } from 'typebox';
import { fileSchemaFault } from '../contract/file-schema.ts';
import type { DocumentKind, DocumentOf, SchemaBuilders } from '../document-kind.ts';

/** What a value that is passed as text can be. */
export const inputTypes = [
  'string',
  'integer',
  'number',
  'boolean',
  'url',
  'path',
  'enum',
  'email',
  'host',
  'port',
  'duration',
  'json',
] as const;
export type InputType = (typeof inputTypes)[number];

const spec = (t: SchemaBuilders) => {
  const closed = { additionalProperties: false };
  const text = (description: string, more: object = {}) =>
    t.Optional(t.String({ minLength: 1, maxLength: 500, description, ...more }));
  /** What a value has to be. */
  const value = {
    type: t.Optional(t.Enum([...inputTypes], { default: 'string', description: 'What it has to be' })),
    pattern: text('RE2, as conditions have it, of the whole value', { accepts: 're2' }),
    enum: t.Optional(t.Array(t.String({ maxLength: 1000 }), { minItems: 1, description: 'No others; of type enum' })),
    min: t.Optional(t.Number({ description: 'Of a number; of other values their length in characters' })),
    max: t.Optional(t.Number({ description: 'The same' })),
    description: text('For whoever reads it'),
  };
  return t.Object(
    {
      images: t.Array(t.String({ accepts: 'image-pattern-or-digest' }), {
        minItems: 1,
        description:
          'Of which images: registry.example/team/web, registry.example/team/**, a digest. The most exact of all contracts counts',
      }),
      unknown: t.Optional(
        t.Enum(['refuse', 'report'], {
          default: 'refuse',
          description: 'Variables that are not named here; report: their findings are of severity low',
        }),
      ),
      environment: t.Optional(
        t.Record(
          t.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,255}$' }),
          t.Object(
            {
              ...value,
              required: t.Optional(t.Boolean({ default: false, description: 'It must be passed' })),
              secret: t.Optional(
                t.Enum(['reference-only'], {
                  description: 'It is a secret: taken from a store of secrets, never written where it is passed',
                }),
              ),
            },
            closed,
          ),
          { description: 'Variables by their names. Default: any' },
        ),
      ),
      arguments: t.Optional(
        t.Object(
          {
            entrypoint: t.Optional(
              t.Enum(['fixed', 'any'], { default: 'fixed', description: 'fixed: that of the image, no other' }),
            ),
            allow: t.Optional(
              t.Array(
                t.Object(
                  {
                    flag: text(
                      '--port: as "--port=80" or "--port 80" where it has a type or a pattern, alone otherwise',
                      {
                        accepts: 'flag',
                      },
                    ),
                    ...value,
                  },
                  { ...closed, description: 'Without a flag: any argument that is none' },
                ),
                { maxItems: 500, description: 'No other arguments. Default: any' },
              ),
            ),
          },
          closed,
        ),
      ),
      mounts: t.Optional(
        t.Array(
          t.Object(
            {
              target: t.String({ accepts: 'plain-path', description: 'In the container; * is all but a slash' }),
              type: t.Optional(t.Enum(['bind', 'volume', 'tmpfs', 'image', 'secret', 'config'])),
              readOnly: t.Optional(t.Boolean({ default: false, description: 'It must be read-only' })),
            },
            closed,
          ),
          { description: 'No others. Default: any' },
        ),
      ),
      files: t.Optional(
        t.Record(
          t.String({ pattern: '^/[^\\0]{1,500}$' }),
          t.Object(
            {
              format: t.Enum(['json', 'yaml', 'properties', 'text']),
              schema: t.Optional(
                t.Object({}, { description: 'JSON Schema; docs/reference/documents.md says which of its words' }),
              ),
              maxBytes: t.Optional(t.Integer({ minimum: 1, maximum: 1_048_576, default: 1_048_576 })),
            },
            closed,
          ),
          { description: 'By their path in the container. Default: any' },
        ),
      ),
      ports: t.Optional(
        t.Array(t.Integer({ minimum: 1, maximum: 65_535 }), {
          description: 'Of the container, no others. Default: any',
        }),
      ),
      users: t.Optional(
        t.Array(t.String({ maxLength: 100, minLength: 1 }), {
          description: 'No others, as they are written: "1000:1000". Default: any; that of the image always may',
        }),
      ),
    },
    closed,
  );
};

export type InputContractSpec = Static<ReturnType<typeof spec>>;
export interface InputContractDocument extends DocumentOf<'InputContract', InputContractSpec> {
  /** `observe`: what does not fit is told, whatever policies say, and refuses nothing. Default: enforce. */
  readonly mode?: 'enforce' | 'observe';
}

/** What may be passed to containers of an image at their start. */
export const inputContractKind: DocumentKind<InputContractSpec> = {
  kind: 'InputContract',
  description: 'What may be passed to containers of an image at their start: variables, arguments, mounts, files',
  hasMode: true,
  spec,
  check({ spec: contract }, refuse) {
    const checkValue = (
      path: readonly (string | number)[],
      {
        type,
        enum: values,
        min = -Infinity,
        max = Infinity,
      }: { type?: string; enum?: string[]; min?: number; max?: number },
    ) => {
      if ((type === 'enum') !== (values !== undefined))
        refuse(
          [...path, values ? 'enum' : 'type'],
          'go together, "type: enum" and "enum"',
          'Give both, or take one out',
        );
      if (min > max) refuse([...path, 'min'], 'is more than "max"');
    };
    for (const [name, variable] of Object.entries(contract.environment ?? {}))
      checkValue(['spec', 'environment', name], variable);
    for (const [index, argument] of (contract.arguments?.allow ?? []).entries())
      checkValue(['spec', 'arguments', 'allow', index], argument);
    for (const [target, { format, schema }] of Object.entries(contract.files ?? {})) {
      if (schema === undefined) continue;
      const path = ['spec', 'files', target, 'schema'];
      if (format === 'text') refuse(path, 'is of a text, which has no parts', 'Take it out, or give another format');
      const fault = fileSchemaFault(schema);
      if (fault !== undefined) refuse(path, fault);
    }
  },
};
