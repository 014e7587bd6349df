/**
 * Whether the whole of a text is what the pattern says: `*` stands for any characters but the separator, `**` for any
 * at all, everything else for itself. Each pattern is anchored at both ends. Without a regular expression, so that no
 * pattern takes longer than the product of the lengths.
 */
export function globMatches(pattern: string, text: string, separator = '/'): boolean {
  // reach[j]: the pattern so far can have taken the first j characters.
  let reach = new Uint8Array(text.length + 1);
  reach[0] = 1;
  for (let at = 0; at < pattern.length; at++) {
    const next = new Uint8Array(text.length + 1);
    if (pattern[at] === '*') {
      const crosses = pattern[at + 1] === '*';
      while (pattern[at + 1] === '*') at++;
      for (let j = 0; j <= text.length; j++) {
        const goesOn = j > 0 && next[j - 1] === 1 && (crosses || text[j - 1] !== separator);
        next[j] = reach[j] === 1 || goesOn ? 1 : 0;
      }
    } else {
      for (let j = 1; j <= text.length; j++) next[j] = reach[j - 1] === 1 && text[j - 1] === pattern[at] ? 1 : 0;
    }
    reach = next;
  }
  return reach[text.length] === 1;
}

/**
 * Whether a repository is one of the pattern: an exact path, with `*` for one part or a piece of one, and `/**` at the
 * end for everything below. `team/**` is `team/web` and `team/web/api`, and neither `team` nor `team-evil/web`.
 */
export function repositoryMatches(pattern: string, repository: string): boolean {
  if (!pattern.endsWith('/**')) return globMatches(pattern, repository);
  const wanted = pattern.slice(0, -3).split('/');
  const parts = repository.split('/');
  return parts.length > wanted.length && wanted.every((part, index) => globMatches(part, parts[index] as string));
}

const patternPart = /^(?:[a-z0-9*]+(?:[._-]+[a-z0-9*]+)*)$/;

/** Why a text is no pattern of repositories, or undefined. `**` stands at the end alone, as a part of its own. */
export function repositoryPatternFault(pattern: string): string | undefined {
  const parts = pattern.split('/');
  const last = parts.length > 1 && parts.at(-1) === '**' ? parts.slice(0, -1) : parts;
  if (last.some((part) => part.includes('**'))) return 'has ** elsewhere than at its end, after a slash';
  if (!last.every((part) => patternPart.test(part))) return 'is no path of a repository, with * for a part of it';
  return undefined;
}

/** The same for a name with its registry: `registry.example/team/**`, or `*` for any registry. */
export function imagePatternFault(pattern: string): string | undefined {
  const slash = pattern.indexOf('/');
  const registry = pattern.slice(0, Math.max(slash, 0));
  if (!isRegistryHost(registry) && registry !== '*') return 'does not begin with a registry';
  return repositoryPatternFault(pattern.slice(slash + 1));
}

/** A registry is always explicit: a dot, a port, or localhost. */
export function isRegistryHost(text: string): boolean {
  if (text !== 'localhost' && !/[.:]/.test(text)) return false;
  return /^(?:\[[0-9a-f:]+\]|[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)(?::\d{1,5})?$/.test(
    text,
  );
}

/** Whether an image's full name, `registry/repository`, is one of a pattern that imagePatternFault lets pass. */
export function imageMatches(pattern: string, image: { readonly registry: string; readonly repository: string }) {
  const slash = pattern.indexOf('/');
  const registry = pattern.slice(0, slash);
  return (
    (registry === '*' || registry === image.registry) && repositoryMatches(pattern.slice(slash + 1), image.repository)
  );
}
