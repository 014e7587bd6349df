import type { ReviewRules } from '../service/index.ts';
import type { Context } from './context.ts';
import { createProgress } from './progress.ts';

/** Of one line; a Pod of the largest size that Kubernetes takes, and its ConfigMaps. */
const lineLimit = 8 * 1024 * 1024;
const linesAtOnce = 64;

/**
 * Reads lines of JSON, and answers each with a line, in order. A line that cannot be read is answered as refused, with what is
 * wrong with it: nothing is left out.
 */
export async function reviewLines(
  context: Context,
  input: AsyncIterable<Uint8Array | string>,
  rules: ReviewRules,
): Promise<void> {
  const { reviewLine } = await import('../service/index.ts');
  const progress = createProgress(context.output, 'reviewed', String);
  const now = Date.now();
  let count = 0;
  let refused = 0;
  let answers: string[] = [];
  const flush = () => {
    if (answers.length > 0) context.output.out(answers.join('\n'));
    answers = [];
  };
  for await (const line of linesOf(input)) {
    context.signal.throwIfAborted();
    if (line !== tooLong && line.trim() === '') continue;
    count++;
    const answer = reviewLine(line === tooLong ? undefined : line, count, rules, now);
    if (answer.outcome !== 'allow') refused++;
    answers.push(JSON.stringify(answer));
    if (answers.length >= linesAtOnce) flush();
    progress.update(count, undefined, `${refused} refused or not decided`);
  }
  progress.done();
  flush();
}

const tooLong = Symbol('too long');

async function* linesOf(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<string | typeof tooLong> {
  const decoder = new TextDecoder('utf-8', { fatal: false });
  let rest = '';
  let isSkipping = false;
  for await (const piece of input) {
    rest += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      if (!isSkipping) yield rest.slice(start, end);
      isSkipping = false;
      start = end + 1;
    }
    rest = rest.slice(start);
    if (rest.length <= lineLimit) continue;
    if (!isSkipping) yield tooLong;
    isSkipping = true;
    rest = '';
  }
  rest += decoder.decode();
  if (rest !== '' && !isSkipping) yield rest;
}
