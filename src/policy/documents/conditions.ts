import type { RefuseAt, SchemaBuilders } from '../document-kind.ts';

/** Conditions in CEL that a policy adds to its rules; `accepts` names the form of text that checks their expressions. */
export const conditionSettings = (t: SchemaBuilders, accepts: string, description: string) =>
  t.Optional(
    t.Array(
      t.Object(
        {
          name: t.String({ accepts: 'name' }),
          expression: t.String({ accepts, description }),
          message: t.String({ minLength: 1, maxLength: 500, description: 'Said where it is not' }),
          remedy: t.Optional(t.String({ minLength: 1, maxLength: 500 })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100 },
    ),
  );

/** That no two of them have the same name: findings are told apart by it. */
export function checkConditions(conditions: readonly { readonly name: string }[], refuse: RefuseAt): void {
  const names = new Set<string>();
  for (const [index, { name }] of conditions.entries()) {
    if (names.has(name)) refuse(['spec', 'conditions', index, 'name'], 'is the name of another', 'Choose another');
    names.add(name);
  }
}
