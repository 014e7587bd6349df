import type { TSchema } from 'typebox';

/** The builders of typebox, which is loaded when a document is first read or a schema published. */
export type SchemaBuilders = typeof import('typebox')['Type'];

/** Where something stands in a document: `['spec', 'keys', 0, 'pem']`. */
export type DocumentPath = readonly (string | number)[];

/** Throws PolicyError at the value that stands at the path, or at the nearest that is there. */
export type RefuseAt = (path: DocumentPath, message: string, remedy?: string) => never;

/** One kind of document: what `kind:` says, and what the rest has to be then. */
export interface DocumentKind<Spec> {
  readonly kind: string;
  /** A line for the schema that editors show. */
  readonly description: string;
  /** Whether `mode: enforce | observe` may be said of it. */
  readonly hasMode?: true;
  /** Of what stands below `spec`; closed. The keyword `accepts` names a form of text in text-forms.ts. */
  readonly spec: (types: SchemaBuilders) => TSchema;
  /** What no schema can say. */
  readonly check?: (document: DocumentOf<string, Spec>, refuse: RefuseAt) => void;
}

export const documentVersion = 'portwarden/v1';

export interface DocumentOf<Kind extends string, Spec> {
  readonly apiVersion: typeof documentVersion;
  readonly kind: Kind;
  readonly metadata: { readonly name: string; readonly description?: string };
  readonly spec: Spec;
}
