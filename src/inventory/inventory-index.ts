import type { SubjectKey, WorkloadSpan } from '../model/index.ts';
import { growableUint8, growableUint32 } from './growable.ts';
import { Postings } from './postings.ts';
import { type Moments, nothing, Spans } from './spans.ts';

/** `now`: what has not ended. Otherwise what ran at any moment of the span. */
export type When = 'now' | Moments;

export interface InventoryQuestion {
  /** Components that are looked for. */
  readonly components: readonly number[];
  /** Components of which it cannot be said whether they are looked for. */
  readonly undetermined: readonly number[];
  readonly when: When;
  readonly limit: number;
  readonly offset: number;
}

export interface InventoryAnswer {
  readonly containers: number;
  /** Images of these containers. */
  readonly images: number;
  /** Images that hold it and of which no container is counted. */
  readonly imagesNotRunning: number;
  /** Machines whose own packages hold it, sorted. */
  readonly hosts: readonly string[];
  /** Containers that hold only undetermined components. */
  readonly undetermined: number;
  /** Containers that ran then and whose image has no bill of materials. */
  readonly unread: number;
  /** The newest start first, then the highest workload number; with the components by which its image is in. */
  readonly rows: readonly { readonly workloadId: number; readonly components: readonly number[] }[];
}

const hostPrefix = 'host:';
const matched = 1;
const uncertain = 2;
/** Above this part of all rows, reading them in sequence is quicker than following the chains of subjects. */
const sequentialFrom = 1 / 8;

/**
 * Who runs what, as numbers: component → subjects (images and machines) → runs of containers.
 *
 * A subject's membership is a slot. A new bill of materials takes a new slot and leaves the old one dead, so that nothing
 * is ever taken out of a posting list; `deadShare` says when it is time to build the index anew.
 */
export class InventoryIndex {
  readonly #subjects = new Map<SubjectKey, number>();
  readonly #keys: SubjectKey[] = [];
  readonly #slotOf = growableUint32();
  readonly #newestRun = growableUint32();
  readonly #runs = growableUint32();
  readonly #running = growableUint32();
  readonly #mark = growableUint8();
  readonly #isHost = growableUint8();
  readonly #subjectOfSlot = growableUint32();
  readonly #slots = new Postings();
  readonly #spans = new Spans();
  #tally = new Uint32Array(0);
  #deadSlots = 0;

