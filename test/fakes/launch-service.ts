import { type Clock, digestOf, silentLog } from '../../src/base/index.ts';
import type { LaunchFinding, LaunchRecord, LaunchStore, LaunchTicket, Store } from '../../src/model/index.ts';
import { parseImageReference } from '../../src/model/index.ts';
import { createLaunchService, type LaunchService } from '../../src/service/launches.ts';
import { createLaunchRecorder } from '../../src/service/record-launches.ts';
import type { RulesInForce } from '../../src/service/rules-in-force.ts';
import { createMemoryLaunches } from './launch-store.ts';
import { fingerprint, launchParts, launchRecord, launchRequest, launchTicket } from './launches.ts';

const minute = 60_000;

const finding = (over: Partial<LaunchFinding>): LaunchFinding => ({
  rule: 'launch/privileged',
  severity: 'critical',
  subject: 'web',
  title: 'The container is privileged',
  remedy: 'Take out --privileged, and add the one capability that it needs',
  evidence: 'it asks for every privilege of the host',
  path: 'HostConfig.Privileged',
  confidence: 'certain',
  ...over,
});
const socket = finding({
  rule: 'launch/engine-socket',
  title: 'The socket of an engine is mounted',
  remedy: 'Give it an API of its own, or none',
  evidence: '/var/run/docker.sock is the socket of dockerd',
  path: 'HostConfig.Binds[0]',
});
const injected = finding({
  rule: 'input/shell-injection',
  severity: 'high',
  title: 'A value carries shell code',
  remedy: 'Pass data, and let the program start what it needs',
  evidence: 'NAME has a command behind a semicolon',
  path: 'Env[1]',
  confidence: 'likely',
});

function invent(now: number, n: number, image: string, over: Partial<LaunchRecord>): LaunchRecord {
  const request = launchRequest({
    name: image.split('/').at(-1)?.split(':')[0] ?? 'web',
    image: { value: image, path: 'Image', reference: parseImageReference(image) },
    environment: [
      { name: 'MODE', value: 'production', path: 'Env[0]' },
      { name: 'DB_PASSWORD', value: '[redacted]', path: 'Env[1]' },
    ],
  });
  return launchRecord({
    id: `l${n}`,
    at: now - n * 7 * minute,
    host: n % 3 === 0 ? 'two.example' : 'one.example',
    who: 'deployer',
    facts: [
      {
        request,
        image: { state: 'certified', image: { ...parseImageReference(image), digest: digestOf(image) }, expires: now },
        inputs: {
          findings: [],
          inputs: [
            { path: 'Env[0]', place: 'variable', name: 'MODE', kind: 'text', secret: false },
            { path: 'Env[1]', place: 'variable', name: 'DB_PASSWORD', kind: 'text', secret: true },
          ],
          unread: [],
        },
        contract: { state: 'none' },
        fingerprint: fingerprint(image),
      },
    ],
    ...over,
  });
}

const deny = (...[first = socket, ...rest]: readonly LaunchFinding[]): Partial<LaunchRecord> => ({
  outcome: 'deny',
  verdict: { outcome: 'deny', findings: [first, ...rest] },
});

/** Launches of a shop: some refused, some only observed, one that could not be decided, and one that waits for a person. */
export function inventLaunches(now: number): readonly LaunchRecord[] {
  const cart = 'registry.example/shop/cart:2.4.0';
  const held = finding({
    rule: 'launch/unseen-inputs',
    severity: 'medium',
    title: 'It starts with inputs that nobody has seen',
    remedy: 'Ask for a look at its ticket',
    evidence: 'the same was never started before',
    path: '',
  });
  return [
    invent(now, 1, cart, deny(finding({}), socket, injected)),
    invent(now, 2, 'registry.example/shop/search:1.9', { verdict: { outcome: 'allow', findings: [] } }),
    invent(now, 3, 'registry.example/shop/pay:7', {
      observed: true,
      verdict: { outcome: 'allow', findings: [injected], observed: true },
    }),
    invent(now, 4, 'registry.example/shop/mail:3', {
      outcome: 'undecided',
      verdict: { outcome: 'undecided', cause: 'the image is not known', findings: [] },
    }),
    invent(now, 5, 'registry.example/shop/report:5', { gate: 'kubernetes', ...deny(held) }),
    ...Array.from({ length: 30 }, (_, n) => invent(now, n + 6, cart, { gate: n % 2 === 0 ? 'docker' : 'runtime' })),
  ];
}

/** Invented launches in memory, and the ticket of the one that waits. */
export function inventLaunchStore(clock: Clock): LaunchStore {
  const records = inventLaunches(clock.now());
  const held = records.find(({ gate }) => gate === 'kubernetes');
  const tickets: LaunchTicket[] = held
    ? [
        launchTicket({
          id: 't5',
          fingerprint: held.facts[0]?.fingerprint ?? fingerprint('report'),
          decision: held.id,
          openedAt: held.at,
          host: held.host,
          who: 'deployer',
          request: held.facts[0]?.request ?? launchRequest(),
        }),
      ]
    : [];
  return createMemoryLaunches(records, tickets);
}

/** The real service over invented launches in memory. Nothing is decided by it. */
export function createFakeLaunches(
  clock: Clock,
  rules: () => Promise<RulesInForce>,
  launches: LaunchStore = inventLaunchStore(clock),
): LaunchService {
  const { launchKey: key, admissions: book, findLanguage } = launchParts();
  // Of the store, what launches take.
  const store = { launches } as unknown as Store;
  const recorder = createLaunchRecorder({ store: launches, log: silentLog });
  return createLaunchService({
    store,
    key,
    book,
    findLanguage,
    clock,
    log: silentLog,
    host: 'one.example',
    rules,
    recorder,
    onDecision: () => undefined,
  });
}
