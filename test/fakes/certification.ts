import type {
  CertificationService,
  DocumentService,
  GateService,
  RegistriesService,
} from '../../src/service/services.ts';

async function refuse(): Promise<never> {
  throw new Error('nothing is certified here');
}

/** Services of certification in which nothing was ever judged. */
export function createFakeCertification(): {
  readonly documents: DocumentService;
  readonly certification: CertificationService;
  readonly gate: GateService;
  readonly registries: RegistriesService;
} {
  return {
    documents: { list: async () => [], plan: refuse, apply: refuse, remove: async () => false },
    certification: {
      certify: refuse,
      list: async () => ({ items: [], total: 0 }),
      history: async () => undefined,
      resolve: refuse,
      resolutions: async () => ({ items: [], total: 0 }),
      queue: async () => ({ waiting: 0, running: 0, failed: 0 }),
    },
    registries: {
      list: async () => ({ items: [] }),
      diff: async () => ({ registries: [], rows: [], failures: [], different: 0, unknown: 0, left: null }),
    },
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
