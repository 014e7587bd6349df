import { type Clock, includesAddress, type Log, messageOf, parseAddress } from '../../base/index.ts';
import { SegmentationError } from '../segmentation-error.ts';
import type { AddressLimits } from './address-limits.ts';
import type { Upstream } from './ask-upstream.ts';
import type { Asker } from './askers.ts';
import {
  type DnsMessage,
  type DnsQuestion,
  dnsTypes,
  ednsRecord,
  formatDnsMessage,
  internet,
  parseDnsMessage,
  rcodes,
  readEdns,
} from './dns-message.ts';
import { plainName } from './dns-name.ts';
import { createHeldAddresses } from './held-addresses.ts';
import { createLookUps, type LookUp } from './look-up.ts';
import type { NameMemory } from './name-memory.ts';
import type { NeighborNames } from './neighbor-names.ts';
import { readAddresses } from './read-addresses.ts';
import { type AnswerParts, addressRecord, safePayload, writeAnswer } from './write-answer.ts';

export interface NameResolverParts {
  readonly upstream: Upstream;
  /** Opens the addresses of a name for so many seconds; what was asked is answered once it has. */
  readonly allowName: (name: string, addresses: readonly string[], seconds: number) => Promise<void>;
  readonly memory: NameMemory;
  readonly clock: Clock;
  readonly log: Log;
  readonly bounds?: Partial<ResolverBounds>;
}

export interface ResolverBounds {
  /** Seconds that an answer holds, at least and at most, whatever it says. */
  readonly shortest: number;
  readonly longest: number;
  /** Seconds for which its addresses stay open after it has run out: who used it in the last moment still gets there. */
  readonly grace: number;
  /** Of one answer. */
  readonly addresses: number;
  /** Questions that wait at one time, of all askers and of one. */
  readonly waiting: number;
  readonly waitingOfOne: number;
}

export const usualBounds: ResolverBounds = {
  shortest: 5,
  longest: 3600,
  grace: 30,
  addresses: 128,
  waiting: 512,
  waitingOfOne: 64,
};

/** Something about an answer that a person may want to know. */
export interface NameNote {
  readonly asker: Asker;
  readonly name: string;
  /** `refused`: no rule names it. Others: where it led, which no name opens. */
  readonly what: 'refused' | 'special' | 'protected' | 'inner' | 'full';
  readonly address?: string;
}

export interface NameResolver {
  follow(scene: ResolverScene): void;
  /** Undefined where nothing is answered: to strangers, to what is no question, and to who asks too much. */
  answer(asker: string, bytes: Uint8Array, over: 'udp' | 'tcp'): Promise<Uint8Array | undefined>;
  /** What there was since this was asked last; each once in an hour, and bounded. */
  takeNotes(): readonly NameNote[];
  /** Whether the last question that was asked of an upstream was answered. */
  readonly isHeard: boolean;
}

export interface ResolverScene {
  /** By address. */
  readonly askers: ReadonlyMap<string, Asker>;
  readonly said: ReadonlySet<string>;
  readonly limits: AddressLimits;
  readonly neighbors: NeighborNames;
}

const notedFor = 3_600_000;
const mostNotes = 200;
const mostNoted = 20_000;
/** No question that we know of is longer. */
const longestQuery = 4096;

/**
 * Answers the questions of containers. A name that their rules say is looked up, its addresses are held against the limits and
 * opened in the kernel, and then it is answered; so its first packet passes. Of other names it depends: see askers.ts.
 *
 * Who has no rule by name is answered as the upstream says, byte for byte: nothing is opened by that.
 */
