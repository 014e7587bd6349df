import { existsSync } from 'node:fs';
import { type Log, messageOf } from '../../base/index.ts';
import { LaunchError, type OciOptions, parseOciConfig, parseOciProcess, parseStrictJson } from '../../launch/index.ts';
import type { LaunchSet } from '../../model/index.ts';
import type { LaunchDecider, LaunchDecision } from '../../service/index.ts';
import { compileExecProcess } from './exec-process.ts';
import { identifyContainer, identifyUserContainer } from './identify-container.ts';
import { refusalOfUpdate } from './judge-update.ts';
import type { KnownContainer } from './known-container.ts';
import { callLimits, type RuntimeCall } from './runtime-call.ts';

export interface RuntimeGateParts {
  readonly launches: LaunchDecider;
  /** Name of this host. */
  readonly host: string;
  readonly log: Log;
  /** By the engine's files on disk unless said. */
  readonly identify?: (call: RuntimeCall) => Promise<KnownContainer>;
  /** Of containerd: /var/lib/containerd unless said. */
  readonly containerdRoot?: string;
  /** Whose containers it judges, where that is not root: by number. */
  readonly user?: number;
  /** Version of this host's cgroups; by what is mounted unless said. */
  readonly cgroups?: 1 | 2;
}

/** One line, printable. */
export interface RuntimeAnswer {
  readonly outcome: 'allow' | 'deny';
  /** Empty where it is allowed. */
  readonly message: string;
}

/** The last look at a container before its runtime makes it. */
export interface RuntimeGate {
  /** Never rejects; whatever is not allowed is denied. */
  judge(call: RuntimeCall): Promise<RuntimeAnswer>;
  /** What came is no call. */
  refuse(reason: string): Promise<RuntimeAnswer>;
}

export function createRuntimeGate(parts: RuntimeGateParts): RuntimeGate {
  const { launches, host, log, containerdRoot, user } = parts;
  const identify =
    parts.identify ??
    ((call: RuntimeCall) =>
      user === undefined ? identifyContainer(call, containerdRoot) : identifyUserContainer(call, user));
  const cgroups = parts.cgroups ?? (existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1);
  const asked = { gate: 'runtime', host, ...(user === undefined ? {} : { who: `uid ${user}` }) } as const;

  async function decide(call: RuntimeCall): Promise<LaunchDecision | undefined> {
    if (call.command === 'update') {
      const reason = call.file && refusalOfUpdate(call.file);
      return reason === undefined ? undefined : launches.refuse({ ...asked, reason });
    }
    const known = await identify(call);
    let set: LaunchSet;
    try {
      set = parseCall(call, known, { cgroups, ...(user === undefined ? {} : { rootless: user }) });
    } catch (error) {
      if (!(error instanceof LaunchError)) throw error;
      return launches.refuse({ ...asked, reason: error.message });
    }
    return launches.decide({ ...asked, set });
  }

  function answer(decision: LaunchDecision, container: string, reason: string): RuntimeAnswer {
    if (decision.verdict.outcome === 'allow') return { outcome: 'allow', message: '' };
    log.info({ decision: decision.id, host, container }, 'a runtime was refused a container');
    return { outcome: 'deny', message: printable(decision.message || reason) };
  }

  return {
    async judge(call) {
      try {
        const decision = await decide(call);
        return decision ? answer(decision, call.id, 'it is not decided') : { outcome: 'allow', message: '' };
      } catch (error) {
        log.error({ error: messageOf(error), container: call.id }, 'a call of a runtime was not decided');
        return away(error);
      }
    },
    async refuse(reason) {
      // Nobody can say what it would start: whatever policies say, there is nothing to let pass.
      const recorded = await launches.refuse({ ...asked, reason }).catch(away);
      return { outcome: 'deny', message: printable(recorded.message || reason) };
    },
  };
}

function away(error: unknown): RuntimeAnswer {
  return { outcome: 'deny', message: printable(`it cannot be decided: ${messageOf(error)}`) };
}

/** Throws LaunchError. */
function parseCall(
  call: RuntimeCall,
  known: KnownContainer,
  host: Pick<OciOptions, 'cgroups' | 'rootless'>,
): LaunchSet {
  const options = { ...known, ...host, id: call.id };
  const value = call.file && parseStrictJson(call.file, { maxBytes: callLimits.body, largeIntegers: 'text' });
  if (call.command === 'exec') return parseOciProcess(value ?? compileExecProcess(call), options);
  if (value === undefined) throw new LaunchError('bad-launch', '', 'there is no config.json');
  return parseOciConfig(value, options);
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\u2027\u202f-\u2065\u2070-\ufffd]+/g, ' ').slice(0, 2000);
}
