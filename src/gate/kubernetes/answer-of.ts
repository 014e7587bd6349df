import type { LaunchFinding } from '../../model/index.ts';
import type { LaunchDecision } from '../../service/index.ts';
import type { AdmissionAnswer } from './admission-reply.ts';

/** What a gate does with a decision. */
export interface AnswerSettings {
  readonly mode?: 'enforce' | 'observe';
  readonly whenUndecided?: 'deny' | 'allow';
}

export function answerOf(settings: AnswerSettings, { id, verdict, message }: LaunchDecision): AdmissionAnswer {
  const audit = { decision: id, outcome: verdict.outcome };
  if (verdict.outcome === 'allow') {
    const warnings = verdict.findings.map(warningOf);
    return { allowed: true, audit, ...(warnings.length > 0 ? { warnings } : {}) };
  }
  if (verdict.outcome === 'undecided') return open(settings, message || `not decided: ${verdict.cause}`, audit);
  const answer = deny(message || 'a policy refuses it', audit);
  // One line for each of what was found helps more than the first message alone, where nothing is refused.
  return settings.mode === 'observe' ? observed(answer, verdict.findings.map(warningOf)) : answer;
}

/** Of what cannot be read as a launch, whatever the service says of it: no verdict is a denial. */
export function refusal({ mode }: AnswerSettings, { id, message }: LaunchDecision): AdmissionAnswer {
  const answer = deny(message || 'it cannot be read', { decision: id, outcome: 'deny' });
  return mode === 'observe' ? observed(answer, []) : answer;
}

export function undecided(settings: AnswerSettings, cause: string): AdmissionAnswer {
  return open(settings, `not decided: ${cause}`, { outcome: 'undecided' });
}

function open(
  { mode, whenUndecided }: AnswerSettings,
  message: string,
  audit: Readonly<Record<string, string>>,
): AdmissionAnswer {
  if (mode === 'observe' || whenUndecided === 'allow') {
    return { allowed: true, audit, warnings: [`portwarden: ${message}`] };
  }
  return { allowed: false, audit, status: { code: 503, reason: 'ServiceUnavailable', message } };
}

export function badRequest(message: string): AdmissionAnswer {
  return { allowed: false, status: { code: 400, reason: 'BadRequest', message } };
}

/** Clients of Kubernetes wait that long and ask again. */
export const busy: AdmissionAnswer = {
  allowed: false,
  status: {
    code: 429,
    reason: 'TooManyRequests',
    message: 'portwarden decides as many launches as it may at a time; ask again',
    retryAfterSeconds: 1,
  },
};

function deny(message: string, audit: Readonly<Record<string, string>>): AdmissionAnswer {
  return { allowed: false, audit, status: { code: 403, reason: 'Forbidden', message } };
}

function observed({ status, audit }: AdmissionAnswer, found: readonly string[]): AdmissionAnswer {
  const warnings = found.length > 0 ? found : [`portwarden would refuse it: ${status?.message}`];
  return { allowed: true, warnings, ...(audit ? { audit: { ...audit, mode: 'observe' } } : {}) };
}

/** Never the evidence: a warning is shown to others than those who may see what a container is given. */
function warningOf({ rule, path, title, excepted }: LaunchFinding): string {
  return `portwarden: ${rule}: ${path === '' ? '' : `${path}: `}${title}${excepted ? ` (excepted by ${excepted.name})` : ''}`;
}