export function createNameResolver(parts: NameResolverParts): NameResolver {
  const { upstream, allowName, memory, clock, log } = parts;
  const bounds = { ...usualBounds, ...parts.bounds };
  const held = createHeldAddresses();
  let scene: ResolverScene = {
    askers: new Map(),
    said: new Set(),
    limits: { judge: () => 'special' },
    neighbors: { addressesOf: () => undefined },
  };
  let isHeard = true;
  let waiting = 0;
  const waitingOf = new Map<string, number>();
  let notes: NameNote[] = [];
  const noted = new Map<string, number>();

  const asked: Upstream = {
    async ask(query, question, over) {
      const answer = await upstream.ask(query, question, over);
      isHeard = answer !== undefined;
      return answer;
    },
  };
  const lookUps = createLookUps({ upstream: asked, clock, ...bounds });

  function note(asker: Asker, name: string, what: NameNote['what'], address?: string): void {
    const key = `${asker.id} ${name} ${what}`;
    const now = clock.now();
    if (now - (noted.get(key) ?? -notedFor) < notedFor || notes.length >= mostNotes) return;
    if (noted.size >= mostNoted) noted.clear();
    noted.set(key, now);
    notes.push({ asker, name, what, ...(address === undefined ? {} : { address }) });
  }

  /** Which addresses of an answer are opened, and which are told. */
  function sift(asker: Asker, name: string, addresses: readonly string[]) {
    const { rules } = asker;
    const opened: string[] = [];
    const told: string[] = [];
    for (const text of addresses) {
      if (told.length >= bounds.addresses) break;
      const judged = scene.limits.judge(name, text);
      const address = parseAddress(text);
      const isLetByBlock = judged === 'inner' && address !== undefined && includesAddress(rules.blocks, address);
      if (judged === 'let') opened.push(text);
      else if (!isLetByBlock) note(asker, name, judged, text);
      if (judged === 'let' || isLetByBlock || rules.isObserved) told.push(text);
    }
    return { opened, told };
  }

  /** False where they are not open. */
  async function open(asker: Asker, name: string, addresses: readonly string[], seconds: number): Promise<boolean> {
    const now = clock.now();
    const until = now + (seconds + bounds.grace) * 1000;
    if (addresses.length === 0 || held.covers(name, addresses, until)) return true;
    if (!held.hold(name, addresses, until, now)) {
      note(asker, name, 'full');
      return false;
    }
    try {
      await allowName(name, addresses, seconds + bounds.grace);
      return true;
    } catch (error) {
      held.release(name);
      log.warn({ name, error: messageOf(error) }, 'addresses of a name could not be opened');
      return false;
    }
  }

  async function answerAddresses(from: string, asker: Asker, question: DnsQuestion): Promise<AnswerParts> {
    const name = plainName(question.name);
    const found: LookUp = await lookUps.lookUp({ ...question, name });
    const { opened, told } = sift(asker, name, found.addresses);
    const seconds = Math.max(1, Math.ceil((found.until - clock.now()) / 1000));
    const isOpen = await open(asker, name, opened, seconds);
    if (!isOpen && !asker.rules.isObserved) return { rcode: rcodes.failed };
    memory.note(from, name, opened);
    if (found.addresses.length > 0 && told.length === 0) return { rcode: rcodes.ok, blocked: true };
    const chain = found.chain.map((record, at) => ({
      ...record,
      // The question's own case: some clients compare.
      name: at === 0 ? question.name : record.name,
      ttl: seconds,
    }));
    const owner = found.chain.at(-1)?.target ?? question.name;
    return {
      rcode: found.rcode,
      records: [...chain, ...told.map((address) => addressRecord(owner, address, seconds))],
    };
  }

  async function relay(from: string, query: DnsMessage, bytes: Uint8Array, over: 'udp' | 'tcp'): Promise<Uint8Array> {
    const [question] = query.questions;
    const answer = question && (await asked.ask(bytes, question, over));
    if (question === undefined || answer === undefined) return writeAnswer(query, { rcode: rcodes.failed }, over);
    if (question.type === dnsTypes.a || question.type === dnsTypes.aaaa)
      memory.note(from, plainName(question.name), readAddresses(answer.message, question).addresses);
    const relayed = Uint8Array.from(answer.bytes);
    relayed[0] = query.id >>> 8;
    relayed[1] = query.id & 255;
    if (over === 'tcp' || relayed.length <= Math.max(512, readEdns(query)?.payload ?? 0)) return relayed;
    return writeAnswer(query, { rcode: rcodes.ok, truncated: true }, over);
  }

  async function answerKnown(from: string, asker: Asker, query: DnsMessage, bytes: Uint8Array, over: 'udp' | 'tcp') {
    const write = (answer: AnswerParts): Uint8Array => writeAnswer(query, answer, over);
    const [question, ...more] = query.questions;
    if (query.opcode !== 0) return write({ rcode: rcodes.notImplemented });
    if (question === undefined || more.length > 0) return write({ rcode: rcodes.malformed });
    const { type } = question;
    const isTransfer = type >= dnsTypes.ixfr && type < dnsTypes.any;
    if (question.class !== internet || isTransfer) return write({ rcode: rcodes.refused });
    const name = plainName(question.name);
    const isOfAddresses = type === dnsTypes.a || type === dnsTypes.aaaa;
    const neighbors = isOfAddresses ? scene.neighbors.addressesOf(from, name) : undefined;
    if (neighbors !== undefined) {
      // They are reached by group: nothing is opened. A container that is made anew has another address at once.
      const records = neighbors.map((address) => addressRecord(question.name, address, 0));
      return write({ rcode: rcodes.ok, records: records.filter((record) => record.type === type) });
    }
    const judged = asker.rules.judge(name);
    if (judged === 'refuse') {
      if (!name.endsWith('.arpa')) note(asker, name, 'refused');
      return write({ rcode: rcodes.noName, blocked: true });
    }
    if (judged === 'pass') return relay(from, query, bytes, over);
    if (isOfAddresses) return write(await answerAddresses(from, asker, question));
    // They bring addresses that nobody looked at, and keys to hide the name.
    if (type === dnsTypes.https || type === dnsTypes.svcb || type === dnsTypes.any) return write({ rcode: rcodes.ok });
    return relay(from, query, plainQuery(query, question), over);
  }

  return {
    follow(now) {
      scene = now;
      held.follow(now.said);
      memory.keep(now.askers);
    },
    async answer(from, bytes, over) {
      const asker = scene.askers.get(from);
      if (asker === undefined || bytes.length > longestQuery) return undefined;
      const ofOne = waitingOf.get(from) ?? 0;
      if (waiting >= bounds.waiting || ofOne >= bounds.waitingOfOne) return undefined;
      waiting++;
      waitingOf.set(from, ofOne + 1);
      try {
        const query = parseDnsMessage(bytes);
        if (query.isResponse) return undefined;
        readEdns(query);
        return await answerKnown(from, asker, query, bytes, over);
      } catch (error) {
        if (error instanceof SegmentationError && error.code === 'bad-message') return undefined;
        throw error;
      } finally {
        waiting--;
        const left = (waitingOf.get(from) ?? 1) - 1;
        if (left === 0) waitingOf.delete(from);
        else waitingOf.set(from, left);
      }
    },
    takeNotes() {
      const taken = notes;
      notes = [];
      return taken;
    },
    get isHeard() {
      return isHeard;
    },
  };
}

/** Its question and nothing else of it: what more a container writes goes to nobody. */
function plainQuery(query: DnsMessage, question: DnsQuestion): Uint8Array {
  const edns = readEdns(query);
  return formatDnsMessage({
    ...query,
    questions: [question],
    answers: [],
    authorities: [],
    additionals: edns === undefined ? [] : [ednsRecord({ ...edns, payload: Math.min(edns.payload, safePayload) })],
  });
}
