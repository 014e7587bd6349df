import { fixedClock, silentLog } from '../../src/base/index.ts';
import { createKubernetesGate, type KubernetesGate, type KubernetesGateParts } from '../../src/gate/index.ts';
import { type ReviewChanges, reviewBytes } from './admission-reviews.ts';
import { type FakeLaunches, fakeLaunches } from './scripted-launches.ts';

/** A gate of a cluster, its launches answered by the test. */
export function gateWith(
  changes: Partial<KubernetesGateParts> = {},
  judge?: Parameters<typeof fakeLaunches>[0],
): { readonly gate: KubernetesGate; readonly launches: FakeLaunches } {
  const launches = fakeLaunches(judge);
  const clock = fixedClock('2026-11-28T00:00:00Z');
  return { gate: createKubernetesGate({ launches, cluster: 'harbor-1', clock, log: silentLog, ...changes }), launches };
}

/** The `response` of an AdmissionReview, as JSON has it. */
export type Answer = ReturnType<typeof JSON.parse>;

export const forever = new AbortController().signal;

export async function validate(changes: ReviewChanges, gate: KubernetesGate, signal = forever): Promise<Answer> {
  return answerOf(await gate.validate(reviewBytes(changes), signal));
}

/** The answer, with its patch decoded. */
export async function mutate(changes: ReviewChanges, gate: KubernetesGate): Promise<Answer> {
  const answer = answerOf(await gate.mutate(reviewBytes(changes), forever));
  return { ...answer, patch: answer.patch && JSON.parse(Buffer.from(answer.patch, 'base64').toString('utf8')) };
}

export function answerOf(reply: { readonly status: number; readonly body: string }): Answer {
  if (reply.status !== 200) throw new Error(`${reply.status}: ${reply.body}`);
  return JSON.parse(reply.body).response;
}
