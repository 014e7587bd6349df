import { formatInstant, type Instant } from '../../base/index.ts';
import type { FlowRecording, NetworkReport, SegmentationStatus, TrafficCounts } from '../../model/index.ts';
import type { NetworkView } from '../../model/wire/index.ts';
import { recordingView } from './view-traffic.ts';

/** Milliseconds after which an agent that said nothing is not taken at its word any more. */
const believedFor = 120_000;

/** What holds on each host, those that only one of the two says something of as well. */
export function networkViews(
  reports: readonly NetworkReport[],
  statuses: readonly SegmentationStatus[],
  recordings: readonly FlowRecording[],
  now: Instant,
): NetworkView[] {
  const hosts = [...new Set([...reports, ...statuses].map(({ host }) => host))].sort();
  return hosts.map((host) => {
    const report = reports.find((candidate) => candidate.host === host);
    const status = statuses.find((candidate) => candidate.host === host);
    const recording = recordings.find((candidate) => candidate.host === host);
    return {
      host,
      ...stateOf(status, now),
      at: status ? formatInstant(status.at) : null,
      containers: report?.containers.length ?? 0,
      waiting: status?.waiting ?? 0,
      bridges: (report?.network.bridges ?? []).map(({ bridge, network, engine, subnets }) => ({
        bridge,
        network,
        engine,
        subnets: [...subnets],
      })),
      outOfReach: (report?.containers ?? []).flatMap(({ engine, containerId, name, outOfReach }) =>
        outOfReach.map(({ driver, network, message }) => ({ engine, id: containerId, name, driver, network, message })),
      ),
      recording: recording ? recordingView(recording) : null,
    };
  });
}

export interface HostNumbers {
  readonly host: string;
  readonly state: NetworkView['state'];
  /** Containers that are closed until the agent knows their place. */
  readonly waiting: number;
  /** Undefined where nothing was counted yet. */
  readonly counts: TrafficCounts | undefined;
}

export function hostNumbers(
  statuses: readonly SegmentationStatus[],
  counts: readonly TrafficCounts[],
  now: Instant,
): readonly HostNumbers[] {
  const hosts = [...new Set([...statuses, ...counts].map(({ host }) => host))].sort();
  return hosts.map((host) => {
    const status = statuses.find((candidate) => candidate.host === host);
    return {
      host,
      state: stateOf(status, now).state,
      waiting: status?.waiting ?? 0,
      counts: counts.find((candidate) => candidate.host === host),
    };
  });
}

function stateOf(status: SegmentationStatus | undefined, now: Instant): Pick<NetworkView, 'state' | 'message'> {
  if (!status) return { state: 'unknown', message: 'Its agent has not said what holds' };
  if (now - status.at <= believedFor || status.state === 'off') {
    return { state: status.state, message: status.message ?? null };
  }
  return {
    state: 'unknown',
    message: `Its agent has said nothing since ${formatInstant(status.at)}; what held then holds in the kernel still, and new containers stay closed`,
  };
}
