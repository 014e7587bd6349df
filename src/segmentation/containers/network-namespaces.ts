import { readFile, stat } from 'node:fs/promises';
import { asArray, asNumber, asObject, asString, type Instant, messageOf } from '../../base/index.ts';
import { SegmentationError } from '../segmentation-error.ts';
import { parseOutput } from './host-links.ts';
import { type RunTool, silence } from './run-tool.ts';

/** A network namespace, by the number of its inode: unique on a machine while it is there. */
export type NetworkNamespace = number;

/** Who an engine says a process is. */
export interface NamedProcess {
  readonly containerId: string;
  readonly pid: number;
  readonly started?: Instant;
}

/** Clock ticks of /proc, which are 100 a second on all machines (USER_HZ, proc(5)). */
const tick = 10;
/** Engines note a start after the process was made: by so much at most, where the machine is slow. */
const longestStart = 120_000;
/** Clocks that are set meanwhile. */
const slack = 5000;

/**
 * The network namespace of a container's first process; undefined where that is gone, or the number names another process
 * by now: neither its control groups name the container nor did it begin when the engine says.
 */
export async function readNamespaceOf(process: NamedProcess, proc = '/proc'): Promise<NetworkNamespace | undefined> {
  const { pid, containerId, started } = process;
  if (pid <= 0) return undefined;
  try {
    const { ino } = await stat(`${proc}/${pid}/ns/net`);
    // Read after the namespace: as long as this is the container's process, that was, too.
    const groups = await readFile(`${proc}/${pid}/cgroup`, 'latin1');
    if (groups.includes(containerId)) return ino;
    // Not every engine gives its containers control groups (podman --cgroups=disabled).
    const began = parseProcessStart(
      await readFile(`${proc}/${pid}/stat`, 'latin1'),
      await readFile(`${proc}/stat`, 'latin1'),
    );
    if (began === undefined || started === undefined) return undefined;
    return began <= started + slack && began >= started - longestStart ? ino : undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw new SegmentationError('no-dataplane', `cannot look at process ${pid}: ${messageOf(error)}`, {
      cause: error,
      remedy: 'Run the agent as root, in the namespace of processes of the host.',
    });
  }
}

/** That of this very process, which the rules hold for. */
export async function readOwnNamespace(proc = '/proc'): Promise<NetworkNamespace> {
  return (await stat(`${proc}/self/ns/net`)).ino;
}

/**
 * By which number the kernel knows namespaces here: links say so of their other ends. Those without have no link to here.
 * `pids`: of these processes alone. Rejects with SegmentationError `no-dataplane`.
 */
export async function readNamespaceNumbers(
  run: RunTool,
  pids?: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<NetworkNamespace, number>> {
  const only = pids?.length === 1 ? ['--task', `${pids[0]}`] : [];
  const args = ['--json', '--type', 'net', '--output', 'NS,NETNSID', ...only];
  for (let attempt = 1; ; attempt++) {
    try {
      return parseNamespaceNumbers(await run('lsns', args, signal ? { signal } : {}));
    } catch (error) {
      // It looks at all processes of the host, and fails without a word where one ends meanwhile.
      const mayPass = error instanceof SegmentationError && error.message.endsWith(silence);
      if (!mayPass || attempt === mostAttempts || signal?.aborted) throw error;
    }
  }
}

const mostAttempts = 5;

/** What `lsns --json --output NS,NETNSID` says (lsns(8) of util-linux 2.33 and later). */
export function parseNamespaceNumbers(text: string): ReadonlyMap<NetworkNamespace, number> {
  const output = asObject(parseOutput(text.trim() === '' ? '{"namespaces":[]}' : text, 'lsns'));
  const items = asArray(output?.namespaces);
  if (!items) throw new SegmentationError('no-dataplane', 'lsns gave no list of namespaces');
  const numbers = new Map<NetworkNamespace, number>();
  for (const item of items) {
    const object = asObject(item);
    const namespace = wholeNumber(object?.ns);
    // `unassigned` where none has a number.
    const number = wholeNumber(object?.netnsid);
    if (namespace !== undefined && number !== undefined) numbers.set(namespace, number);
  }
  return numbers;
}

/** Versions of util-linux differ in what they put into quotes. */
function wholeNumber(value: unknown): number | undefined {
  const text = asString(value);
  const number = text === undefined ? asNumber(value) : /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** proc_pid_stat(5), field 22, counted from the boot that proc_stat(5) gives; the name in field 2 may hold anything. */
export function parseProcessStart(processStat: string, machineStat: string): Instant | undefined {
  const ticks = wholeNumber(processStat.slice(processStat.lastIndexOf(')') + 2).split(' ')[19]);
  const boot = wholeNumber(/^btime (\d{1,15})$/m.exec(machineStat)?.[1]);
  return ticks === undefined || boot === undefined ? undefined : boot * 1000 + ticks * tick;
}

function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ESRCH';
}
