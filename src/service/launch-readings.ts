import { hash, randomBytes } from 'node:crypto';
import type { InputReport, LaunchFacts, LaunchRequest, RecordedFacts } from '../model/index.ts';
import { recordedReading } from './launch-secrets.ts';

/** What looking into a request gives, and both as they are recorded, without secrets. */
export interface LaunchReading {
  readonly inputs: InputReport;
  readonly recorded: Pick<RecordedFacts, 'request' | 'inputs'>;
}

interface Met {
  readonly strictness: 1 | 2;
  readonly start: LaunchFacts['start'];
  readonly reading: LaunchReading;
}

const mostKept = 1000;
/** Requests with long files are looked into each time: what is kept of them would be as long. */
const longestKept = 65_536;

/**
 * Readings of requests that were asked before in the very same words, by a digest under a key of its own: engines and
 * clusters start the same again and again, and looking for secrets in each text takes longer than all the rest of a decision.
 */
export function createLaunchReadings(
  examine: (request: LaunchRequest, strictness: 1 | 2, start: LaunchFacts['start']) => InputReport,
) {
  const kept = new Map<string, LaunchReading>();
  const key = randomBytes(32).toString('base64');

  function read(request: LaunchRequest, strictness: 1 | 2, start: LaunchFacts['start']): LaunchReading {
    const inputs = examine(request, strictness, start);
    return { inputs, recorded: recordedReading(request, inputs) };
  }

  /** Of requests that are the same object, without looking at each word again. */
  const met = new WeakMap<LaunchRequest, Met>();

  return (request: LaunchRequest, strictness: 1 | 2, start: LaunchFacts['start']): LaunchReading => {
    const last = met.get(request);
    if (last && last.strictness === strictness && last.start === start) return last.reading;
    const reading = byWords(request, strictness, start);
    met.set(request, { strictness, start, reading });
    return reading;
  };

  function byWords(request: LaunchRequest, strictness: 1 | 2, start: LaunchFacts['start']): LaunchReading {
    const words = JSON.stringify([strictness, start ?? null, request]);
    if (words.length > longestKept) return read(request, strictness, start);
    const name = hash('sha256', key + words, 'base64');
    const known = kept.get(name);
    const reading = known ?? read(request, strictness, start);
    kept.delete(name);
    kept.set(name, reading);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return reading;
  }
}
