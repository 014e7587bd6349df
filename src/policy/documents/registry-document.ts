import type { Static } from 'typebox';
import { globMatches } from '../../model/index.ts';
import type { DocumentKind, DocumentOf, SchemaBuilders } from '../document-kind.ts';

const spec = (t: SchemaBuilders) => {
  const closed = { additionalProperties: false };
  const name = { accepts: 'name' };
  const channel = t.Object(
    {
      order: t.Enum(['semver', 'created'], {
        description: 'What is newer: the higher semantic version of the tag, or the image that was built later',
      }),
      pattern: t.Optional(
        t.String({ accepts: 'tags', description: 'Which tags take part, with *: "v*"; default: all' }),
      ),
      range: t.Optional(t.String({ accepts: 'semver-range', description: 'Which versions take part: ">=2 <3"' })),
      floor: t.Optional(t.String({ accepts: 'version', description: 'The lowest version that it ever goes back to' })),
      prerelease: t.Optional(t.Boolean({ description: 'Whether prereleases take part', default: false })),
    },
    closed,
  );
  return t.Object(
    {
      host: t.String({ accepts: 'registry-host', description: 'As in an image reference: registry.example:5000' }),
      plainHttp: t.Optional(t.Boolean({ description: 'Without TLS; for a registry on this host', default: false })),
      credentials: t.Optional(
        t.String({
          accepts: 'credentials',
          description:
            'Where they are, never what they are: env:NAME, file:/path, docker-config or helper:NAME; default: none',
        }),
      ),
      quarantine: t.String({
        accepts: 'repository',
        description: 'Where pushed images lie until they are certified: quarantine is quarantine/…',
      }),
      trusted: t.Array(t.String({ accepts: 'repository-pattern' }), {
        minItems: 1,
        description:
          'Repositories that only certified images enter: a path, * for one part, team/** for all below team/',
      }),
      platforms: t.Optional(
        t.Array(t.String({ accepts: 'platform' }), {
          minItems: 1,
          description: 'What an index must have; default: any',
        }),
      ),
      lookaside: t.Optional(
        t.String({ accepts: 'uri', description: 'Where OpenPGP signatures lie beside it: file:///… or https://…' }),
      ),
      gate: t.Optional(
        t.Object(
          {
            names: t.Array(t.String({ accepts: 'registry-host' }), {
              minItems: 1,
              description: 'Under which hosts engines reach it through the registry gate: gate.example:7081',
            }),
            anonymousPull: t.Optional(
              t.Boolean({ description: 'Whether pulling takes no token: for a gate on one host', default: false }),
            ),
          },
          { ...closed, description: 'How engines reach it through the registry gate; default: not at all' },
        ),
      ),
      account: t.Optional(t.String({ maxLength: 200, description: 'The cloud account that it serves, in your words' })),
      platform: t.Optional(t.String({ maxLength: 200, description: 'The platform that it serves, in your words' })),
      promoteTo: t.Optional(
        t.Array(t.String(name), {
          minItems: 1,
          description: 'Other Registry documents whose policies judge what is certified here, and which get it too',
        }),
      ),
      trustRoots: t.Optional(t.Array(t.String(name), { description: 'By which its images may be signed' })),
      policy: t.Optional(
        t.String({ ...name, description: 'The ImagePolicy that certifies; default: one with an empty spec' }),
      ),
      channels: t.Optional(
        t.Record(t.String({ pattern: '^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$' }), channel, {
          description: 'Names for "the latest certified of a kind": stable: {order: semver, range: ">=2 <3"}',
        }),
      ),
      pull: t.Optional(
        t.Object(
          {
            tags: t.Optional(
              t.Enum(['latest-certified', 'named'], {
                description: 'Whether a tag gives the image that it names, or the latest certified of its repository',
                default: 'named',
              }),
            ),
          },
          closed,
        ),
      ),
      push: t.Optional(
        t.Object(
          {
            signedWithin: t.Optional(
              t.String({
                accepts: 'duration',
                description: 'How long after the push a signature may come; default: 1h',
              }),
            ),
          },
          closed,
        ),
      ),
    },
    closed,
  );
};

export type RegistrySpec = Static<ReturnType<typeof spec>>;
export type RegistryDocument = DocumentOf<'Registry', RegistrySpec>;

/** A registry: how it is reached, what is trusted in it and by which rules images get there. */
export const registryKind: DocumentKind<RegistrySpec> = {
  kind: 'Registry',
  description: 'A registry: how it is reached, what is trusted in it and by which rules images get there',
  spec,
  check({ spec: { quarantine, trusted, channels = {} } }, refuse) {
    for (const [index, pattern] of trusted.entries()) {
      if (overlaps(pattern, quarantine))
        refuse(
          ['spec', 'trusted', index],
          'could be a repository of the quarantine, which nobody has looked at yet',
          `Name the folders that are trusted, none of them within "${quarantine}/"`,
        );
    }
    for (const [name, { order, range, floor, prerelease }] of Object.entries(channels)) {
      const isVersioned = range !== undefined || floor !== undefined || prerelease !== undefined;
      if (order === 'created' && isVersioned)
        refuse(['spec', 'channels', name], 'orders by time and says something of versions', 'Write "order: semver"');
    }
  },
};

/** Whether a pattern can be a repository of the quarantine. What is pushed lands there: were it trusted, everything would be. */
function overlaps(pattern: string, quarantine: string): boolean {
  const held = quarantine.split('/');
  const isOpen = pattern.endsWith('/**');
  const parts = (isOpen ? pattern.slice(0, -3) : pattern).split('/');
  const shared = Math.min(parts.length, held.length);
  const agrees = parts.slice(0, shared).every((part, index) => globMatches(part, held[index] as string));
  return agrees && (isOpen || parts.length >= held.length);
}
