/**
 * What the wrapper runs before a runtime may create, run, restore, exec or update: it shows the agent what the runtime is
 * about to read, and ends with a status of its own where the agent allows it. It stands alone, for `portwarden runtime install` copies it as one
 * file to where only root can write: it may import nothing but node:fs, node:net and node:path.
 *
 * `node runtime-client.mjs SOCKET DATAROOT -- ARGUMENT…`, the arguments being those of the runtime. Whatever is not
 * known, not there or too late is refused: status 1, and the reason on standard error and in the runtime's log, where engines
 * look for it.
 *
 * A user without root has a socket of their own beside root's, where the agent was told of them. Rootless podman calls runtimes
 * in a user namespace, where that user is root and the machine's root is nobody.
 *
 * What remains: runtimes open config.json by its path, so the file could be exchanged between the last comparison here and
 * that. It lies in a folder that only the engine's own user can write, who could as well start the runtime without us.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';

export const runtimeLimits = { configBytes: 16 * 1024 * 1024, resourceBytes: 1024 * 1024, answerBytes: 64 * 1024 };
/** An exit status that nothing has by accident: a program that ends early must not have allowed anything. */
export const allowedStatus = 86;
/** Milliseconds since the start of this process. */
const deadline = 1500;

/** A command line of runc or crun, read so that both would read it the same; anything else is refused. */
export interface RuntimeCommand {
  readonly command: string;
  readonly id: string;
  /** In their order, by their long names, without dashes; a flag has the value ''. */
  readonly options: readonly (readonly [name: string, value: string])[];
  /** Of exec: the program and its arguments. */
  readonly args: readonly string[];
  readonly root?: string;
  readonly log?: string;
  readonly logFormat: 'text' | 'json';
}

export class RuntimeRefusal extends Error {
  readonly place: Pick<RuntimeCommand, 'log' | 'logFormat'>;

  constructor(message: string, place: Pick<RuntimeCommand, 'log' | 'logFormat'> = { logFormat: 'text' }) {
    super(message);
    this.place = place;
  }
}

/** The agent cannot be asked at all. */
class AgentAway extends RuntimeRefusal {}

interface Options {
  readonly values: readonly string[];
  readonly flags: readonly string[];
  readonly short: Readonly<Record<string, string>>;
}

// runc 1.1 to 1.3 (main.go and a file for each command), crun 1.8 to 1.20 (src/crun.c and a file for each command).
const globals: Options = {
  values: ['root', 'log', 'log-format', 'log-level', 'criu', 'rootless', 'cgroup-manager'],
  flags: ['debug', 'systemd-cgroup'],
  short: {},
};
const creation: Options = {
  values: ['bundle', 'console-socket', 'pid-file', 'preserve-fds'],
  flags: ['no-pivot', 'no-new-keyring', 'no-subreaper', 'no-mount-fallback'],
  short: { b: 'bundle' },
};
const commands: Readonly<Record<string, Options>> = {
  create: creation,
  run: { ...creation, flags: [...creation.flags, 'detach', 'keep'], short: { b: 'bundle', d: 'detach' } },
  restore: {
    values: [
      ...creation.values,
      ...['image-path', 'work-path', 'manage-cgroups-mode', 'empty-ns', 'lsm-profile', 'lsm-mount-context'],
    ],
    flags: [
      ...[...creation.flags, 'detach', 'tcp-established', 'ext-unix-sk', 'shell-job', 'file-locks', 'auto-dedup'],
      'lazy-pages',
    ],
    short: { b: 'bundle', d: 'detach' },
  },
  exec: {
    values: [
      ...['console-socket', 'cwd', 'env', 'user', 'additional-gids', 'process', 'pid-file', 'process-label'],
      ...['apparmor', 'cap', 'preserve-fds', 'cgroup'],
    ],
    flags: ['tty', 'detach', 'no-new-privs', 'ignore-paused'],
    short: { e: 'env', u: 'user', g: 'additional-gids', p: 'process', c: 'cap', t: 'tty', d: 'detach' },
  },
  update: {
    values: [
      ...['resources', 'blkio-weight', 'cpu-period', 'cpu-quota', 'cpu-burst', 'cpu-share', 'cpu-rt-period'],
      ...['cpu-rt-runtime', 'cpuset-cpus', 'cpuset-mems', 'cpu-idle', 'kernel-memory', 'kernel-memory-tcp', 'memory'],
      ...['memory-reservation', 'memory-swap', 'pids-limit', 'l3-cache-schema', 'mem-bw-schema'],
    ],
    flags: [],
    short: { r: 'resources' },
  },
};