  /** Distinct subjects and runs of containers that it holds. */
  get size(): { readonly subjects: number; readonly runs: number } {
    return { subjects: this.#keys.length, runs: this.#spans.length };
  }

  /** How much of the memberships is out of date, from 0 to 1. */
  get deadShare(): number {
    return this.#subjectOfSlot.length === 0 ? 0 : this.#deadSlots / this.#subjectOfSlot.length;
  }

  /** What the subject holds from now on. */
  setComponents(key: SubjectKey, componentIds: Iterable<number>): void {
    const subject = this.#subject(key);
    if (this.#slotOf.at(subject) !== nothing) this.#deadSlots++;
    const slot = this.#subjectOfSlot.length;
    this.#subjectOfSlot.push(subject);
    this.#slotOf.values[subject] = slot;
    for (const componentId of componentIds) this.#slots.add(componentId, slot);
  }

  /** A run of a container: a new one, or another end of one that is known. */
  setSpan({ workloadId, imageId, started, ended }: WorkloadSpan): void {
    const row = this.#spans.find(workloadId);
    if (row === undefined) {
      const subject = this.#subject(imageId);
      const head = this.#newestRun.at(subject);
      this.#newestRun.values[subject] = this.#spans.add(workloadId, subject, started, ended, head);
      this.#count(this.#runs, subject, 1);
      if (ended === undefined) this.#count(this.#running, subject, 1);
      return;
    }
    const wasOpen = this.#spans.isOpen(row);
    this.#spans.end(row, ended);
    const change = Number(ended === undefined) - Number(wasOpen);
    if (change !== 0) this.#count(this.#running, this.#spans.subjects.at(row), change);
  }

  ask(question: InventoryQuestion): InventoryAnswer {
    const certain = this.#markSubjects(question.components, matched);
    const unsure = this.#markSubjects(question.undetermined, uncertain);
    const unread = this.#unreadSubjects();
    const counts = this.#countRuns([certain, unsure, unread], question.when);
    const isHost = this.#isHost.values;
    const hosts: string[] = [];
    let [containers, images, imagesNotRunning] = [0, 0, 0];
    for (const subject of certain) {
      const count = counts[subject] as number;
      containers += count;
      if (isHost[subject] === 1) hosts.push((this.#keys[subject] as string).slice(hostPrefix.length));
      else if (count > 0) images++;
      else imagesNotRunning++;
    }
    const answer: InventoryAnswer = {
      containers,
      images,
      imagesNotRunning,
      hosts: hosts.sort(),
      undetermined: sum(unsure, counts),
      unread: sum(unread, counts),
      rows: containers > question.offset ? this.#page(question) : [],
    };
    for (const subject of certain) this.#mark.values[subject] = 0;
    for (const subject of unsure) this.#mark.values[subject] = 0;
    return answer;
  }

  #subject(key: SubjectKey): number {
    let subject = this.#subjects.get(key);
    if (subject === undefined) {
      subject = this.#keys.length;
      this.#subjects.set(key, subject);
      this.#keys.push(key);
      this.#slotOf.push(nothing);
      this.#newestRun.push(nothing);
      this.#runs.push(0);
      this.#running.push(0);
      this.#mark.push(0);
      this.#isHost.push(key.startsWith(hostPrefix) ? 1 : 0);
    }
    return subject;
  }

  #count(counters: { readonly values: Uint32Array }, subject: number, change: number): void {
    counters.values[subject] = (counters.values[subject] as number) + change;
  }

  /** Subjects that hold any of these components and carry no mark yet. */
  #markSubjects(componentIds: readonly number[], mark: number): number[] {
    const found: number[] = [];
    const marks = this.#mark.values;
    const subjectOfSlot = this.#subjectOfSlot.values;
    const slotOf = this.#slotOf.values;
    for (const componentId of componentIds) {
      const slots = this.#slots.of(componentId);
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i] as number;
        const subject = subjectOfSlot[slot] as number;
        if (slotOf[subject] !== slot || marks[subject] !== 0) continue;
        marks[subject] = mark;
        found.push(subject);
      }
    }
    return found;
  }

  #unreadSubjects(): number[] {
    const unread: number[] = [];
    const slotOf = this.#slotOf.values;
    for (let subject = 0; subject < this.#keys.length; subject++) if (slotOf[subject] === nothing) unread.push(subject);
    return unread;
  }

  /** For each of these subjects the number of its runs; other places of the array say nothing. */
  #countRuns(groups: readonly (readonly number[])[], when: When): Uint32Array {
    if (when === 'now') return this.#running.values;
    if (this.#tally.length < this.#keys.length) this.#tally = new Uint32Array(this.#keys.length);
    const tally = this.#tally;
    let runs = 0;
    for (const subjects of groups) runs += sum(subjects, this.#runs.values);
    if (runs > this.#spans.length * sequentialFrom) {
      tally.fill(0);
      this.#spans.countAll(tally, when);
      return tally;
    }
    for (const subjects of groups) {
      for (const subject of subjects) tally[subject] = this.#spans.countChain(this.#newestRun.at(subject), when);
    }
    return tally;
  }

  #page({ components, when, limit, offset }: InventoryQuestion): InventoryAnswer['rows'] {
    const rows: InventoryAnswer['rows'][number][] = [];
    const found = new Map<number, readonly number[]>();
    const marks = this.#mark.values;
    const subjects = this.#spans.subjects.values;
    const started = this.#spans.started.values;
    const ended = this.#spans.ended.values;
    const order = this.#spans.order();
    const { from, to } = when === 'now' ? { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY } : when;
    let skip = offset;
    for (let i = order.length - 1; i >= 0 && rows.length < limit; i--) {
      const row = order[i] as number;
      const subject = subjects[row] as number;
      if (marks[subject] !== matched) continue;
      if ((started[row] as number) > to || (ended[row] as number) < from) continue;
      if (skip > 0) {
        skip--;
        continue;
      }
      let held = found.get(subject);
      if (!held) {
        const slot = this.#slotOf.at(subject);
        held = components.filter((componentId) => this.#slots.has(componentId, slot));
        found.set(subject, held);
      }
      rows.push({ workloadId: this.#spans.workloadIds.at(row), components: held });
    }
    return rows;
  }
}

function sum(subjects: readonly number[], counts: Uint32Array): number {
  let total = 0;
  for (const subject of subjects) total += counts[subject] as number;
  return total;
}
