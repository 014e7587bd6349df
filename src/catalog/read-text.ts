import { CodedError } from '../base/index.ts';
import type { CatalogContext, FileEntry } from '../model/index.ts';
import type { ProblemList } from './problem-list.ts';

const strict = new TextDecoder('utf-8', { fatal: true });
const lenient = new TextDecoder('utf-8');

/**
 * The bytes of a file; undefined where they could not be read, and then `problems` or the contents say so. A file of
 * more than `limit` bytes becomes a problem.
 */
export async function readBytes(
  context: Pick<CatalogContext, 'contents'>,
  entry: FileEntry,
  limit: number,
  problems: ProblemList,
): Promise<Uint8Array | undefined> {
  try {
    return await context.contents.read(entry.path, limit);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'file-too-large') throw error;
    problems.add('catalog/file-too-large', entry, `${entry.path} has more than ${limit} bytes and was not read`);
    return undefined;
  }
}

/** The same as text. Bytes that are no UTF-8 are replaced, and that is a problem: a name may be wrong then. */
export async function readText(
  context: Pick<CatalogContext, 'contents'>,
  entry: FileEntry,
  limit: number,
  problems: ProblemList,
): Promise<string | undefined> {
  const bytes = await readBytes(context, entry, limit, problems);
  if (!bytes) return undefined;
  try {
    return strict.decode(bytes);
  } catch {
    problems.add('catalog/not-utf8', entry, `${entry.path} has bytes that are not UTF-8; they were replaced`);
    return lenient.decode(bytes);
  }
}

/** Databases end with a line's end; the last line of one that does not was cut, and its value may be half a value. */
export function dropCutLine(text: string): { readonly text: string; readonly cut: boolean } {
  if (text === '' || text.endsWith('\n')) return { text, cut: false };
  return { text: text.slice(0, text.lastIndexOf('\n') + 1), cut: true };
}
