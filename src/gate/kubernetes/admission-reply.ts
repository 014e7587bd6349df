import type { JsonPatchOperation } from './pin-images.ts';

/** What goes back to the API server about one request (k8s.io/api/admission/v1, AdmissionResponse). */
export interface AdmissionAnswer {
  readonly allowed: boolean;
  /** Of a refusal. */
  readonly status?: {
    readonly code: number;
    /** A word of metav1.StatusReason. */
    readonly reason: 'Forbidden' | 'BadRequest' | 'TooManyRequests' | 'ServiceUnavailable' | 'Timeout';
    readonly message: string;
    readonly retryAfterSeconds?: number;
  };
  /** Shown by kubectl. */
  readonly warnings?: readonly string[];
  /** Written to the audit log under the webhook's name. */
  readonly audit?: Readonly<Record<string, string>>;
  readonly patch?: readonly JsonPatchOperation[];
}

export const allowed: AdmissionAnswer = { allowed: true };

/** The API server passes a message on whole; a terminal shows it. */
const longestMessage = 4000;
/** Over 256 characters the server may cut them, and over 4096 in all it leaves the rest out (KEP-1693). */
const longestWarning = 200;
const mostWarnings = 15;

/** The AdmissionReview that answers the request of that uid, as JSON. */
export function composeReply(uid: string, answer: AdmissionAnswer): string {
  const { status, warnings = [], audit, patch } = answer;
  const shown = warnings.length > mostWarnings ? warnings.slice(0, mostWarnings - 1) : warnings;
  const left = warnings.length - shown.length;
  const response: Record<string, unknown> = { uid, allowed: answer.allowed };
  if (status) {
    const { code, reason, message, retryAfterSeconds } = status;
    const details = retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } };
    response.status = { status: 'Failure', code, reason, message: oneLine(message, longestMessage), ...details };
  }
  if (shown.length > 0) {
    response.warnings = shown.map((warning) => oneLine(warning, longestWarning));
    if (left > 0) (response.warnings as string[]).push(`portwarden: and ${left} more`);
  }
  if (audit) response.auditAnnotations = audit;
  if (patch && patch.length > 0) {
    response.patchType = 'JSONPatch';
    response.patch = Buffer.from(JSON.stringify(patch)).toString('base64');
  }
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
}

/** A header carries warnings, a terminal shows both: nothing that either obeys. */
function oneLine(text: string, most: number): string {
  const clean = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
  return clean.length > most ? `${clean.slice(0, most - 1).toWellFormed()}…` : clean;
}
