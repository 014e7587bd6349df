import { type Clock, type Digest, parseDigest } from '../../base/index.ts';
import { formatImageReference, type ImageReference } from '../../model/index.ts';

/** The digest that a name leads to; undefined where nothing certified is behind it. Rejects where nobody can say. */
export type ResolveImage = (reference: ImageReference) => Promise<Digest | undefined>;

/** Who knows: the certificates, in the end. */
export type AskDigest = (reference: ImageReference) => Promise<{ readonly digest: string } | undefined>;

/** The mutating call, what other webhooks do, and the validating call come within this. */
const rememberedFor = 30_000;
const mostRemembered = 5000;

/**
 * Remembers what a name led to for the seconds between the mutating and the validating call, so that the second cannot find
 * another image behind the tag than the first pinned (CVE-2022-47633, CVE-2023-47630). Failures, and names that led nowhere,
 * are asked again.
 */
export function rememberDigests(ask: AskDigest, clock: Clock): ResolveImage {
  const remembered = new Map<string, { readonly digest: Digest; readonly until: number }>();
  const underway = new Map<string, Promise<Digest | undefined>>();

  async function find(key: string, reference: ImageReference): Promise<Digest | undefined> {
    const found = await ask(reference);
    const digest = found && parseDigest(found.digest);
    if (digest === undefined) return undefined;
    if (remembered.size >= mostRemembered) remembered.delete(remembered.keys().next().value ?? key);
    remembered.set(key, { digest, until: clock.now() + rememberedFor });
    return digest;
  }

  return async (reference) => {
    const key = formatImageReference(reference);
    const known = remembered.get(key);
    if (known && known.until > clock.now()) return known.digest;
    remembered.delete(key);
    let answer = underway.get(key);
    if (!answer) {
      answer = find(key, reference).finally(() => underway.delete(key));
      underway.set(key, answer);
    }
    return answer;
  };
}
