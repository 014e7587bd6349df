import { lazyLibrary } from '../../base/index.ts';
import { type Severity, severities } from '../../model/index.ts';

const cvss = lazyLibrary<typeof import('ae-cvss-calculator')>('ae-cvss-calculator');

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

export interface CvssScore {
  readonly vector: string;
  /** `2.0`, `3.0`, `3.1`, `4.0`. */
  readonly version: string;
  /** From 0 to 10. */
  readonly score: number;
}

const known = new Map<string, CvssScore | undefined>();
const knownLimit = 20_000;

/** The base score of a CVSS vector of version 2, 3 or 4 (first.org/cvss); undefined for a text that is none. */
export function scoreCvss(vector: string): CvssScore | undefined {
  if (known.has(vector)) return known.get(vector);
  const score = computeScore(vector);
  if (known.size < knownLimit) known.set(vector, score);
  return score;
}

/**
 * The severity of a CVSS vector by its score: the qualitative scale of CVSS 3.1 section 5 and 4.0 section 6; for
 * version 2, which has none, that of the National Vulnerability Database. A text that is no vector is `unknown`.
 */
export function severityOfCvss(vector: string): Severity {
  const scored = scoreCvss(vector);
  if (scored === undefined) return 'unknown';
  const { score, version } = scored;
  if (score >= 9 && version !== '2.0') return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 || version === '2.0' ? 'low' : 'negligible';
}

/** The worst of them; `unknown` where none is known. */
export function worstSeverity(all: Iterable<Severity>): Severity {
  let worst: Severity = 'unknown';
  for (const severity of all) if (severities.indexOf(severity) < severities.indexOf(worst)) worst = severity;
  return worst;
}

const vectorPattern = /^(?:CVSS:(3\.[01]|4\.0)\/)?[A-Za-z]{1,3}:[A-Za-z]{1,6}(?:\/[A-Za-z]{1,3}:[A-Za-z]{1,6})+$/;

function computeScore(vector: string): CvssScore | undefined {
  const match = vector.length > 512 ? null : vectorPattern.exec(vector);
  if (!match) return undefined;
  let score: number | undefined;
  try {
    score = cvss().fromVector(vector)?.calculateScores().overall;
  } catch (error) {
    // The library throws whatever comes up on vectors that lack metrics.
    if (error instanceof Error) return undefined;
    throw error;
  }
  return score !== undefined && Number.isFinite(score) ? { vector, version: match[1] ?? '2.0', score } : undefined;
}
