import type { ExaminerSource } from '../model/index.ts';
import type { ContentOptions } from './content-examiner.ts';

const module = new URL(`./content-examiner${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)
  .href;

/** How the threads that read layers come by the examiner of contents; its version changes with what it says. */
export function contentExaminer(options: ContentOptions): ExaminerSource {
  return { id: 'content', version: 3, module, options };
}
