import type { Static } from 'typebox';
import type { DocumentKind, DocumentOf, SchemaBuilders } from '../document-kind.ts';
import { checkConditions, conditionSettings } from './conditions.ts';

const spec = (t: SchemaBuilders) => {
  const closed = { additionalProperties: false };
  const names = (description: string) => t.Array(t.String({ accepts: 'name' }), { minItems: 1, description });
  const duration = (description: string) => t.Optional(t.String({ accepts: 'duration', description }));
  const choice = (initial: 'refuse' | 'allow', description: string) =>
    t.Optional(t.Enum(['refuse', 'allow'], { default: initial, description }));
  const severity = () => t.Enum(['critical', 'high', 'medium', 'low', 'negligible'], { default: 'high' });
  const signer = t.Object(
    {
      identity: t.Optional(t.String({ minLength: 1, maxLength: 1000, description: 'Exactly this' })),
      identityPattern: t.Optional(
        t.String({
          accepts: 'identity-pattern',
          maxLength: 1000,
          description: '* is anything but a slash, ** anything',
        }),
      ),
      issuer: t.Optional(t.String({ minLength: 1, maxLength: 1000, description: 'Exactly this; default: any' })),
    },
    closed,
  );
  const marks = (description: string) =>
    t.Optional(
      t.Object(
        {
          found: choice('refuse', 'What to do where one is found'),
          minSeverity: t.Optional(severity()),
        },
        { ...closed, description },
      ),
    );
  return t.Object(
    {
      signed: t.Optional(
        t.Object(
          {
            trustRoots: names('One of which must accept the signature'),
            signers: t.Optional(t.Array(signer, { minItems: 1, description: 'Default: whoever a trust root accepts' })),
            threshold: t.Optional(
              t.Integer({ minimum: 1, maximum: 20, default: 1, description: 'How many different signers it takes' }),
            ),
          },
          { ...closed, description: 'Default: no signature is asked for' },
        ),
      ),
      attestations: t.Optional(
        t.Array(
          t.Object(
            {
              predicateType: t.String({ accepts: 'uri', description: 'https://slsa.dev/provenance/v1' }),
              trustRoots: t.Optional(names('By which it must be signed; default: by any')),
              condition: t.Optional(
                t.String({ accepts: 'predicate-condition', description: 'CEL over predicate, image, signers and now' }),
              ),
            },
            closed,
          ),
          { minItems: 1, maxItems: 50, description: 'Each must be there; default: none is asked for' },
        ),
      ),
      maxAge: duration('Since the image was built; default: any age'),
      vulnerabilities: t.Optional(
        t.Object(
          {
            maxSeverity: t.Optional(
              t.Enum(['critical', 'high', 'medium', 'low', 'negligible', 'none'], {
                description: 'The worst that is still allowed; default: any severity, known-exploited flaws apart',
              }),
            ),
            unknownSeverity: choice('refuse', 'Flaws that nobody rated, where there is a maxSeverity below critical'),
            onlyFixed: t.Optional(
              t.Boolean({ default: false, description: 'Refuse those alone for which there is a fixed version' }),
            ),
            grace: duration('How long after a flaw became known here it is not yet refused; not for exploited ones'),
            knownExploited: t.Optional(
              t.Enum(['refuse', 'allow'], {
                description:
                  'Flaws that are known to be exploited; default: refuse those that are critical and have a fix',
              }),
            ),
            epss: t.Optional(
              t.Number({ minimum: 0, maximum: 1, description: 'Refuse from this probability of an attack on (EPSS)' }),
            ),
          },
          { ...closed, description: 'Flaws of packages. Where it is there, every component must have been judged' },
        ),
      ),
      licenses: t.Optional(
        t.Object(
          {
            deny: t.Optional(
              t.Array(t.String({ minLength: 1, maxLength: 100 }), {
                minItems: 1,
                description: 'SPDX IDs, with *: AGPL-*',
              }),
            ),
            allow: t.Optional(
              t.Array(t.String({ minLength: 1, maxLength: 100 }), { minItems: 1, description: 'No others; with *' }),
            ),
            unknown: choice('refuse', 'Components of which no license is known'),
          },
          { ...closed, description: 'Of "A OR B" one must be free to choose; default: any license' },
        ),
      ),
      packages: t.Optional(
        t.Object(
          {
            deny: t.Array(t.String({ accepts: 'package' }), {
              minItems: 1,
              description: 'NAME, TYPE:NAME, either with @VERSION, with * for any characters; or a package URL',
            }),
          },
          closed,
        ),
      ),
      user: t.Optional(t.Object({ root: choice('allow', 'Images whose containers run as root') }, closed)),
      secrets: marks('Secrets in the image; default: from severity high on they are refused'),
      malware: marks('Marks of malware; default: from severity high on they are refused'),
      unknown: t.Optional(
        t.Object(
          {
            state: t.Optional(
              t.Enum(['known', 'partly-known', 'unknown'], {
                default: 'unknown',
                description: 'The worst that is allowed of what nothing accounts for',
              }),
            ),
            maxUnownedPercent: t.Optional(
              t.Number({ minimum: 0, maximum: 100, description: 'Of the bytes of programs, those of no package' }),
            ),
            notExamined: choice(
              'refuse',
              'Files that could not be looked into, where secrets or malware are refused: not decided, or no reason',
            ),
            notJudged: choice(
              'refuse',
              'Components that no feed covers. Default: without "vulnerabilities" only an image of which none is covered is not decided',
            ),
          },
          closed,
        ),
      ),
      baseImages: t.Optional(
        t.Object(
          {
            allow: t.Array(t.String({ accepts: 'base-image' }), {
              minItems: 1,
              description: 'Names with their registry, with * and /**, a tag or a digest; default: any base',
            }),
          },
          closed,
        ),
      ),
      certificate: t.Optional(
        t.Object(
          {
            validFor: duration('How long a certificate holds; default: 30d'),
            withdrawGrace: duration('How long after a verdict turned a certificate is still honored; default: 0s'),
          },
          closed,
        ),
      ),
      conditions: conditionSettings(
        t,
        'condition',
        'CEL that is true of an image that may pass: over image, passport, signers, attestations, now',
      ),
    },
    {
      ...closed,
      description:
        'Empty, it refuses: flaws that are critical, known to be exploited and have a fix; marks of malware and secrets from severity high on. What cannot be decided is never allowed',
    },
  );
};

export type ImagePolicySpec = Static<ReturnType<typeof spec>>;
export interface ImagePolicyDocument extends DocumentOf<'ImagePolicy', ImagePolicySpec> {
  /** `observe`: findings are told, and nothing is refused. Default: enforce. */
  readonly mode?: 'enforce' | 'observe';
}

/** What an image must be to be certified, to enter trusted repositories and to start. */
export const imagePolicyKind: DocumentKind<ImagePolicySpec> = {
  kind: 'ImagePolicy',
  description: 'What an image must be to be certified, to enter trusted repositories and to start',
  hasMode: true,
  spec,
  check({ spec: { signed, licenses, conditions = [] } }, refuse) {
    for (const [index, { identity, identityPattern }] of (signed?.signers ?? []).entries()) {
      if ((identity === undefined) === (identityPattern === undefined))
        refuse(['spec', 'signed', 'signers', index], 'must have one of "identity" and "identityPattern"');
    }
    if (licenses && !licenses.allow && !licenses.deny)
      refuse(['spec', 'licenses'], 'neither allows nor denies', 'Give "allow" or "deny"');
    checkConditions(conditions, refuse);
  },
};
