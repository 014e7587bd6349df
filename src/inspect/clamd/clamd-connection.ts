import { connect, type Socket } from 'node:net';
import { InspectError } from '../inspect-error.ts';
import type { ClamdAddress } from './clamd-address.ts';
import { type ClamdReply, ClamdReplyReader, parseClamdReply } from './clamd-reply.ts';

/** How long clamd may take, in milliseconds. It answers a greeting at once, but for while it loads its database. */
export interface ClamdPatience {
  readonly greeting: number;
  /** For one file, sent and scanned: MaxScanTime of clamd.conf(5) is two minutes. */
  readonly scan: number;
}
export const usualPatience: ClamdPatience = { greeting: 10_000, scan: 150_000 };

const chunkBytes = 256 * 1024;

interface Awaited {
  resolve(reply: ClamdReply): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/**
 * A session with clamd (clamd(8), IDSESSION): one command after the other, since clamd may stop reading where its replies
 * are not taken.
 */
export class ClamdConnection {
  /** `ClamAV 1.4.3/27400/Mon Sep  9 08:31:02 2024`: program, database and its time. */
  version = '';
  readonly #socket: Socket;
  readonly #reader = new ClamdReplyReader();
  #commands = 0;
  #isSending = false;
  #awaited: Awaited | undefined;
  #failure: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new InspectError('clamd-unreachable', 'clamd closed the connection')));
  }

  /** Connects and asks for the version. Rejects with what the socket says, or InspectError. */
  static async open(address: ClamdAddress, patience: ClamdPatience = usualPatience): Promise<ClamdConnection> {
    const connection = new ClamdConnection(connect(address));
    const greeting = connection.#reply(patience.greeting);
    connection.#socket.write('zIDSESSION\0zVERSION\0');
    const reply = await greeting;
    if (reply.kind === 'text' && /^ClamAV |^COMMAND UNAVAILABLE/.test(reply.text)) {
      connection.version = reply.text.startsWith('ClamAV ') ? reply.text : 'ClamAV of a version that it does not tell';
      return connection;
    }
    connection.close();
    throw new InspectError('bad-clamd-reply', 'what answers is not clamd');
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  /**
   * Whether a file is on its way. A connection that broke meanwhile most likely refused it: the reply that says so can be
   * lost, since a socket whose other end has closed fails in writing before it is read.
   */
  get isSending(): boolean {
    return this.#isSending;
  }

  /** Rejects where the connection breaks, or no reply comes in time; it cannot be used after that. */
  async scan(bytes: Uint8Array, patience: ClamdPatience = usualPatience): Promise<ClamdReply> {
    if (this.#failure) throw this.#failure;
    const reply = this.#reply(patience.scan);
    const answered = reply.then(
      () => true,
      () => true,
    );
    let refused = false;
    this.#isSending = true;
    this.#socket.cork();
    this.#socket.write('zINSTREAM\0');
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const chunk = bytes.subarray(at, at + chunkBytes);
      this.#socket.write(lengthOf(chunk.length));
      const hasRoom = this.#socket.write(chunk);
      if (at + chunkBytes >= bytes.length) break;
      this.#socket.uncork();
      // A reply before the end is a refusal: the rest would be taken for commands.
      refused = !hasRoom && (await Promise.race([this.#drained(), answered]));
      if (refused) break;
      this.#socket.cork();
    }
    this.#socket.write(lengthOf(0), (error) => {
      if (!error) this.#isSending = false;
    });
    this.#socket.uncork();
    const answer = await reply;
    if (refused || answer.kind === 'too-large') this.close();
    return answer;
  }

  close(): void {
    this.#fail(new InspectError('clamd-unreachable', 'the connection to clamd was closed'));
  }

  #drained(): Promise<false> {
    return new Promise((resolve) => {
      this.#socket.once('drain', () => resolve(false));
    });
  }

  #reply(milliseconds: number): Promise<ClamdReply> {
    this.#commands++;
    return new Promise((resolve, reject) => {
      const late = () => this.#fail(new InspectError('clamd-unreachable', `no answer within ${milliseconds / 1000} s`));
      this.#awaited = { resolve, reject, timer: setTimeout(late, milliseconds) };
    });
  }

  #receive(bytes: Buffer): void {
    try {
      for (const line of this.#reader.push(bytes)) {
        const { id, reply } = parseClamdReply(line);
        const awaited = this.#awaited;
        if (!awaited || id !== this.#commands)
          throw new InspectError('bad-clamd-reply', 'clamd says something that it was not asked');
        this.#awaited = undefined;
        clearTimeout(awaited.timer);
        awaited.resolve(reply);
      }
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#socket.destroy();
    if (this.#awaited) clearTimeout(this.#awaited.timer);
    this.#awaited?.reject(this.#failure);
    this.#awaited = undefined;
  }
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}
