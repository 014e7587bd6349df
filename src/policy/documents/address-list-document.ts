import type { Static } from 'typebox';
import { addressesOf, parseCidr } from '../../base/index.ts';
import type { DenyList } from '../../model/index.ts';
import type { DocumentKind, DocumentOf, SchemaBuilders } from '../document-kind.ts';
import { parseDuration } from '../duration.ts';

const spec = (t: SchemaBuilders) => {
  const closed = { additionalProperties: false };
  return t.Object(
    {
      addresses: t.Optional(
        t.Array(t.String({ accepts: 'address-block' }), {
          minItems: 1,
          description: 'Blocks and addresses, of both versions',
        }),
      ),
      source: t.Optional(
        t.Object(
          {
            file: t.Optional(t.String({ accepts: 'path', description: 'On the machine of the server' })),
            url: t.Optional(t.String({ accepts: 'feed-url', description: 'https://lists.example/drop.txt' })),
            format: t.Optional(
              t.Enum(['lines'], {
                default: 'lines',
                description: 'A block a line; what follows # or ; is a comment',
              }),
            ),
            refresh: t.Optional(
              t.String({ accepts: 'duration', description: 'How often it is read again, 10m at least; default: 12h' }),
            ),
          },
          { ...closed, description: 'Where more of them are kept by somebody else: a file or a url' },
        ),
      ),
    },
    { ...closed, description: 'No container reaches these addresses, and they reach none, whatever groups allow' },
  );
};

export type AddressListSpec = Static<ReturnType<typeof spec>>;
export type AddressListDocument = DocumentOf<'AddressList', AddressListSpec>;

/** Milliseconds between two readings of a source: where nothing is said, and at least. */
export const defaultListRefresh = 12 * 3_600_000;
export const shortestListRefresh = 600_000;

/** Bad addresses, which no container reaches and which reach none. */
export const addressListKind: DocumentKind<AddressListSpec> = {
  kind: 'AddressList',
  description: 'Bad addresses: no container reaches them, and they reach none, whatever groups allow',
  spec,
  check({ spec: { addresses, source } }, refuse) {
    if (!addresses && !source) refuse(['spec'], 'lists nothing', 'Add "addresses:" or "source:"');
    if (!source) return;
    if ((source.file === undefined) === (source.url === undefined))
      refuse(['spec', 'source'], 'must have one of "file" and "url"');
    const refresh = source.refresh === undefined ? undefined : parseDuration(source.refresh);
    if (refresh !== undefined && refresh < shortestListRefresh)
      refuse(['spec', 'source', 'refresh'], 'is less than 10m', 'Lists change a few times a day; write 12h');
  },
};

/** What stands in the document itself; what its source has is not in it. */
export function denyListOf({ metadata, spec: { addresses = [] } }: AddressListDocument): DenyList {
  return { name: metadata.name, addresses: addressesOf(addresses.flatMap((text) => parseCidr(text) ?? [])) };
}
