import type { Clock } from '../../src/base/index.ts';
import { ImageError } from '../../src/image/index.ts';
import { certificateState, formatImageReference, parseImageReference, type Store } from '../../src/model/index.ts';
import type { DocumentPlan } from '../../src/model/wire/index.ts';
import { activeException, type PolicyDocument } from '../../src/policy/index.ts';
import { certificateHistory, certificateView, listCertificates } from '../../src/service/certificates.ts';
import { createContractService } from '../../src/service/contracts.ts';
import { createDocumentService } from '../../src/service/documents.ts';
import { isTrusted, listResolutions, registryOf, resolveCertified } from '../../src/service/resolve-certified.ts';
import { compileRules, type RulesInForce } from '../../src/service/rules-in-force.ts';
import { ServiceError } from '../../src/service/service-error.ts';
import type {
  CertificationService,
  ContractService,
  DocumentService,
  EventBus,
  GateService,
  LaunchService,
  RegistriesService,
} from '../../src/service/services.ts';
import { readLanguages } from '../../src/wiring/languages.ts';
import { createMemoryCertificates, createMemoryDocuments } from './certificate-stores.ts';
import { inventCertificate, inventCertificates } from './certificates.ts';
import { createFakeLaunches, inventLaunchStore } from './launch-service.ts';
import { createFakeRegistries } from './registries.ts';

async function refuse(): Promise<never> {
  throw new Error('nothing passes a gate here');
}

/**
 * The real services of documents and of reading certificates, over invented ones in memory. No registry is asked: an image
 * whose name has `unreachable` in it is not reached, one with `slow` takes until it is given up, all others pass.
 */
export function createFakeCertification(
  clock: Clock,
  events: EventBus,
): {
  readonly documents: DocumentService;
  readonly certification: CertificationService;
  readonly gate: GateService;
  readonly registries: RegistriesService;
  readonly launches: LaunchService;
  readonly contracts: ContractService;
} {
  const launches = inventLaunchStore(clock);
  const invented = inventCertificates(clock.now());
  const documents = createMemoryDocuments(clock.now());
  // Of the store, what reading takes.
  const store = { certificates: createMemoryCertificates(invented), documents } as unknown as Store;
  const unreadable = async (path: string): Promise<never> => {
    throw Object.assign(new Error(`${path} cannot be read`), { code: 'ENOENT' });
  };
  const trustSources = { readFile: unreadable, readTuf: unreadable };
  const rules = async () =>
    compileRules(
      (await documents.list()).map(({ body }) => body as PolicyDocument),
      1,
      trustSources,
    );
  const parts = { store, clock, rules, platform: 'linux/amd64' };

  /** Turns what only an exception lets pass, where that exception does so no longer. */
  async function replay({ exceptions }: RulesInForce): Promise<DocumentPlan['effects']> {
    const { items } = await store.certificates.list({ limit: 1000, offset: 0 });
    const turned = items.flatMap((certificate) => {
      const state = certificateState(certificate, clock.now());
      const lost = certificate.findings.filter(
        (finding) =>
          finding.excepted && !activeException(exceptions, finding, { image: certificate.image }, clock.now()),
      );
      if (state !== 'certified' || lost.length === 0) return [];
      const because = lost.map(({ rule, evidence }) => `${rule}: ${evidence}`);
      return [{ image: formatImageReference(certificate.image), from: state, to: 'refused' as const, because }];
    });
    return { images: items.length, turned, launches: { since: null, replayed: 0, turned: [] } };
  }

  return {
    launches: createFakeLaunches(clock, rules, launches),
    contracts: createContractService({ store: { launches, documents }, clock, rules, findLanguage: readLanguages }),
    documents: createDocumentService({ store, clock, trustSources, replay, onChange: () => undefined }),
    certification: {
      async certify({ source, to, tag, dryRun = false }, signal) {
        const { registry: host, repository } = parseImageReference(to);
        const registry = registryOf(await rules(), host);
        if (!registry) throw new ServiceError('unknown-registry', `no Registry document is of ${host}`);
        if (!isTrusted(registry, repository)) throw new ServiceError('bad-query', `${repository} is not trusted`);
        if (source.includes('unreachable')) throw new ImageError('unreachable', `${source} cannot be reached`);
        if (source.includes('slow')) await untilAborted(signal);
        const named = tag ?? parseImageReference(source).tag ?? 'latest';
        const certificate = inventCertificate(repository, named, clock.now());
        if (dryRun) return certificateView(certificate, [], clock.now());
        const { digest } = certificate.image;
        invented.judgements.unshift(certificate);
        const before = invented.tags.findIndex((each) => each.repository === repository && each.tag === named);
        if (before >= 0) invented.tags.splice(before, 1);
        invented.tags.push({ repository, tag: named, digest, at: clock.now() });
        events.publish({ type: 'certificate', image: formatImageReference(certificate.image), state: 'certified' });
        return certificateView(certificate, [named], clock.now());
      },
      verify: refuse,
      list: (query) => listCertificates(parts, query),
      history: (image) => certificateHistory(parts, image),
      resolve: (query) => resolveCertified(parts, query),
      resolutions: (query) => listResolutions(parts, query),
      queue: async () => ({ waiting: 3, running: 1, failed: 1 }),
    },
    registries: createFakeRegistries(clock),
    gate: {
      registryAt: async () => undefined,
      pulls: {
        manifest: refuse,
        content: refuse,
        tags: async () => [],
        remember: (_registry, _repository, _digest, read) => read(),
        admitBeside: () => undefined,
        isBesideCertified: () => false,
      },
      reader: refuse,
      writer: refuse,
      quarantineOf: () => undefined,
      pushed: refuse,
      signed: refuse,
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new ImageError('aborted', 'the reading was given up')));
  });
}
