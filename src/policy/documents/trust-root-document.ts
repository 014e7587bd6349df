import type { Static } from 'typebox';
import { type Instant, parseInstant } from '../../base/index.ts';
import type { DocumentKind, DocumentOf, SchemaBuilders } from '../document-kind.ts';

const spec = (t: SchemaBuilders) => {
  const closed = { additionalProperties: false };
  const file = t.Object({ file: t.String({ accepts: 'path' }) }, closed);
  const key = t.Object(
    {
      name: t.String({ accepts: 'name' }),
      pem: t.String({ accepts: 'public-key', maxLength: 20_000, description: 'A public key in PEM' }),
      from: t.Optional(t.String({ accepts: 'time', description: 'Signatures count from then on; default: always' })),
      until: t.Optional(t.String({ accepts: 'time', description: 'Signatures count before then; default: always' })),
    },
    closed,
  );
  const identity = t.Object(
    {
      subject: t.Optional(t.String({ minLength: 1, maxLength: 1000, description: 'Exactly this' })),
      subjectPattern: t.Optional(
        t.String({
          accepts: 'identity-pattern',
          maxLength: 1000,
          description: '* is anything but a slash, ** anything',
        }),
      ),
      issuer: t.Optional(t.String({ minLength: 1, maxLength: 1000, description: 'Exactly this' })),
      issuerPattern: t.Optional(t.String({ accepts: 'identity-pattern', maxLength: 1000 })),
    },
    { ...closed, description: 'Whose certificates count: one form of subject, and one of issuer' },
  );
  const tuf = t.Object(
    {
      tuf: t.String({
        accepts: 'uri',
        description: 'A TUF repository that has trusted_root.json: https://tuf.example',
      }),
      root: t.Optional(t.String({ accepts: 'path', description: 'Its first root.json; sigstore.dev needs none' })),
    },
    closed,
  );
  const trustedRoot = t.Union([
    file,
    tuf,
    t.Object({ mediaType: t.String() }, { description: 'The trusted_root.json of sigstore, as it is' }),
  ]);
  const store = t.Object(
    {
      name: t.String({ accepts: 'name' }),
      type: t.Enum(['ca', 'signingAuthority', 'tsa']),
      certificates: t.String({ accepts: 'certificates', description: 'In PEM, one after the other' }),
    },
    closed,
  );
  const keyring = t.Union([
    file,
    t.String({ minLength: 1, maxLength: 500_000, description: 'Public keys, armored or in base64' }),
  ]);
  return t.Object(
    {
      keys: t.Optional(
        t.Array(key, {
          minItems: 1,
          description: 'To rotate, give two whose times overlap, and later take out the old',
        }),
      ),
      keyless: t.Optional(t.Object({ trustedRoot, identities: t.Array(identity, { minItems: 1 }) }, closed)),
      notation: t.Optional(
        t.Object(
          {
            stores: t.Array(store, { minItems: 1 }),
            identities: t.Array(t.String({ accepts: 'x509-identity', maxLength: 1000 }), { minItems: 1 }),
          },
          closed,
        ),
      ),
      gpg: t.Optional(
        t.Object({ keyring, fingerprints: t.Array(t.String({ accepts: 'fingerprint' }), { minItems: 1 }) }, closed),
      ),
      timestampAuthorities: t.Optional(
        t.String({
          accepts: 'certificates',
          description: 'Certificates in PEM of whoever may witness the time (RFC 3161)',
        }),
      ),
      threshold: t.Optional(
        t.Integer({ minimum: 1, maximum: 20, default: 1, description: 'How many different signers it takes' }),
      ),
    },
    closed,
  );
};

export type TrustRootSpec = Static<ReturnType<typeof spec>>;
export type TrustRootDocument = DocumentOf<'TrustRoot', TrustRootSpec>;

/** Who may vouch for images: keys, keyless identities, the stores of Notary Project, an OpenPGP keyring. */
export const trustRootKind: DocumentKind<TrustRootSpec> = {
  kind: 'TrustRoot',
  description: 'Who may vouch for images: keys, keyless identities, the stores of Notary Project, an OpenPGP keyring',
  spec,
  check({ spec: root }, refuse) {
    const { keys = [], keyless, notation, gpg } = root;
    if (keys.length === 0 && !keyless && !notation && !gpg)
      refuse(['spec'], 'names nobody', 'Give "keys", "keyless", "notation" or "gpg"');
    const names = new Set<string>();
    for (const [index, { name, from, until }] of keys.entries()) {
      if (names.has(name)) refuse(['spec', 'keys', index, 'name'], 'is the name of another key', 'Choose another');
      names.add(name);
      const [first, end] = [instantOf(from), instantOf(until)];
      if (first !== undefined && end !== undefined && end <= first)
        refuse(['spec', 'keys', index, 'until'], 'is not after "from"');
    }
    for (const [index, identity] of (keyless?.identities ?? []).entries()) {
      for (const field of ['subject', 'issuer'] as const) {
        const isExact = identity[field] !== undefined;
        if (isExact === (identity[`${field}Pattern`] !== undefined))
          refuse(
            ['spec', 'keyless', 'identities', index],
            isExact ? `has both "${field}" and "${field}Pattern"` : `has neither "${field}" nor "${field}Pattern"`,
            // An address alone is worth nothing: any issuer could vouch for it.
            `Give one of both: whoever signs is a subject that an issuer vouches for`,
          );
      }
    }
  },
};

function instantOf(text: string | undefined): Instant | undefined {
  return text === undefined ? undefined : parseInstant(text);
}
