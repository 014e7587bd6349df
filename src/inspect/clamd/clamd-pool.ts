import { setTimeout as sleep } from 'node:timers/promises';
import { type ClamdAddress, parseClamdAddress } from './clamd-address.ts';
import { ClamdConnection, type ClamdPatience, usualPatience } from './clamd-connection.ts';
import type { ClamdReply } from './clamd-reply.ts';

/** What came of showing a file: clamd's answer with who gave it, or why there is none. */
export type ClamdAnswer = { readonly reply: ClamdReply; readonly version: string } | { readonly unexamined: string };

/** MaxThreads of clamd is ten, and a reading has up to two threads with a pool each. */
const connectionsAtMost = 3;
/** That many in a row cannot be opened: nobody is there, and asking for each file would take as long as there are files. */
const openFailuresAtMost = 3;
/** Files over which a connection broke, in one reading: each may have cost the whole of our patience. */
const breaksAtMost = 50;
const pauseAfterFailure = 200;

interface Lane {
  connection?: ClamdConnection;
}

/** Shows files to clamd over a few connections. Never rejects: what could not be shown says why. */
export class ClamdPool {
  readonly #text: string;
  readonly #address: ClamdAddress;
  readonly #patience: ClamdPatience;
  readonly #queue: { readonly bytes: Uint8Array; resolve(answer: ClamdAnswer): void }[] = [];
  readonly #lanes: Lane[] = Array.from({ length: connectionsAtMost }, () => ({}));
  readonly #free: Lane[] = [...this.#lanes];
  #openFailures = 0;
  #breaks = 0;
  #gaveUp: string | undefined;
  /** Bytes of the smallest file that was refused as too large. */
  #refused = Number.POSITIVE_INFINITY;

  /** Throws InspectError `bad-clamd-address`. */
  constructor(address: string, patience: ClamdPatience = usualPatience) {
    this.#text = address;
    this.#address = parseClamdAddress(address);
    this.#patience = patience;
  }

  /** The bytes must stay as they are until the answer comes. */
  scan(bytes: Uint8Array): Promise<ClamdAnswer> {
    return new Promise((resolve) => {
      this.#queue.push({ bytes, resolve });
      const lane = this.#free.pop();
      if (lane) void this.#work(lane);
    });
  }

  close(): void {
    this.#gaveUp = 'the reading was stopped';
    for (const { connection } of this.#lanes) connection?.close();
  }

  async #work(lane: Lane): Promise<void> {
    for (let job = this.#queue.shift(); job; job = this.#queue.shift()) job.resolve(await this.#scan(lane, job.bytes));
    this.#free.push(lane);
  }

  /** Twice where the connection breaks: clamd closes those that were idle for a while. */
  async #scan(lane: Lane, bytes: Uint8Array): Promise<ClamdAnswer> {
    let why = '';
    for (let attempt = 0; attempt < 2; attempt++) {
      if (this.#gaveUp !== undefined) return { unexamined: this.#gaveUp };
      if (bytes.length >= this.#refused) return { unexamined: notTaken };
      const connection = await this.#connectionOf(lane);
      if (typeof connection === 'string') {
        why = connection;
        continue;
      }
      try {
        const reply = await connection.scan(bytes, this.#patience);
        if (reply.kind === 'too-large') {
          this.#refused = Math.min(this.#refused, bytes.length);
          return { unexamined: notTaken };
        }
        return { reply, version: connection.version };
      } catch {
        why = connection.isSending ? notTaken : `clamd at ${this.#text} breaks off over it`;
        if (++this.#breaks >= breaksAtMost) this.#giveUp(`clamd at ${this.#text} broke off too often`);
      }
    }
    return { unexamined: this.#gaveUp ?? why };
  }

  /** The connection of the lane, or why there is none. */
  async #connectionOf(lane: Lane): Promise<ClamdConnection | string> {
    if (lane.connection?.isOpen) return lane.connection;
    try {
      const connection = await ClamdConnection.open(this.#address, this.#patience);
      this.#openFailures = 0;
      lane.connection = connection;
      if (this.#gaveUp !== undefined) connection.close();
      return connection;
    } catch (error) {
      const { code = 'no reason' } = error as { code?: string };
      const why = `clamd does not answer at ${this.#text} (${code})`;
      if (++this.#openFailures >= openFailuresAtMost) this.#giveUp(why);
      else await sleep(pauseAfterFailure);
      return why;
    }
  }

  #giveUp(why: string): void {
    this.#gaveUp ??= why;
  }
}

const notTaken = 'clamd does not take the whole of it (StreamMaxLength)';
