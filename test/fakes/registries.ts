import type { Clock, Instant } from '../../src/base/index.ts';
import { ImageError } from '../../src/image/index.ts';
import { type Certificate, defaultReadLimits, type Store } from '../../src/model/index.ts';
import { createRegistriesService, type RegistriesService } from '../../src/service/registries.ts';
import { compileRules } from '../../src/service/rules-in-force.ts';
import { digestOfTag, inventCertificate } from './certificates.ts';
import { noRegistries } from './no-registries.ts';
import { inventedGate, inventedRegistry } from './policy-documents.ts';
import { createFakeDesk, type FakeImage, type FakeShelves, fakeRegistry, fakeTrustRoot } from './registry-desk.ts';

const day = 86_400_000;
const [cart, search] = ['shop/cart', 'shop/search'];
const [harbor, eu, lab] = [inventedRegistry, 'eu.harbor.example', 'lab.harbor.example'];
const both = ['linux/amd64', 'linux/arm64'];

/**
 * The real service over three invented registries: harbor and eu disagree in every way there is, and lab does not answer.
 * They are its own, whatever documents are in force.
 */
export function createFakeRegistries(clock: Clock): RegistriesService {
  const now = clock.now();
  const trusted = { trusted: ['shop/**', 'base/debian'], trustRoots: ['release'] };
  const documents = [
    fakeTrustRoot,
    fakeRegistry('harbor', { host: harbor, gate: { names: [inventedGate] }, platforms: both, ...trusted }),
    fakeRegistry('eu', { host: eu, ...trusted }),
    fakeRegistry('lab', { host: lab, trusted: ['shop/**'] }),
  ];
  const rules = compileRules(documents, 1, noRegistries.trustSources);
  const certified = certificatesOf(now);
  const certificates: Partial<Store['certificates']> = {
    taggedRepositories: async () => [cart, search].map((repository) => ({ registry: harbor, repository })),
    list: async ({ registry, repository, limit, offset }) => {
      const found = certified.filter(({ image }) => image.registry === registry && image.repository === repository);
      return { items: found.slice(offset, offset + limit), total: found.length };
    },
  };
  return createRegistriesService({
    // Of the store, what comparing takes.
    store: { certificates } as Store,
    clock,
    desk: createFakeDesk(shelvesOf(now)).desk,
    limits: defaultReadLimits,
    rules: async () => rules,
  });
}

function shelvesOf(now: Instant): FakeShelves {
  const image = (name: string, daysAgo: number, more: Partial<FakeImage> = {}): FakeImage => ({
    digest: digestOfTag(cart, name),
    platforms: both,
    created: now - daysAgo * day,
    baseCreated: now - (daysAgo + 20) * day,
    signedAs: [harbor, eu].map((host) => `${host}/${cart}`),
    ...more,
  });
  const unreadable = new ImageError('bad-manifest', 'the manifest is no JSON');
  return {
    [harbor]: {
      [cart]: {
        '2.2.0': image('2.2.0', 45),
        '2.3.0': image('2.3.0', 12),
        '2.3.1': image('2.3.1', 9),
        '2.4.0': image('2.4.0', 1),
        'for-harbor': image('for-harbor', 3, { signedAs: [`${harbor}/${cart}`] }),
        'new-base': image('new-base', 4, { baseCreated: now - 5 * day }),
        broken: image('broken', 2),
      },
      [search]: { '1.8.2': image('1.8.2', 4, { signedAs: [], digest: digestOfTag(search, '1.8.2') }) },
    },
    [eu]: {
      [cart]: {
        '2.2.0': image('2.2.0', 45),
        '2.3.0': image('2.3.0 by hand', 30, { signedAs: [] }),
        '2.4.0': image('2.4.0 for amd64', 1, { platforms: ['linux/amd64'] }),
        'for-harbor': image('for-harbor', 3, { signedAs: [`${harbor}/${cart}`] }),
        'new-base': image('old-base', 4, { baseCreated: now - 90 * day }),
        broken: image('broken', 2, { unreadable }),
      },
      [search]: { '1.8.2': image('1.8.2', 4, { signedAs: [], digest: digestOfTag(search, '1.8.2') }) },
    },
    [lab]: new ImageError('unreachable', 'could not read from lab.harbor.example: ECONNREFUSED'),
  };
}

function certificatesOf(now: Instant): readonly Certificate[] {
  const at = (host: string, repository: string, tag: string, daysAgo: number, more: Partial<Certificate> = {}) => {
    const certificate = inventCertificate(repository, tag, now - daysAgo * day, more);
    return { ...certificate, image: { ...certificate.image, registry: host } };
  };
  const withdrawn = {
    at: now - 3 * day,
    effective: now - 2 * day,
    reason: 'image/vulnerabilities: CVE-2026-1006 in zlib',
  };
  return [
    at(harbor, cart, '2.2.0', 45),
    at(eu, cart, '2.2.0', 45),
    at(harbor, cart, '2.3.0', 12, { withdrawn }),
    at(harbor, cart, '2.3.1', 2),
    at(harbor, cart, '2.4.0', 1, { outcome: 'refused' }),
    at(eu, cart, '2.4.0 for amd64', 1, { outcome: 'undecided', cause: 'no feed covers it' }),
    at(harbor, cart, 'for-harbor', 3),
    at(harbor, search, '1.8.2', 4),
    at(eu, search, '1.8.2', 4),
  ];
}