/** Throws RuntimeRefusal. */
export function parseRuntimeCommand(argv: readonly string[]): RuntimeCommand {
  const head = readOptions(argv, 0, globals);
  const place: { root?: string; log?: string; logFormat: 'text' | 'json' } = { logFormat: 'text' };
  for (const [name, value] of head.options) {
    if (name === 'root') place.root = value;
    if (name === 'log') place.log = value;
    if (name === 'log-format') place.logFormat = value === 'json' ? 'json' : 'text';
  }
  if (head.problem !== undefined) throw new RuntimeRefusal(head.problem, place);
  const command = argv[head.next] ?? '';
  const known = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!known) throw new RuntimeRefusal(`"${command}" is no command that is known`, place);
  const tail = readOptions(argv, head.next + 1, known);
  if (tail.problem !== undefined) throw new RuntimeRefusal(tail.problem, place);
  // runc takes options behind the ID for its own, crun may not: nobody needs them there.
  const [id = '', ...args] = argv.slice(tail.next);
  if (!/^[\w+.-]{1,1024}$/.test(id) || id.startsWith('-'))
    throw new RuntimeRefusal(`${command}: the ID of the container is missing, or is none`, place);
  if (command !== 'exec' && args.length > 0)
    throw new RuntimeRefusal(`${command}: something follows the ID of the container`, place);
  if (args[0] === '--') args.shift();
  return { command, id, options: tail.options, args, ...place };
}

function readOptions(argv: readonly string[], from: number, known: Options) {
  const options: (readonly [string, string])[] = [];
  let at = from;
  for (; at < argv.length; at++) {
    const text = argv[at] ?? '';
    if (!text.startsWith('-')) break;
    const equals = text.indexOf('=');
    const spelled = equals < 0 ? text : text.slice(0, equals);
    const name = spelled.startsWith('--') ? spelled.slice(2) : equals < 0 ? nameOf(known, spelled.slice(1)) : '';
    if (known.flags.includes(name)) options.push([name, equals < 0 ? '' : text.slice(equals + 1)]);
    else if (!known.values.includes(name))
      return { options, next: at, problem: `the option "${spelled.slice(0, 100)}" is not known` };
    else if (equals >= 0) options.push([name, text.slice(equals + 1)]);
    else {
      const value = argv[++at];
      if (value === undefined) return { options, next: at, problem: `the option "${spelled}" has no value` };
      options.push([name, value]);
    }
  }
  return { options, next: at };
}

function nameOf(known: Options, letter: string): string {
  return Object.hasOwn(known.short, letter) ? (known.short[letter] ?? '') : '';
}

/** The last of that name counts, for runc and crun. */
function optionOf({ options }: RuntimeCommand, name: string): string | undefined {
  return options.findLast(([each]) => each === name)?.[1];
}

