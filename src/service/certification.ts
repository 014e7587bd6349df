import { type Platform, parseImageReference } from '../model/index.ts';
import type {
  CertificatePage,
  CertificateQuery,
  CertificateView,
  QueueView,
  ResolutionPage,
  ResolveAnswer,
  ResolveQuery,
} from '../model/wire/index.ts';
import { certificateHistory, certificateView, listCertificates } from './certificates.ts';
import type { CertificationParts } from './certification-queue.ts';
import { certifyImage } from './certify-image.ts';
import { elsewhere, isTrusted, listResolutions, registryOf, resolveCertified } from './resolve-certified.ts';
import { ServiceError } from './service-error.ts';
import { type DocumentVerification, verifyByDocuments } from './verify-by-documents.ts';

export interface CertifyInput {
  /** Where the image is now: a reference in a registry. */
  readonly source: string;
  /** The trusted repository that it is to be in, `registry/repository`, by the registry's name or its gate's. */
  readonly to: string;
  /** The tag that it gets there; that of the source unless said. */
  readonly tag?: string;
  /** Judges, and neither promotes nor remembers. */
  readonly dryRun?: boolean;
}

export interface CertificationService {
  /** Throws ServiceError `unknown-registry`, `bad-query`; ImageError, TrustError where nothing could be decided. */
  certify(input: CertifyInput, signal: AbortSignal): Promise<CertificateView>;
  /** Who vouches for an image, by the documents that are in force. Throws as verifyByDocuments does. */
  verify(image: string, platform: Platform, signal: AbortSignal): Promise<DocumentVerification>;
  list(query: CertificateQuery): Promise<CertificatePage>;
  history(image: string): Promise<readonly CertificateView[] | undefined>;
  resolve(query: ResolveQuery): Promise<ResolveAnswer>;
  resolutions(query: {
    readonly repository: string;
    readonly limit?: number;
    readonly offset?: number;
  }): Promise<ResolutionPage>;
  queue(): Promise<QueueView>;
}

export function createCertificationService(
  parts: CertificationParts & { readonly platform: string },
): CertificationService {
  const { store, clock } = parts;
  const resolving = { store, clock, rules: parts.rules, platform: parts.platform };
  return {
    async certify({ source: text, to, tag, dryRun = false }, signal) {
      const rules = await parts.rules();
      const source = parseImageReference(text);
      const { registry: host, repository } = parseImageReference(to);
      const target = registryOf(rules, host);
      if (!target) {
        throw new ServiceError('unknown-registry', `no Registry document is of ${host}`, {
          remedy: 'Apply one: portwarden apply -f registry.yaml',
        });
      }
      if (!isTrusted(target, repository)) {
        throw new ServiceError('bad-query', `${repository} is no trusted repository of ${target.metadata.name}`, {
          remedy: `Its document trusts ${target.spec.trusted.join(', ')}`,
        });
      }
      const sourceRegistry = registryOf(rules, source.registry) ?? elsewhere(source.registry);
      const named = tag ?? source.tag ?? (source.digest ? undefined : 'latest');
      const tags = named === undefined ? [] : [named];
      const at = { ...source, registry: sourceRegistry.spec.host };
      const request = { source: at, sourceRegistry, target, repository, tags, dryRun };
      const certificate = await certifyImage(parts, rules, request, signal);
      return certificateView(certificate, tags, clock.now());
    },
    verify: (image, platform, signal) => verifyByDocuments(parts, image, platform, signal),
    list: (query) => listCertificates(parts, query),
    history: (image) => certificateHistory(parts, image),
    resolve: (query) => resolveCertified(resolving, query),
    resolutions: (query) => listResolutions(resolving, query),
    queue: () => store.jobs.counts('certify'),
  };
}
