import cvss from 'ae-cvss-calculator';
import { type Severity, severities } from '../../model/index.ts';

const words: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  important: 'high',
  moderate: 'medium',
  medium: 'medium',
  low: 'low',
  negligible: 'negligible',
  unimportant: 'negligible',
  none: 'negligible',
};

/**
 * The severity that a word stands for: GitHub's (`MODERATE`), Ubuntu's priorities and Debian's urgencies (`low**`,
 * `unimportant`). Anything else (`not yet assigned`, `end-of-life`) is `unknown`.
 */
export function severityOfWord(word: unknown): Severity {
  if (typeof word !== 'string') return 'unknown';
  const key = word.toLowerCase().replace(/\*+$/, '');
  return Object.hasOwn(words, key) ? (words[key] as Severity) : 'unknown';
}

const known = new Map<string, Severity>();
const knownLimit = 20_000;

/**
 * The severity of a CVSS vector by its score: the qualitative scale of CVSS 3.1 section 5 and 4.0 section 6; for
 * version 2, which has none, that of the National Vulnerability Database. A text that is no vector is `unknown`.
 */
export function severityOfCvss(vector: string): Severity {
  const before = known.get(vector);
  if (before !== undefined) return before;
  const severity = scoreSeverity(vector);
  if (known.size < knownLimit) known.set(vector, severity);
  return severity;
}

/** The worst of them; `unknown` where none is known. */
export function worstSeverity(all: Iterable<Severity>): Severity {
  let worst: Severity = 'unknown';
  for (const severity of all) if (severities.indexOf(severity) < severities.indexOf(worst)) worst = severity;
  return worst;
}

const vectorPattern = /^(?:CVSS:(?:3\.[01]|4\.0)\/)?[A-Za-z]{1,3}:[A-Za-z]{1,6}(?:\/[A-Za-z]{1,3}:[A-Za-z]{1,6})+$/;

function scoreSeverity(vector: string): Severity {
  if (vector.length > 512 || !vectorPattern.test(vector)) return 'unknown';
  let score: number | undefined;
  try {
    score = cvss.fromVector(vector)?.calculateScores().overall;
  } catch (error) {
    // The library throws whatever comes up on vectors that lack metrics.
    if (error instanceof Error) return 'unknown';
    throw error;
  }
  if (score === undefined || !Number.isFinite(score)) return 'unknown';
  const isVersion2 = !vector.startsWith('CVSS:');
  if (score >= 9 && !isVersion2) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 || isVersion2 ? 'low' : 'negligible';
}