interface ShownFile {
  readonly name: 'config' | 'process' | 'resources';
  /** `-`: standard input. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** Reads what the runtime will read. A file that is none, or lies behind a symlink, is refused. */
function readShownFile(called: RuntimeCommand): ShownFile | undefined {
  if (called.command === 'exec') {
    const path = optionOf(called, 'process');
    return path === undefined ? undefined : { name: 'process', path, bytes: readFile(path, runtimeLimits.configBytes) };
  }
  if (called.command === 'update') {
    const path = optionOf(called, 'resources');
    if (path === undefined) return undefined;
    const bytes = path === '-' ? readAll(0, runtimeLimits.resourceBytes) : readFile(path, runtimeLimits.resourceBytes);
    return { name: 'resources', path, bytes };
  }
  const path = join(optionOf(called, 'bundle') ?? '.', 'config.json');
  return { name: 'config', path, bytes: readFile(path, runtimeLimits.configBytes) };
}

function readFile(path: string, limit: number): Buffer {
  let file: number;
  try {
    // Without O_NONBLOCK a FIFO would wait for somebody who writes.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw new RuntimeRefusal(`${path} cannot be read (${codeOf(error)})`);
  }
  try {
    if (!fstatSync(file).isFile()) throw new RuntimeRefusal(`${path} is no regular file`);
    return readAll(file, limit);
  } finally {
    closeSync(file);
  }
}

function readAll(file: number, limit: number): Buffer {
  const pieces: Buffer[] = [];
  let size = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(65_536);
    const count = readSync(file, piece, 0, piece.length, null);
    if (count === 0) return Buffer.concat(pieces, size);
    size += count;
    if (size > limit) throw new RuntimeRefusal(`it is larger than ${limit} bytes`);
    pieces.push(piece.subarray(0, count));
  }
}

/** Whoever could have put another socket or mark there could let anything pass. */
function checkPlace(path: string, kind: 'isSocket' | 'isFile'): void {
  const root = lstatSync('/').uid;
  for (const each of [dirname(path), path]) {
    const found = lstatSync(each, { throwIfNoEntry: false });
    if (!found) throw new AgentAway(`the agent is away: there is no ${each}`);
    const { uid, mode } = found;
    if (each === path ? !found[kind]() : !found.isDirectory())
      throw new RuntimeRefusal(`${each} is not what it should be`);
    if (uid !== 0 && uid !== process.geteuid?.() && uid !== root)
      throw new RuntimeRefusal(`${each} belongs to another user`);
    if ((mode & 0o022) !== 0 && (each !== path || (mode & 0o002) !== 0))
      throw new RuntimeRefusal(`${each} can be written by others`);
  }
  if (root !== 0) checkAbove(dirname(path));
}

/** In a user namespace all who are not in it look the same: only root can have made what lies where nobody else can write. */
function checkAbove(path: string): void {
  for (let at = path; at !== '/'; at = dirname(at))
    if ((lstatSync(dirname(at)).mode & 0o022) !== 0)
      throw new RuntimeRefusal(`${dirname(at)} can be written by others`);
}

/** Where the agent answers who calls: root's own socket, or that of a user of the machine. */
function socketOf(socket: string): string {
  const owner = lstatSync(dirname(socket), { throwIfNoEntry: false })?.uid;
  const self = process.geteuid?.() ?? 0;
  if (owner === undefined || owner === self) return socket;
  const uid = lstatSync('/').uid === 0 ? self : outerUser(self, readFile('/proc/self/uid_map', 65_536).toString());
  const own = userSocket(socket, uid);
  if (lstatSync(own, { throwIfNoEntry: false }) === undefined)
    throw new AgentAway(`the agent does not answer user ${uid}: PORTWARDEN_RUNTIME_GATE_USERS does not name them`);
  return own;
}

/** The socket of a user without root, beside that of root. */
export function userSocket(socket: string, uid: number): string {
  return `${socket}.user-${uid}`;
}

/** Who a user of this namespace is outside of it (user_namespaces(7), uid_map); itself where that is not said. */
export function outerUser(uid: number, map: string): number {
  for (const line of map.split('\n')) {
    const [inside = 0, outside = 0, count = 0] = line.trim().split(/\s+/).map(Number);
    if (uid >= inside && uid < inside + count) return outside + uid - inside;
  }
  return uid;
}

