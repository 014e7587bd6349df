import type { Examined, FileExaminer, FileNote, Severity } from '../../model/index.ts';
import { isPassedOver } from '../passed-over.ts';
import { inspectRules } from '../rules.ts';
import { type ClamdAnswer, ClamdPool } from './clamd-pool.ts';

/** Crosses between threads. */
export interface ClamdOptions {
  /** As parseClamdAddress reads it. */
  readonly address: string;
}

/** StreamMaxLength of the clamd.conf that Debian ships; upstream's is larger. */
const largestFile = 25 * 2 ** 20;

/**
 * Shows every file to clamd, but for prose and translations: archives and documents too, which clamd looks into. The name
 * is what examiners are loaded by.
 */
export function createExaminer({ address }: ClamdOptions): FileExaminer {
  const pool = new ClamdPool(address);
  let told = false;
  return {
    id: 'clamd',
    wants: ({ path, size }) => (isPassedOver(path) ? 0 : size > largestFile ? 1 : size),
    examine({ size }, bytes): Examined | Promise<Examined> {
      if (size > largestFile) return { unexamined: `it has more than ${largestFile / 2 ** 20} MB` };
      return pool.scan(Buffer.from(bytes)).then((answer) => {
        const examined = examinedOf(answer);
        if (told || 'unexamined' in examined || !('version' in answer)) return examined;
        told = true;
        return [...examined, { kind: 'scanned', by: answer.version }];
      });
    },
    close: () => pool.close(),
  };
}

/** What an answer says of the file. Only `OK` is clean. */
export function examinedOf(answer: ClamdAnswer): Examined {
  if ('unexamined' in answer) return answer;
  const { reply } = answer;
  switch (reply.kind) {
    case 'clean':
      return [];
    case 'found':
      // With AlertExceedsMax clamd says so where it did not look at the whole (clamd.conf(5)).
      if (reply.signature.startsWith('Heuristics.Limits.Exceeded'))
        return { unexamined: `clamd did not look at the whole of it (${reply.signature})` };
      return [noteOf(reply.signature)];
    case 'too-large':
      return { unexamined: 'clamd does not take the whole of it' };
    case 'failed':
      return { unexamined: `clamd says: ${reply.reason}` };
    case 'text':
      return { unexamined: 'clamd answers what is not understood' };
  }
}

function noteOf(signature: string): FileNote {
  const rule = 'inspect/malware/clamd';
  const { severity, confidence } = weightOf(signature);
  return { kind: 'observation', rule, severity, confidence, detail: `is ${signature}` };
}

/** By the parts of a signature's name (docs.clamav.net, "Signature naming guidelines"). */
function weightOf(signature: string): { readonly severity: Severity; readonly confidence: 'likely' | 'guess' } {
  if (/^(?:\w+\.)?(?:Test\.)?EICAR\b|^(?:\w+\.)?(?:Test\.)?EICAR[-_]/i.test(signature))
    return { severity: inspectRules['inspect/malware/test-file'].severity, confidence: 'likely' };
  // What may be unwanted, and what only looks like something.
  if (signature.startsWith('PUA.')) return { severity: 'medium', confidence: 'likely' };
  if (signature.startsWith('Heuristics.')) return { severity: 'medium', confidence: 'guess' };
  return { severity: inspectRules['inspect/malware/clamd'].severity, confidence: 'likely' };
}
