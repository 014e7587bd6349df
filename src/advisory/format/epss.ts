import { type Instant, parseInstant } from '../../base/index.ts';
import type { ScoreRemark } from '../../model/index.ts';
import { AdvisoryError } from '../advisory-error.ts';
import { isAdvisoryId, quote } from './record.ts';

export interface EpssScores {
  readonly dataAsOf?: Instant;
  readonly scores: readonly ScoreRemark[];
  /** The reasons for lines that were rejected, the first 200. */
  readonly rejected: readonly string[];
  readonly rejectedCount: number;
}

const mostLines = 2_000_000;
const reasonsKept = 200;

/**
 * The daily scores of the Exploit Prediction Scoring System (first.org/epss, Data): a line
 * `#model_version:…,score_date:…`, the names of the columns, then a flaw a line. Throws AdvisoryError `bad-feed`.
 */
export function parseEpss(text: string): EpssScores {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const header = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
  if (!/^cve,epss,percentile$/i.test(lines[header] ?? '')) {
    throw new AdvisoryError('bad-feed', 'the scores do not begin with the columns cve,epss,percentile');
  }
  if (lines.length > mostLines) throw new AdvisoryError('too-large', `the scores have more than ${mostLines} lines`);
  const scores = new Map<string, ScoreRemark>();
  const rejected: string[] = [];
  let rejectedCount = 0;
  for (let at = header + 1; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line === '') continue;
    const score = parseLine(line);
    if (score) scores.set(score.flaw, score);
    else if (++rejectedCount <= reasonsKept) rejected.push(`line ${at + 1}: ${quote(line)} is not CVE,EPSS,PERCENTILE`);
  }
  const dataAsOf = dateOf(lines.slice(0, header));
  return { ...(dataAsOf === undefined ? {} : { dataAsOf }), scores: [...scores.values()], rejected, rejectedCount };
}

function parseLine(line: string): ScoreRemark | undefined {
  const [id = '', epss = '', percentile = '', ...rest] = line.split(',');
  if (rest.length > 0 || !isAdvisoryId(id) || !isShare(epss) || !isShare(percentile)) return undefined;
  return { kind: 'score', flaw: id, probability: Number(epss), percentile: Number(percentile) };
}

function isShare(text: string): boolean {
  return /^[0-9]*\.?[0-9]+(?:e-?[0-9]{1,3})?$/i.test(text) && Number(text) <= 1;
}

function dateOf(comments: readonly string[]): Instant | undefined {
  const date = /score_date:([0-9T:.Z+-]+)/.exec(comments.join('\n'))?.[1];
  return date === undefined ? undefined : parseInstant(date);
}