/** Resolves with the agent's answer; rejects where it is away, too slow, or says something else. */
function ask(socket: string, header: object, bytes: Buffer): Promise<{ readonly allowed: boolean; message: string }> {
  return new Promise((answer, reject) => {
    const connection = connect(socket);
    const timer = setTimeout(
      () => reject(new AgentAway('the agent does not answer in time')),
      Math.max(1, deadline - performance.now()),
    );
    let said = '';
    connection.setEncoding('utf8');
    connection.on('error', (error) => reject(new AgentAway(`the agent is away (${codeOf(error)})`)));
    connection.on('data', (text: string) => {
      said += text;
      if (said.length > runtimeLimits.answerBytes) reject(new RuntimeRefusal('the agent says too much'));
    });
    connection.on('end', () => {
      clearTimeout(timer);
      try {
        const { outcome, message } = JSON.parse(said);
        const isWhole = said.endsWith('\n') && typeof message === 'string';
        if (!isWhole || (outcome !== 'allow' && outcome !== 'deny')) throw new Error('neither allow nor deny');
        answer({ allowed: outcome === 'allow', message });
      } catch {
        reject(new RuntimeRefusal('the agent gives an answer that cannot be read'));
      }
    });
    connection.write(`${JSON.stringify(header)}\n`);
    connection.write(bytes);
  });
}

/** What the agent says; where it is away and no policy refused anything when it was last there, that it may go on. */
async function answerOf(socket: string, header: object, bytes: Buffer): ReturnType<typeof ask> {
  try {
    const own = socketOf(socket);
    checkPlace(own, 'isSocket');
    return await ask(own, header, bytes);
  } catch (error) {
    if (!(error instanceof AgentAway) || !isObserving(socket)) throw error;
    return { allowed: true, message: '' };
  }
}

function isObserving(socket: string): boolean {
  try {
    checkPlace(observingMark(socket), 'isFile');
    return true;
  } catch {
    return false;
  }
}

/** A file that the agent keeps beside its socket for as long as no policy refuses anything. */
export function observingMark(socket: string): string {
  return `${socket}.observes`;
}

async function judge(socket: string, dataRoot: string, argv: readonly string[]): Promise<void> {
  const called = parseRuntimeCommand(argv);
  try {
    const file = readShownFile(called);
    const bytes = file?.bytes ?? Buffer.alloc(0);
    const header = {
      ...{ version: 1, dataRoot, command: called.command, id: called.id, options: called.options },
      ...{ args: called.args, root: called.root ?? '', bundle: resolve(optionOf(called, 'bundle') ?? '.') },
      file: file?.name ?? '',
      size: bytes.length,
    };
    const { allowed, message } = await answerOf(socket, header, bytes);
    if (!allowed) throw new RuntimeRefusal(message);
    if (file?.path === '-') writeWhole(1, bytes);
    else if (file && !readFile(file.path, runtimeLimits.configBytes).equals(bytes))
      throw new RuntimeRefusal(`${file.path} was changed while it was judged`);
  } catch (error) {
    throw new RuntimeRefusal(messageOf(error), called);
  }
}

/** Not its text: podman takes "no such file or directory" for a program that is missing in the container. */
function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** As runc writes it (logrus): engines show what the last line of level error says. */
export function compileLogLine(message: string, format: 'text' | 'json', now: Date): string {
  const time = now.toISOString().replace(/\.\d+Z$/, 'Z');
  if (format === 'json') return `${JSON.stringify({ level: 'error', msg: message, time })}\n`;
  return `time="${time}" level=error msg=${JSON.stringify(message)}\n`;
}

function refuse(error: unknown): void {
  const { log, logFormat } =
    error instanceof RuntimeRefusal ? error.place : { log: undefined, logFormat: 'text' as const };
  const message = `portwarden: ${messageOf(error)}`;
  const now = new Date();
  if (log !== undefined && log !== '') {
    try {
      const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
      const file = openSync(log, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
      writeWhole(file, Buffer.from(compileLogLine(message, logFormat, now)));
      closeSync(file);
    } catch {
      // It stands on standard error as well.
    }
  }
  writeWhole(2, Buffer.from(`${message}\n`));
  process.exit(1);
}

if (import.meta.main) {
  const [socket = '', dataRoot = '', , ...argv] = process.argv.slice(2);
  judge(socket, dataRoot, argv).then(() => process.exit(allowedStatus), refuse);
}
