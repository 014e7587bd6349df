import { digestOf, type Instant } from '../../src/base/index.ts';
import {
  type Certificate,
  type CertificateStore,
  type DocumentStore,
  formatImageReference,
  type PinnedReference,
  type StoredDocument,
} from '../../src/model/index.ts';
import type { InventedCertificates } from './certificates.ts';
import { inventDocuments } from './policy-documents.ts';

/** What of a certificate store reading takes. */
export type ReadCertificates = Pick<CertificateStore, 'list' | 'history' | 'tags' | 'recordResolution' | 'resolutions'>;

export function createMemoryCertificates({ judgements, tags, resolutions }: InventedCertificates): ReadCertificates {
  const isOf = (image: PinnedReference) => (certificate: Certificate) =>
    formatImageReference(certificate.image) === formatImageReference(image);
  const page = <Item>(items: readonly Item[], { limit, offset }: { limit: number; offset: number }) => ({
    items: items.slice(offset, offset + limit),
    total: items.length,
  });
  return {
    async list(query) {
      const current = judgements.filter((certificate) => judgements.find(isOf(certificate.image)) === certificate);
      const found = current.filter(
        ({ image, outcome }) =>
          (query.registry === undefined || query.registry === image.registry) &&
          (query.repository === undefined || query.repository === image.repository) &&
          (query.outcome === undefined || query.outcome === outcome),
      );
      return page(found, query);
    },
    history: async (image) => judgements.filter(isOf(image)),
    tags: async (_registry, repository) => tags.filter((tag) => tag.repository === repository),
    async recordResolution(resolution) {
      const last = resolutions.find((each) => keyOf(each) === keyOf(resolution));
      if (last?.digest !== resolution.digest) resolutions.unshift(resolution);
    },
    async resolutions(query) {
      return page(
        resolutions.filter((each) => each.registry === query.registry && each.repository === query.repository),
        query,
      );
    },
  };
}

const keyOf = ({ registry, repository, channel, platform }: InventedCertificates['resolutions'][number]) =>
  `${registry}/${repository} ${channel} ${platform}`;

export function createMemoryDocuments(now: Instant): DocumentStore {
  const appliedAt = now - 40 * 86_400_000;
  let revision = 1;
  let stored: readonly StoredDocument[] = inventDocuments(now).map((document) => ({
    kind: document.kind,
    name: document.metadata.name,
    body: document,
    digest: digestOf(JSON.stringify(document)),
    appliedAt,
    appliedBy: 'ada',
  }));
  return {
    list: async (kind) => stored.filter((each) => kind === undefined || each.kind === kind),
    async apply({ put, remove, at, by }) {
      const gone = new Set([...put, ...remove].map(({ kind, name }) => `${kind}/${name}`));
      const kept = stored.filter(({ kind, name }) => !gone.has(`${kind}/${name}`));
      const added = put.map((document) => ({ ...document, appliedAt: at, appliedBy: by }));
      stored = [...kept, ...added].sort((a, b) => (`${a.kind}/${a.name}` < `${b.kind}/${b.name}` ? -1 : 1));
      revision += 1;
    },
    revision: async () => revision,
  };
}
