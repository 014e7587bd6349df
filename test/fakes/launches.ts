import type { AskedLaunch, LaunchDecision, LaunchService, UnreadableLaunch } from '../../src/service/launches.ts';

export interface FakeLaunches extends LaunchService {
  readonly asked: readonly AskedLaunch[];
  readonly refused: readonly UnreadableLaunch[];
}

/** Allows what `refusalOf` gives no reason against. */
export function fakeLaunches(refusalOf: (asked: AskedLaunch) => string | undefined = () => undefined): FakeLaunches {
  const asked: AskedLaunch[] = [];
  const refused: UnreadableLaunch[] = [];
  const deny = (reason: string): LaunchDecision => ({
    id: 'd1',
    verdict: { outcome: 'undecided', cause: reason, findings: [] },
    message: reason,
  });
  return {
    asked,
    refused,
    async decide(launch) {
      asked.push(launch);
      const reason = refusalOf(launch);
      return reason === undefined
        ? { id: 'd1', verdict: { outcome: 'allow', findings: [] }, message: '' }
        : deny(reason);
    },
    async refuse(launch) {
      refused.push(launch);
      return deny(launch.reason);
    },
  };
}
