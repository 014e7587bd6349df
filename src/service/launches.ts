import { type Digest, type Instant, parseInstant } from '../base/index.ts';
import type {
  EngineRules,
  ImageReference,
  LaunchGate,
  LaunchRecord,
  LaunchSet,
  LaunchVerdict,
} from '../model/index.ts';
import type {
  LaunchDetail,
  LaunchListQuery,
  LaunchPage,
  TicketAnswerInput,
  TicketPage,
  TicketQuery,
  TicketView,
} from '../model/wire/index.ts';
import { engineRulesOf } from '../policy/index.ts';
import { createLaunchDecider, type DecideParts } from './decide-launch.ts';
import { launchDetail, launchView, ticketView } from './launch-views.ts';
import { createPullAdvice } from './may-pull.ts';
import { ServiceError } from './service-error.ts';

/** A launch that a gate asks about. */
export interface AskedLaunch {
  readonly gate: LaunchGate;
  readonly set: LaunchSet;
  /** Who asks, where the engine tells: the name in a TLS client certificate, a user of the cluster, `uid 1000`. */
  readonly who?: string;
  /** Name of the host; of a cluster its name. */
  readonly host?: string;
  /** Nothing is started whatever the answer: it is not recorded as a launch. */
  readonly dryRun?: boolean;
}

/** A set that could not be read at all. */
export interface UnreadableLaunch extends Omit<AskedLaunch, 'set'> {
  /** One sentence that names the path. */
  readonly reason: string;
}

export interface LaunchDecision {
  /** Names it for `portwarden explain`. */
  readonly id: string;
  readonly verdict: LaunchVerdict;
  /** For who asked, in one readable line: why not, by which rule, and what to do. Empty where it is allowed. */
  readonly message: string;
}

/** What a gate asks. */
export interface LaunchDecider {
  /** Never throws for what was asked: what cannot be decided is `undecided`. */
  decide(asked: AskedLaunch): Promise<LaunchDecision>;
  /** Records that something was asked which is no launch that can be read: undecided, or let pass where all policies observe. */
  refuse(asked: UnreadableLaunch): Promise<LaunchDecision>;
}

/** What an engine is told besides. */
export interface EngineAdvice {
  /** What policies say of the engines of a host. While the store is away, what held still holds. */
  engineRules(host: string): Promise<EngineRules>;
  /** Whether an image may come to a host by a pull; what cannot be decided may not. */
  mayPull(reference: ImageReference, host: string): Promise<PullAnswer>;
  /** What a name leads to, where that is certified; rejects where nobody can say. */
  certifiedDigest(reference: ImageReference): Promise<{ readonly digest: Digest } | undefined>;
}

export type PullAnswer =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string; readonly remedy?: string };

/** Decides launches, and remembers what was decided. */
export interface LaunchService extends LaunchDecider, EngineAdvice {
  /** Newest first. */
  list(query: LaunchListQuery): Promise<LaunchPage>;
  /** By its ID; undefined where it is not known. */
  explain(id: string): Promise<LaunchDetail | undefined>;
  tickets(query: TicketQuery): Promise<TicketPage>;
  ticket(id: string): Promise<TicketView | undefined>;
  /** Undefined where there is no such ticket. Throws ServiceError `bad-query` for times, `conflict` where it was answered. */
  answerTicket(id: string, answer: TicketAnswerInput, by: string): Promise<TicketView | undefined>;
}

/** Nothing is approved for ever, in milliseconds. */
const longestApproval = 366 * 86_400_000;
const longestReason = 2000;
const usualApproval = 30 * 86_400_000;

export function createLaunchService(parts: DecideParts): LaunchService {
  const { clock, store } = parts;
  const { launches } = store;
  const decider = createLaunchDecider(parts);

  function endOf(answer: TicketAnswerInput, now: Instant): Instant | undefined {
    if (answer.state === 'refused') return undefined;
    const until = answer.until === undefined ? now + usualApproval : parseInstant(answer.until);
    if (until !== undefined && until > now && until - now <= longestApproval) return until;
    throw new ServiceError('bad-query', `"${answer.until}" is no time from now on within a year`, {
      remedy: 'Give a time such as 2030-01-31T00:00:00Z, or none for 30 days',
    });
  }

  return {
    ...decider,
    engineRules: async (host) => engineRulesOf((await parts.rules()).launchPolicies, host),
    ...createPullAdvice(parts),
    async list({ limit = 100, offset = 0, ...query }) {
      const { items, total } = await launches.list({ limit, offset, ...query });
      return { items: items.map(launchView), total };
    },
    async explain(id) {
      const record = await launches.get(id);
      return record && launchDetail(record, await ticketOf(record));
    },
    async tickets({ limit = 100, offset = 0, state }) {
      const { items, total } = await launches.tickets({ limit, offset, ...(state === undefined ? {} : { state }) });
      const now = clock.now();
      return { items: items.map((ticket) => ticketView(ticket, now)), total };
    },
    async ticket(id) {
      const ticket = await launches.ticket(id);
      return ticket && ticketView(ticket, clock.now());
    },
    async answerTicket(id, answer, by) {
      const known = await launches.ticket(id);
      if (!known) return undefined;
      const now = clock.now();
      const reason = answer.reason.trim();
      if (reason === '' || reason.length > longestReason)
        throw new ServiceError('bad-query', `a reason has 1 to ${longestReason} characters`, {
          remedy: 'Say why, for who reads it later',
        });
      const until = endOf(answer, now);
      const given = { by, at: now, reason, ...(until === undefined ? {} : { until }) };
      if (!(await launches.answerTicket(id, answer.state, given))) {
        const who = known.answer ? ` by ${known.answer.by}` : '';
        throw new ServiceError('ticket-answered', `ticket ${id} was ${known.state} already${who}`, {
          remedy: 'Let the launch be asked for again: it opens another where it has to',
        });
      }
      const answered = await launches.ticket(id);
      return answered && ticketView(answered, now);
    },
  };

  async function ticketOf({ facts }: LaunchRecord) {
    for (const { fingerprint } of facts) {
      const ticket = await launches.ticketOf(fingerprint);
      if (ticket) return ticket;
    }
    return undefined;
  }
}
