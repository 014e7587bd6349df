import { formatInstant, type Instant } from '../base/index.ts';
import { type LaunchRecord, type LaunchStore, parseImageReference } from '../model/index.ts';
import type { ContractDraft } from '../model/wire/index.ts';
import { compileContract, formatDocument } from '../policy/index.ts';

/** Starts that are read: enough to see what changes, and no more than a person waits for. */
const mostStarts = 5000;
const page = 500;

/**
 * An input contract from the recorded starts of an image, of any tag where none is named; undefined where none is recorded.
 * Refused launches teach nothing. Throws ImageReferenceError.
 */
export async function learnContract(launches: LaunchStore, image: string): Promise<ContractDraft | undefined> {
  const { registry, repository, tag, digest } = parseImageReference(image);
  // Records name an image as it was asked for: on Docker Hub without the part that everybody leaves out.
  const text = repository.replace(/^library\//, '');
  const facts: LaunchRecord['facts'][number][] = [];
  let since: Instant | undefined;
  for (let offset = 0; facts.length < mostStarts; offset += page) {
    const { items } = await launches.list({ outcome: 'allow', text, limit: page, offset });
    for (const record of items) {
      const found = record.facts.filter(({ request }) => {
        const asked = request.image?.reference;
        const isIt = asked?.registry === registry && asked.repository === repository && request.action === 'start';
        return isIt && (tag === undefined || asked.tag === tag) && (digest === undefined || asked.digest === digest);
      });
      if (found.length > 0) since = record.at;
      facts.push(...found);
    }
    if (items.length < page) break;
  }
  if (facts.length === 0) return undefined;
  const start = facts.find((each) => each.start !== undefined)?.start;
  const contract = compileContract(
    `${registry}/${repository}`,
    facts.map(({ request }) => request),
    start,
  );
  return {
    text: formatDocument(contract),
    starts: facts.length,
    since: since === undefined ? null : formatInstant(since),
  };
}
