import { createHash, type Hash } from 'node:crypto';
import type { ExaminedFile, FileFollower, FileNote, Severity } from '../model/index.ts';
import { type FoundMark, ProgramSearch } from './find-malware.ts';
import { severityOf } from './find-secrets.ts';
import { type InspectRuleId, inspectRules } from './rules.ts';
import { TextSearch } from './text-search.ts';

/** So many bytes tell what a file is. */
const headBytes = 8192;
/** Larger ones are no files of these names. */
const largestNamed = 1024 * 1024;

/** Looks into one file as it comes: as a text, as a program, or for its digest alone. */
export class FileSearch implements FileFollower {
  readonly #file: ExaminedFile;
  readonly #bad: ReadonlyMap<string, string>;
  readonly #hash: Hash | undefined;
  /** What came before it was known what it is. */
  #head: Buffer | undefined = Buffer.alloc(0);
  #program: ProgramSearch | undefined;
  #text: TextSearch | undefined;
  #decode: (bytes: Buffer) => string = latin1;
  /** The whole text of a file whose lines its name explains. */
  #named = '';

  constructor(file: ExaminedFile, bad: ReadonlyMap<string, string>) {
    this.#file = file;
    this.#bad = bad;
    this.#hash = bad.size > 0 ? createHash('sha256') : undefined;
  }

  push(bytes: Uint8Array): boolean {
    let buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#hash?.update(buffer);
    if (this.#head !== undefined) {
      // A copy where more must come: these bytes are valid during this call.
      buffer = this.#head.length > 0 ? Buffer.concat([this.#head, buffer]) : buffer;
      if (buffer.length < headBytes && buffer.length < this.#file.size) {
        this.#head = Buffer.from(buffer);
        return true;
      }
      this.#recognize(buffer);
    }
    this.#search(buffer);
    return this.#program !== undefined || this.#text !== undefined || this.#hash !== undefined;
  }

  end(): FileNote[] {
    // A file that became shorter while it was read.
    if (this.#head !== undefined && this.#head.length > 0) {
      const rest = this.#head;
      this.#recognize(rest);
      this.#search(rest);
    }
    const { path } = this.#file;
    const { secrets, marks } = this.#text?.end() ?? { secrets: [], marks: [] };
    const notes = secrets.map(({ rule, confidence, detail }) => {
      const isHostKey = rule === 'inspect/secret/private-key' && /^\/etc\/ssh\/ssh_host_\w+_key$/.test(path);
      const named = isHostKey ? 'inspect/secret/ssh-host-key' : rule;
      return observation(named, confidence, detail, severityOf(named, path));
    });
    notes.push(...[...marks, ...(this.#program?.found() ?? [])].map(noteOf), ...examineByName(this.#named, path));
    const name = this.#hash && this.#bad.get(this.#hash.digest('hex'));
    if (name !== undefined) notes.push(observation('inspect/malware/known-bad', 'certain', `is ${name}`));
    return notes;
  }

  #recognize(head: Buffer): void {
    this.#head = undefined;
    const wide = wideDecoder(head);
    if (wide === undefined && head.subarray(0, headBytes).includes(0)) {
      if (isExecutable(head)) this.#program = new ProgramSearch();
      return;
    }
    this.#text = new TextSearch(this.#file);
    if (wide) this.#decode = (bytes) => wide.decode(bytes, { stream: true });
  }

  #search(bytes: Buffer): void {
    this.#program?.push(bytes);
    if (this.#text === undefined) return;
    const text = this.#decode(bytes);
    this.#text.push(text);
    if (this.#file.size <= largestNamed) this.#named += text;
  }
}

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1');
}

/** Of UTF-16, by its byte order mark: its zero bytes would let it pass for a program (Unicode 16, section 23.8). */
function wideDecoder(head: Buffer): TextDecoder | undefined {
  const mark = head.length < 2 ? 0 : head.readUInt16BE(0);
  return mark === 0xfffe ? new TextDecoder('utf-16le') : mark === 0xfeff ? new TextDecoder('utf-16be') : undefined;
}

function noteOf({ rule, confidence, detail }: FoundMark): FileNote {
  return observation(rule, confidence, detail);
}

/** Files whose very place says what their lines are. */
function examineByName(text: string, path: string): FileNote[] {
  if (path === '/etc/shadow' || path === '/etc/shadow-') {
    const names = text.split('\n').flatMap((line) => /^([^:]{1,64}):\$\w{1,4}\$[^:]{8,}:/.exec(line)?.[1] ?? []);
    return names
      .slice(0, 50)
      .map((name) => observation('inspect/secret/password-hash', 'certain', `the account ${name}`));
  }
  if (/\/(?:\.docker\/config\.json|\.dockercfg|\.dockerconfigjson|containers\/auth\.json)$/.test(path)) {
    const count = text.match(/"auth"\s{0,8}:\s{0,8}"[A-Za-z0-9+/=]{8,}"/g)?.length ?? 0;
    return count === 0 ? [] : [observation('inspect/secret/registry-credential', 'certain', `${count} registries`)];
  }
  if (path.endsWith('/.netrc') && /\bpassword\s+\S{3,}/.test(text))
    return [observation('inspect/secret/password', 'certain', 'a machine of .netrc')];
  if (path.endsWith('/.pgpass') && /^(?:[^:\n]*:){4}[^:\n]{3,}$/m.test(text))
    return [observation('inspect/secret/password', 'certain', 'a database of .pgpass')];
  return [];
}

export function observation(
  rule: InspectRuleId,
  confidence: 'certain' | 'likely' | 'guess',
  detail: string,
  severity: Severity = inspectRules[rule].severity,
): FileNote {
  return { kind: 'observation', rule, severity, confidence, detail };
}

/** ELF, PE and Mach-O. */
export function isExecutable(bytes: Buffer): boolean {
  if (bytes.length < 4) return false;
  const magic = bytes.readUInt32BE(0);
  return [0x7f454c46, 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe].includes(magic) || magic >>> 16 === 0x4d5a;
}
