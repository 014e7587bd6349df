import { formatInstant, type Instant } from '../base/index.ts';
import type { LaunchFinding, LaunchRecord, LaunchTicket, RecordedFacts } from '../model/index.ts';
import type {
  LaunchContainerView,
  LaunchDetail,
  LaunchFindingView,
  LaunchView,
  TicketView,
} from '../model/wire/index.ts';
import { findingView } from './certificates.ts';
import { compileLaunchMessage } from './launch-message.ts';

export function launchView(record: LaunchRecord): LaunchView {
  const { id, at, gate, host, who, outcome, observed, verdict, facts, unreadable } = record;
  return {
    id,
    at: formatInstant(at),
    gate,
    host,
    who: who ?? null,
    outcome,
    observed,
    cause: unreadable ?? verdict.cause ?? null,
    message: compileLaunchMessage(verdict, id),
    containers: facts.map(containerView),
    findings: verdict.findings.map(launchFindingView),
  };
}

/** With what was asked, and the ticket that it waits for. */
export function launchDetail(record: LaunchRecord, ticket: LaunchTicket | undefined): LaunchDetail {
  return {
    ...launchView(record),
    requests: record.facts.map(({ request }) => ({ ...request })),
    inputs: record.facts.flatMap(({ inputs }) =>
      inputs.inputs.map(({ path, place, name, kind, secret }) => ({ path, place, name: name ?? null, kind, secret })),
    ),
    ticket: ticket?.id ?? null,
  };
}

export function launchFindingView(finding: LaunchFinding): LaunchFindingView {
  return {
    ...findingView(finding),
    path: finding.path,
    observed: finding.observed === true,
    confidence: finding.confidence,
  };
}

function containerView({ request, image, contract, fingerprint }: RecordedFacts): LaunchContainerView {
  return {
    name: request.name ?? null,
    action: request.action,
    image: request.image?.value ?? null,
    digest: image.image?.digest ?? request.image?.id ?? request.image?.reference?.digest ?? null,
    standing: image.state,
    standingReason: image.state === 'refused' ? image.reason : image.state === 'unknown' ? image.cause : null,
    contract: contract.state === 'judged' ? contract.name : null,
    fingerprint,
  };
}

export function ticketView(ticket: LaunchTicket, now: Instant): TicketView {
  const { id, fingerprint, decision, openedAt, host, who, request, state, answer } = ticket;
  return {
    id,
    fingerprint,
    decision,
    openedAt: formatInstant(openedAt),
    host,
    who: who ?? null,
    image: request.image?.value ?? null,
    state,
    answer: answer
      ? {
          by: answer.by,
          at: formatInstant(answer.at),
          reason: answer.reason,
          until: answer.until === undefined ? null : formatInstant(answer.until),
          isOver: answer.until !== undefined && answer.until <= now,
        }
      : null,
    request: { ...request },
  };
}
