import { type Clock, type Digest, type Instant, type Log, messageOf } from '../base/index.ts';
import {
  type AdmissionBook,
  globMatches,
  type LaunchRecord,
  type LaunchTicket,
  type LaunchVerdict,
  type StartedLaunch,
} from '../model/index.ts';
import { judgeLaunchSet, restartsFor } from '../policy/index.ts';
import { attempt } from './answer-memory.ts';
import { createLaunchFacts, type FactRules, type GatheredLaunch, type GatherParts } from './gather-launch-facts.ts';
import { launchId } from './launch-id.ts';
import { compileLaunchMessage } from './launch-message.ts';
import { recordedFacts, withoutSecrets, withoutShownSecrets } from './launch-secrets.ts';
import type { AskedLaunch, LaunchDecision, UnreadableLaunch } from './launches.ts';
import type { LaunchRecorder } from './record-launches.ts';
import { createRepeats } from './repeated-launches.ts';
import type { RulesInForce } from './rules-in-force.ts';

export interface DecideParts extends GatherParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Name of this machine, for gates that do not say theirs. */
  readonly host: string;
  readonly rules: () => Promise<RulesInForce>;
  readonly recorder: LaunchRecorder;
  readonly book: AdmissionBook;
  /** Told of each decision, once it is recorded. */
  readonly onDecision: (record: LaunchRecord) => void;
}

/** While nobody can say which rules are in force, what was asked is looked into all the same, for the record. */
const noRules: FactRules = { registries: [], contracts: [], inputStrictness: 1 };

/** What the decision of a launch comes from. */
interface Judged {
  readonly gathered: readonly GatheredLaunch[];
  readonly verdict: LaunchVerdict;
  readonly revision: number;
  readonly isStoreAway: boolean;
  /** By which documents and for how many milliseconds it may start again; none where it is judged anew each time. */
  readonly restart?: { readonly rules: Digest | undefined; readonly lasts: number };
}

/** For how long a verdict lets the same start again while the store is away. */
const bookedFor = 7 * 86_400_000;

/**
 * Decides launches from memory, and answers when the decision is recorded. While the store is away, what it was known to allow
 * goes on, and what was admitted on this host before, by its signed verdict; everything else stays undecided.
 */
