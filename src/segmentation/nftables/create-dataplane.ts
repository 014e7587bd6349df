import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../base/index.ts';
import type { ApplyReport, Dataplane } from '../dataplane.ts';
import { SegmentationError } from '../segmentation-error.ts';
import { compileChange, compileRemoval, compileWhole, type RulesetChange } from './compile-change.ts';
import { countedSets, createCounterReader } from './counter-reader.ts';
import { filterBridges } from './filter-bridges.ts';
import { createNameBook } from './name-book.ts';
import { parseListing } from './parse-listing.ts';
import { type Ruleset, tableFamilies, tableName } from './ruleset.ts';
import { type RunTool, runTool, type ToolResult, withinNamespace } from './run-tool.ts';
import { createWatch } from './watch-tables.ts';

export interface DataplaneOptions {
  readonly log: Log;
  /** The program; `nft` on the path unless said otherwise. */
  readonly nft?: string;
  readonly run?: RunTool;
  /** Name of the network namespace to rule (ip-netns(8)); that of this process unless said otherwise. */
  readonly namespace?: string;
}

/** The dataplane of a Linux kernel. */
export interface KernelDataplane extends Dataplane {
  /**
   * Tells of each change of our tables that somebody else made, within milliseconds: whoever is told applies again. While it
   * watches, an apply trusts what it applied before; otherwise each reads back all first. Ends with `close`.
   */
  watch(changed: () => void): Promise<void>;
  /** Ends what it started. The rules stay. */
  close(): Promise<void>;
}

/** Changes nothing, and is told of. */
const probe = `add table inet ${tableName}_probe\ndelete table inet ${tableName}_probe\n`;

/**
 * Rules through `nft -f` and a private file. What holds is compared with what was applied, and what somebody else changed is
 * made anew as a whole. Another root can take the tables away: until the next apply everything is open then.
 *
 * Errors are SegmentationError: `no-dataplane`, `refused-by-kernel`, and `bad-rules` for a listing of nft that is none.
 */
