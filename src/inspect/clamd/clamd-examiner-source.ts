import type { ExaminerSource } from '../../model/index.ts';
import type { ClamdOptions } from './clamd-examiner.ts';

/** How threads that read layers come by the examiner. Signatures change daily: what it said of a layer is not kept. */
export function clamdExaminer(options: ClamdOptions): ExaminerSource {
  const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  const module = new URL(`./clamd-examiner${ending}`, import.meta.url).href;
  return { id: 'clamd', version: 1, module, options, changes: true };
}