export function createLaunchDecider(parts: DecideParts) {
  const { clock, log, recorder, book } = parts;
  const gather = createLaunchFacts(parts);
  const isRepeated = createRepeats();

  async function judge(asked: AskedLaunch, host: string, now: Instant): Promise<Judged> {
    const rules = await attempt(parts.rules);
    if ('away' in rules) {
      const cause = `the store is away: ${rules.away}`;
      const bare = await gather(asked.set, host, noRules, now);
      // Nobody knows which image may start where no rule is known.
      const unknown = { state: 'unknown', cause } as const;
      const gathered = bare.map((each) => ({ ...each, facts: { ...each.facts, image: unknown } }));
      const restart = { rules: undefined, lasts: 0 };
      return { gathered, verdict: undecided(cause), revision: 0, isStoreAway: true, restart };
    }
    const gathered = await gather(asked.set, host, rules.value, now);
    const { launchPolicies, exceptions, revision, launchDigest } = rules.value;
    const facts = gathered.map((each) => each.facts);
    const verdict = withoutSecrets(judgeLaunchSet(facts, launchPolicies, exceptions), gathered);
    const lasts = Math.min(bookedFor, ...facts.map((each) => restartsFor(each, launchPolicies)));
    const restart = lasts > 0 ? { restart: { rules: launchDigest, lasts } } : {};
    return { gathered, verdict, revision, isStoreAway: gathered.some((each) => each.isStoreAway), ...restart };
  }

  /** What the book of this host says where the store would have to be asked. */
  async function byBook({ verdict, gathered, restart }: Judged): Promise<LaunchVerdict> {
    if (verdict.outcome === 'allow' || gathered.length === 0 || !restart) return verdict;
    const known = await Promise.all(
      gathered.map(({ fingerprint, isPinned }) => (isPinned ? book.find(fingerprint) : undefined)),
    );
    if (known.some((booked) => booked === undefined)) return verdict;
    if (verdict.outcome === 'undecided') {
      const cause = `${verdict.cause}; ${admittedBefore}`;
      return { outcome: 'allow', findings: verdict.findings, cause };
    }
    // The same was let start by the very same rules, which then knew what only the store knows: what the image brings, its
    // contract, that it was admitted. By other rules than these, what is found now counts.
    if (known.some((booked) => booked?.rules !== restart.rules)) return verdict;
    const findings = verdict.findings.map((finding) => ({ ...finding, observed: true as const }));
    return { outcome: 'allow', findings, cause: `the store is away; ${admittedBefore}` };
  }

  /** Of each container that may start, for those who may start it again. */
  async function started(
    gathered: readonly GatheredLaunch[],
    { verdict, host, at, gate }: LaunchRecord,
    restart: Judged['restart'],
  ): Promise<readonly StartedLaunch[]> {
    if (verdict.outcome !== 'allow' || gate === 'review') return [];
    // What an exception lets pass of an image is over when the exception is; then it is no restart of what was admitted.
    const excepted = verdict.findings.flatMap(({ excepted }) => excepted?.expires ?? []);
    const isOfImage = verdict.findings.some(({ rule, excepted }) => excepted && rule === 'launch/image');
    const isGood = verdict.observed !== true && verdict.cause === undefined;
    const isAdmitted = isGood && !isOfImage;
    const starts = gathered.filter(({ facts, isPinned }) => isPinned && facts.request.action === 'start');
    const { rules, lasts = 0 } = restart ?? {};
    const until = Math.min(at + lasts, ...excepted);
    const kept =
      isGood && rules !== undefined
        ? starts.map(({ fingerprint }) => attempt(() => book.admit(fingerprint, { until, rules })))
        : [];
    // A full disk stops nothing now; without the store it is not known later.
    for (const each of await Promise.all(kept))
      if ('away' in each) log.error({ error: each.away }, 'what was let start could not be written into the book');
    return starts.map(({ fingerprint }) => ({ fingerprint, host, at, isAdmitted }));
  }

  async function finish(
    record: LaunchRecord,
    gathered: readonly GatheredLaunch[],
    { dryRun = false, restart }: { readonly dryRun?: boolean; readonly restart?: Judged['restart'] },
  ): Promise<LaunchDecision> {
    const { id, verdict } = record;
    if (!dryRun && !isRepeated(record)) {
      await recorder.record({ record, started: await started(gathered, record, restart) });
      parts.onDecision(record);
    }
    const message = compileLaunchMessage(verdict, id);
    const ticket = dryRun ? { value: undefined } : await attempt(() => hold(record));
    if ('away' in ticket) log.error({ error: ticket.away }, 'no ticket could be opened');
    const held = 'value' in ticket ? ticket.value : undefined;
    return { id, verdict, message: held === undefined ? message : `${message} Ticket: ${held.id}` };
  }

  /** Opens a ticket for each container that waits for a person, and gives the first. */
  async function hold(record: LaunchRecord): Promise<LaunchTicket | undefined> {
    if (record.outcome !== 'deny' || record.gate === 'review') return undefined;
    const against = record.verdict.findings.filter(({ excepted, observed }) => !excepted && !observed);
    const held = new Set(against.flatMap(({ rule, path }) => (rule === 'launch/unseen-inputs' ? path : [])));
    const { store } = parts;
    const tickets: LaunchTicket[] = [];
    for (const { fingerprint, request, seen } of record.facts) {
      if (seen === true || !held.has(request.path)) continue;
      const known = await store.launches.ticketOf(fingerprint);
      // What a person refused is not asked again; what she allowed for a while is, when that is over.
      if (known && known.state !== 'approved') {
        tickets.push(known);
        continue;
      }
      const { id: decision, at: openedAt, host, who } = record;
      const ticket = {
        id: launchId('t', openedAt),
        fingerprint,
        decision,
        openedAt,
        host,
        request,
        state: 'open',
      } as const;
      await store.launches.openTicket({ ...ticket, ...(who === undefined ? {} : { who }) });
      tickets.push((await store.launches.ticketOf(fingerprint)) ?? ticket);
    }
    return tickets[0];
  }

  function recordOf(
    asked: Omit<AskedLaunch, 'set'>,
    at: Instant,
    verdict: LaunchVerdict,
    rest: Pick<LaunchRecord, 'facts' | 'revision' | 'unreadable'>,
  ): LaunchRecord {
    const { gate, who, host = parts.host } = asked;
    return {
      id: launchId('l', at),
      at,
      gate,
      host,
      ...(who === undefined ? {} : { who }),
      outcome: verdict.outcome,
      observed: verdict.outcome === 'allow' && verdict.observed === true,
      verdict,
      ...rest,
    };
  }

  return {
    async decide(asked: AskedLaunch): Promise<LaunchDecision> {
      const now = clock.now();
      const host = asked.host ?? parts.host;
      try {
        const judged = await judge(asked, host, now);
        const { gathered, revision, restart } = judged;
        const verdict = judged.isStoreAway ? await byBook(judged) : judged.verdict;
        const facts = gathered.map(recordedFacts);
        const { dryRun = false } = asked;
        return await finish(recordOf(asked, now, verdict, { facts, revision }), gathered, { dryRun, restart });
      } catch (error) {
        log.error({ error: messageOf(error) }, 'a launch could not be decided');
        const verdict = undecided(`deciding failed: ${messageOf(error).slice(0, 200)}`);
        const record = recordOf(asked, now, verdict, { facts: [], revision: 0 });
        if (!asked.dryRun) await recorder.record({ record, started: [] });
        return { id: record.id, verdict, message: compileLaunchMessage(verdict, record.id) };
      }
    },
    async refuse({ reason, ...asked }: UnreadableLaunch): Promise<LaunchDecision> {
      const unreadable = withoutShownSecrets(reason);
      const now = clock.now();
      const rules = await attempt(parts.rules);
      const observes = 'value' in rules && !isEnforced(rules.value, asked.host ?? parts.host);
      const verdict: LaunchVerdict = observes
        ? { outcome: 'allow', findings: [], observed: true, cause: unreadable }
        : undecided(unreadable);
      const revision = 'value' in rules ? rules.value.revision : 0;
      const rest = { facts: [], revision, unreadable };
      return finish(recordOf(asked, now, verdict, rest), [], { dryRun: asked.dryRun === true });
    },
  };
}

const admittedBefore = 'the same was admitted on this host before';

/** Whether any policy refuses something on a host: then what cannot be read is no start that may pass. */
function isEnforced({ launchPolicies }: RulesInForce, host: string): boolean {
  return launchPolicies.some(({ mode, spec }) => {
    const hosts = spec.scope?.hosts;
    return mode !== 'observe' && (hosts === undefined || hosts.some((pattern) => globMatches(pattern, host)));
  });
}

function undecided(cause: string): Extract<LaunchVerdict, { outcome: 'undecided' }> {
  return { outcome: 'undecided', cause, findings: [] };
}
