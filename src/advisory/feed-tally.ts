import type { Instant } from '../base/index.ts';
import { type Advisory, type CoverageKey, coverageKey } from '../model/index.ts';
import type { RecordResult } from './format/record.ts';

export interface FeedSummary {
  readonly advisoryCount: number;
  readonly rejectedCount: number;
  /** What is sound but was left out, by reason, with how often: ecosystems that are not supported. */
  readonly skipped: ReadonlyMap<string, number>;
  /** The newest change that a record tells; absent where none tells any, for the date of a file says nothing of its age. */
  readonly dataAsOf?: Instant;
  readonly coverage: readonly CoverageKey[];
}

const reasonsKept = 200;
const skipReasonsKept = 1000;
const oneDay = 86_400_000;

/** What a reading came to so far. */
export class FeedTally {
  advisoryCount = 0;
  rejectedCount = 0;
  readonly #latest: Instant;
  readonly #skipped = new Map<string, number>();
  readonly #coverage = new Set<CoverageKey>();
  readonly #changes = new Map<string, Instant>();
  #reasons: string[] = [];
  #reasonsTaken = 0;
  #newest: Instant | undefined;

  constructor(at: Instant) {
    this.#latest = at + oneDay;
  }

  /** The advisory, where the record is one and is not an older state of one that was there before. */
  add(result: Exclude<RecordResult, { kind: 'remark' }>): Advisory | undefined {
    if (result.kind === 'rejected') {
      this.reject(result.reason);
      return undefined;
    }
    for (const reason of result.skipped) {
      const known = this.#skipped.get(reason);
      if (known !== undefined || this.#skipped.size < skipReasonsKept) this.#skipped.set(reason, (known ?? 0) + 1);
    }
    if (result.kind === 'skipped') return undefined;
    const { advisory } = result;
    const changed = advisory.modified ?? 0;
    const before = this.#changes.get(advisory.id);
    if (before !== undefined && before > changed) {
      this.reject(`${advisory.id}: it is there already in a newer state`);
      return undefined;
    }
    this.#changes.set(advisory.id, changed);
    if (before === undefined) this.advisoryCount++;
    this.date(changed);
    for (const { ecosystem, distribution } of advisory.affected) this.cover(coverageKey(ecosystem, distribution));
    return advisory;
  }

  /** Of a change within the feed; what lies in the future is not believed. */
  date(changed: Instant): void {
    if (changed <= this.#latest && changed > (this.#newest ?? 0)) this.#newest = changed;
  }

  cover(key: CoverageKey): void {
    this.#coverage.add(key);
  }

  reject(reason: string): void {
    this.rejectedCount++;
    if (this.#reasonsTaken + this.#reasons.length < reasonsKept) this.#reasons.push(reason);
  }

  takeReasons(): string[] {
    const reasons = this.#reasons;
    this.#reasonsTaken += reasons.length;
    this.#reasons = [];
    return reasons;
  }

  summary(): FeedSummary {
    return {
      advisoryCount: this.advisoryCount,
      rejectedCount: this.rejectedCount,
      skipped: this.#skipped,
      ...(this.#newest === undefined ? {} : { dataAsOf: this.#newest }),
      coverage: [...this.#coverage].sort(),
    };
  }
}
