import type { Clock, Instant } from '../../base/index.ts';
import type { Upstream } from './ask-upstream.ts';
import { type DnsQuestion, ednsRecord, formatDnsMessage, questionFlags, rcodes } from './dns-message.ts';
import { type LedTo, readAddresses } from './read-addresses.ts';
import { safePayload } from './write-answer.ts';

export interface LookUp extends LedTo {
  /** When it has run out; by our bounds, whatever it says. */
  readonly until: Instant;
}

export interface LookUpParts {
  readonly upstream: Upstream;
  readonly clock: Clock;
  /** Seconds. */
  readonly shortest: number;
  readonly longest: number;
}

/** Looks up addresses; what was answered is kept as long as it holds, and what is being asked is asked once. */
export interface LookUps {
  /** The name in lower case. */
  lookUp(question: DnsQuestion): Promise<LookUp>;
}

const mostKept = 4096;
/** That there is none is believed for so many seconds. */
const longestNone = 30;

export function createLookUps({ upstream, clock, shortest, longest }: LookUpParts): LookUps {
  const kept = new Map<string, LookUp>();
  const asking = new Map<string, Promise<LookUp>>();

  async function ask(question: DnsQuestion): Promise<LookUp> {
    const answer = await upstream.ask(queryFor(question), question, 'udp');
    const now = clock.now();
    const rcode = answer?.message.rcode;
    if (answer === undefined || (rcode !== rcodes.ok && rcode !== rcodes.noName))
      return { rcode: rcodes.failed, chain: [], addresses: [], until: now };
    const led = readAddresses(answer.message, question);
    const most = led.addresses.length > 0 ? longest : longestNone;
    if (led.ttl === undefined) return { ...led, until: now };
    return { ...led, until: now + Math.min(Math.max(led.ttl, shortest), most) * 1000 };
  }

  return {
    lookUp(question) {
      const key = `${question.type} ${question.name}`;
      const known = kept.get(key);
      if (known !== undefined && known.until > clock.now()) return Promise.resolve(known);
      const running = asking.get(key);
      if (running !== undefined) return running;
      const begun = ask(question)
        .then((found) => {
          kept.delete(key);
          if (found.until > clock.now()) kept.set(key, found);
          for (const oldest of kept.keys()) {
            if (kept.size <= mostKept) break;
            kept.delete(oldest);
          }
          return found;
        })
        .finally(() => asking.delete(key));
      asking.set(key, begun);
      return begun;
    },
  };
}

/** RFC 1035 with EDNS; the ID is the upstream's to make. */
function queryFor(question: DnsQuestion): Uint8Array {
  const head = { id: 0, isResponse: false, opcode: 0, flags: questionFlags, rcode: 0 };
  const additionals = [ednsRecord({ payload: safePayload, dnssecOk: false })];
  return formatDnsMessage({ ...head, questions: [question], answers: [], authorities: [], additionals });
}
