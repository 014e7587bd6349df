import { formatInstant } from '../base/index.ts';
import { redacted } from '../input/index.ts';
import { type LaunchStore, parseImageReference } from '../model/index.ts';
import type { ContractDraft } from '../model/wire/index.ts';
import { compileContract, formatDocument } from '../policy/index.ts';
import { readStarts } from './recorded-starts.ts';

/** Starts that are read: enough to see what changes, and no more than a person waits for. */
const mostStarts = 5000;

/**
 * An input contract from the recorded starts of an image, of any tag where none is named; undefined where none is recorded.
 * Refused launches teach nothing. Throws ImageReferenceError.
 */
export async function learnContract(launches: LaunchStore, image: string): Promise<ContractDraft | undefined> {
  const { registry, repository, tag, digest } = parseImageReference(image);
  const { starts } = await readStarts(launches, {
    outcome: 'allow',
    // Records name an image as it was asked for: on Docker Hub without the part that everybody leaves out.
    text: repository.replace(/^library\//, ''),
    most: mostStarts,
    isWanted({ request }) {
      const asked = request.image?.reference;
      const isIt = asked?.registry === registry && asked.repository === repository;
      return isIt && (tag === undefined || asked.tag === tag) && (digest === undefined || asked.digest === digest);
    },
  });
  const oldest = starts.at(-1);
  if (!oldest) return undefined;
  const start = starts.find(({ facts }) => facts.start !== undefined)?.facts.start;
  const contract = compileContract(
    `${registry}/${repository}`,
    starts.map(({ facts }) => facts.request),
    { ...(start ? { start } : {}), isHidden },
  );
  return { text: formatDocument(contract), starts: starts.length, since: formatInstant(oldest.record.at) };
}

/** The record does not hold the value. */
export function isHidden(value: string): boolean {
  return value.includes(redacted);
}
