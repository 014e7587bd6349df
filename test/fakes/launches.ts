import { type Clock, type Digest, digestOf } from '../../src/base/index.ts';
import type { AdmissionBook, BookedVerdict, LaunchRecord, LaunchRequest, LaunchTicket } from '../../src/model/index.ts';
import { readLanguages } from '../../src/wiring/languages.ts';

/** A container that asks for nothing in particular. */
export function launchRequest(over: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    form: 'docker',
    action: 'start',
    path: '',
    role: 'container',
    workload: { labels: {} },
    image: {
      value: 'registry.example/team/app:1',
      path: 'Image',
      reference: { registry: 'registry.example', repository: 'team/app', tag: '1' },
    },
    scripts: [],
    environment: [],
    files: [],
    mounts: [],
    groups: [],
    security: {},
    namespaces: [],
    devices: [],
    sysctls: [],
    ports: [],
    resources: {},
    volumesFrom: [],
    others: [],
    ...over,
  };
}

export function fingerprint(name: string): Digest {
  return digestOf(`launch ${name}`);
}

export function launchRecord(over: Partial<LaunchRecord> = {}): LaunchRecord {
  return {
    id: 'l1',
    at: 100,
    gate: 'docker',
    host: 'one.example',
    outcome: 'allow',
    observed: false,
    verdict: { outcome: 'allow', findings: [] },
    facts: [
      {
        request: launchRequest(),
        image: { state: 'unknown', cause: 'nobody looked' },
        inputs: { findings: [], inputs: [], unread: [] },
        contract: { state: 'none' },
        fingerprint: fingerprint('a'),
      },
    ],
    revision: 1,
    ...over,
  };
}

export function launchTicket(over: Partial<LaunchTicket> = {}): LaunchTicket {
  return {
    id: 't1',
    fingerprint: fingerprint('a'),
    decision: 'l1',
    openedAt: 100,
    host: 'one.example',
    request: launchRequest(),
    state: 'open',
    ...over,
  };
}

/** What the services need for launches, in memory. */
export function launchParts(clock?: Clock) {
  const book = new Map<Digest, BookedVerdict>();
  const admissions: AdmissionBook = {
    async find(print) {
      const known = book.get(print);
      return known !== undefined && known.until > (clock?.now() ?? 0) ? known : undefined;
    },
    async admit(print, verdict) {
      book.set(print, verdict);
    },
  };
  return { launchKey: Buffer.alloc(32, 7), admissions, findLanguage: readLanguages };
}
