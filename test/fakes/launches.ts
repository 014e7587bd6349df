import { type Digest, digestOf } from '../../src/base/index.ts';
import type { AdmissionBook, LaunchRecord, LaunchRequest, LaunchTicket } from '../../src/model/index.ts';

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
export function launchParts(): { readonly launchKey: Uint8Array; readonly admissions: AdmissionBook } {
  const book = new Map<Digest, number>();
  return {
    launchKey: Buffer.alloc(32, 7),
    admissions: {
      admittedUntil: async (print) => book.get(print),
      async admit(print, until) {
        book.set(print, until);
      },
    },
  };
}
import type { LaunchFinding, LaunchVerdict } from '../../src/model/index.ts';
import type { AskedLaunch, LaunchService, UnreadableLaunch } from '../../src/service/index.ts';

/** A service of launches that notes what it was asked, and answers what the test says. */
export interface FakeLaunches extends LaunchService {
  readonly asked: AskedLaunch[];
  readonly refused: UnreadableLaunch[];
}

export function fakeLaunches(
  judge: (asked: AskedLaunch) => LaunchVerdict | Promise<LaunchVerdict> = () => allow(),
): FakeLaunches {
  const asked: AskedLaunch[] = [];
  const refused: UnreadableLaunch[] = [];
  return {
    asked,
    refused,
    async decide(launch) {
      asked.push(launch);
      const verdict = await judge(launch);
      const [first] = verdict.findings;
      return {
        id: `decision-${asked.length}`,
        verdict,
        message: verdict.outcome === 'deny' ? `${first?.rule}: ${first?.path}: ${first?.title}. ${first?.remedy}` : '',
      };
    },
    async refuse(launch) {
      refused.push(launch);
      const verdict: LaunchVerdict = { outcome: 'deny', findings: [finding({ rule: 'launch/unreadable' })] };
      return { id: `refusal-${refused.length}`, verdict, message: `launch/unreadable: ${launch.reason}` };
    },
  };
}

export function allow(findings: readonly LaunchFinding[] = []): LaunchVerdict {
  return { outcome: 'allow', findings };
}

export function deny(changes: Partial<LaunchFinding> = {}): LaunchVerdict {
  return { outcome: 'deny', findings: [finding(changes)] };
}

export function finding(changes: Partial<LaunchFinding> = {}): LaunchFinding {
  return {
    rule: 'launch/privileged',
    severity: 'high',
    subject: 'web',
    title: 'The container is privileged',
    remedy: 'Leave privileged out',
    evidence: 'privileged: true',
    path: 'spec.containers[0].securityContext.privileged',
    confidence: 'certain',
    ...changes,
  };
}
