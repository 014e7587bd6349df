import type { LaunchFinding, LaunchVerdict } from '../../src/model/index.ts';
import type { AskedLaunch, LaunchDecider, UnreadableLaunch } from '../../src/service/index.ts';

/** A service of launches that notes what it was asked, and answers what the test says. */
export interface FakeLaunches extends LaunchDecider {
  readonly asked: AskedLaunch[];
  readonly refused: UnreadableLaunch[];
}

export function fakeLaunches(
  judge: (asked: AskedLaunch) => LaunchVerdict | Promise<LaunchVerdict> = () => allow(),
): FakeLaunches {
  const asked: AskedLaunch[] = [];
  const refused: UnreadableLaunch[] = [];
  return {
    asked,
    refused,
    async decide(launch) {
      asked.push(launch);
      const verdict = await judge(launch);
      const [first] = verdict.findings;
      return {
        id: `decision-${asked.length}`,
        verdict,
        message:
          verdict.outcome === 'deny'
            ? `${first?.rule}: ${first?.path}: ${first?.title}. ${first?.remedy}`
            : verdict.cause === undefined
              ? ''
              : `not decided: ${verdict.cause}`,
      };
    },
    async refuse(launch) {
      refused.push(launch);
      const verdict: LaunchVerdict = { outcome: 'deny', findings: [finding({ rule: 'launch/unreadable' })] };
      return { id: `refusal-${refused.length}`, verdict, message: `launch/unreadable: ${launch.reason}` };
    },
  };
}

/** Allows what gives no reason against it. */
export function unless(refusalOf: (asked: AskedLaunch) => string | undefined) {
  return (asked: AskedLaunch): LaunchVerdict => {
    const cause = refusalOf(asked);
    return cause === undefined ? allow() : { outcome: 'undecided', cause, findings: [] };
  };
}

export function allow(findings: readonly LaunchFinding[] = []): LaunchVerdict {
  return { outcome: 'allow', findings };
}

export function deny(changes: Partial<LaunchFinding> = {}): LaunchVerdict {
  return { outcome: 'deny', findings: [finding(changes)] };
}

export function finding(changes: Partial<LaunchFinding> = {}): LaunchFinding {
  return {
    rule: 'launch/privileged',
    severity: 'high',
    subject: 'web',
    title: 'The container is privileged',
    remedy: 'Leave privileged out',
    evidence: 'privileged: true',
    path: 'spec.containers[0].securityContext.privileged',
    confidence: 'certain',
    ...changes,
  };
}