export function createDataplane(options: DataplaneOptions): KernelDataplane {
  const { log, nft = 'nft', namespace } = options;
  const run = namespace === undefined ? (options.run ?? runTool) : withinNamespace(options.run ?? runTool, namespace);
  const ours = new Set<number>();
  const runNft = (args: readonly string[]): Promise<ToolResult> => run(nft, args, (pid) => remember(ours, pid));
  const names = createNameBook();
  const counters = createCounterReader();
  const watch = createWatch({ nft, log, ours, ...(namespace === undefined ? {} : { namespace }) });
  /** What was applied last, and how many changes of others had been seen when it was. */
  let held: Ruleset | undefined;
  let seen = -1;
  let last: Promise<unknown> = Promise.resolve();
  /** For which bridges br_netfilter was last seen to be on, and when: nobody tells of a change. */
  let filtered = { bridges: '', at: Number.NEGATIVE_INFINITY };

  async function showBridges(desired: Ruleset): Promise<void> {
    const bridges = [
      ...(desired.tables
        .find(({ family }) => family === 'inet')
        ?.sets.get('bridges')
        ?.elements.keys() ?? []),
    ];
    const now = performance.now();
    if (watch.isWatching() && bridges.join() === filtered.bridges && now - filtered.at < 5000) return;
    await filterBridges(bridges, run, log);
    filtered = { bridges: bridges.join(), at: now };
  }

  /** One after the other: each stands on what the one before left. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function load(script: string): Promise<void> {
    const answer = await withFile(script, (path) => runNft(['-f', path]));
    if (answer.status !== 0) throw refusal(answer);
  }

  async function readBack(): Promise<Ruleset | undefined> {
    const answers = await Promise.all(
      tableFamilies.map((family) => runNft(['-s', '-y', 'list', 'table', family, tableName])),
    );
    for (const answer of answers) if (answer.status !== 0 && !isAbsent(answer)) throw refusal(answer);
    return parseListing(answers.map(({ output }) => output).join('\n'));
  }

  async function readInto(): Promise<void> {
    const lists = countedSets.map(([family, set]) => runNft(['-j', 'list', 'set', family, tableName, set]));
    const answers = await Promise.all(lists);
    for (const answer of answers) if (answer.status !== 0 && !isAbsent(answer)) throw refusal(answer);
    counters.take(answers.filter(({ status }) => status === 0).map(({ output }) => output));
  }

  async function replace(desired: Ruleset, standing: boolean): Promise<void> {
    // Whatever was counted goes with the tables.
    if (standing) await readInto();
    await load(compileWhole(desired).script + names.scriptFor(desired, Date.now()));
    counters.restart();
  }

  async function change(desired: Ruleset): Promise<ApplyReport['change']> {
    const before = watch.changes();
    const trusted = held !== undefined && watch.isWatching() && seen === before;
    const kernel = trusted ? held : await readBack();
    const foreign = held !== undefined && (kernel === undefined || compileChange(kernel, held).kind !== 'none');
    const step: RulesetChange =
      kernel === undefined || foreign ? compileWhole(desired) : compileChange(kernel, desired);
    let kind: ApplyReport['change'] = foreign ? 'repaired' : step.kind;
    if (step.kind === 'whole') await replace(desired, kernel !== undefined);
    else if (step.kind !== 'none') {
      try {
        // What was answered while a rule by that name was on its way.
        await load(step.script + (step.kind === 'rules' && kernel ? names.scriptFor(desired, Date.now(), kernel) : ''));
      } catch (cause) {
        if (!(cause instanceof SegmentationError) || cause.code !== 'refused-by-kernel') throw cause;
        log.warn({ cause: cause.message }, 'rules do not stand as they were left; making them anew');
        await replace(desired, true);
        kind = 'repaired';
      }
    }
    held = desired;
    seen = before;
    return kind;
  }

  /** One step for all that wait. */
  async function tellNames(): Promise<void> {
    const script = held === undefined ? '' : names.takeScript(held, Date.now());
    if (script !== '') await load(script);
  }

  return {
    observe: () => inTurn(readBack),
    apply: (desired) =>
      inTurn(async () => {
        const start = performance.now();
        const [done] = await Promise.all([change(desired), showBridges(desired)]);
        return { change: done, milliseconds: performance.now() - start };
      }),
    allowName(name, addresses, seconds) {
      names.add(name, addresses, seconds, Date.now());
      return inTurn(tellNames);
    },
    answerNames(seconds) {
      names.answer(seconds, Date.now());
      return inTurn(tellNames);
    },
    readCounters: () =>
      inTurn(async () => {
        await readInto();
        return counters.report();
      }),
    remove: () =>
      inTurn(async () => {
        await load(compileRemoval());
        held = undefined;
        counters.restart();
      }),
    watch: (changed) => watch.start(changed, () => withFile(probe, (path) => runNft(['-f', path]))),
    close: () => watch.stop(),
  };
}

function isAbsent({ complaint }: ToolResult): boolean {
  return /No such file or directory/.test(complaint);
}

function refusal({ complaint }: ToolResult): SegmentationError {
  if (/Operation not permitted|cache initialization failed/.test(complaint))
    return new SegmentationError(
      'no-dataplane',
      'nft may not change the rules of this machine: it needs CAP_NET_ADMIN',
    );
  const [first = 'without a reason'] = complaint.split('\n');
  return new SegmentationError('refused-by-kernel', `nft: ${first.replace(/^\S*?:(?=\d)/, 'line ').slice(0, 300)}`);
}

/** In a directory that only we can read: nobody else sees the rules, or changes them in between. */
async function withFile<Result>(script: string, use: (path: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'portwarden-nft-'));
  try {
    const path = join(folder, 'rules.nft');
    await writeFile(path, script, { mode: 0o600, flag: 'wx' });
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The last thousand: IDs come around. */
function remember(pids: Set<number>, pid: number): void {
  pids.delete(pid);
  pids.add(pid);
  for (const oldest of pids) {
    if (pids.size <= 1000) break;
    pids.delete(oldest);
  }
}
