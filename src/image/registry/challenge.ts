/** How a registry wants to be asked (RFC 9110, 11.6.1; distribution specification, "Token Authentication"). */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string };

const maxHeader = 8192;

/** The strongest challenge of a WWW-Authenticate header that is understood: bearer before basic. */
export function parseChallenge(header: string | readonly string[] | undefined): Challenge | undefined {
  const text = typeof header === 'string' ? header : (header ?? []).join(', ');
  if (text.length > maxHeader) return undefined;
  let basic: Challenge | undefined;
  for (const { scheme, parameters } of splitChallenges(text)) {
    const realm = parameters.get('realm');
    if (scheme === 'bearer' && realm) {
      const service = parameters.get('service');
      const scope = parameters.get('scope');
      return { scheme, realm, ...(service ? { service } : {}), ...(scope ? { scope } : {}) };
    }
    if (scheme === 'basic') basic ??= { scheme };
  }
  return basic;
}

/** The same scopes, but only to pull: what a registry asks for beyond that is not ours to give. */
export function pullScopes(scope: string | undefined, repository: string): readonly string[] {
  const asked = (scope ?? '').split(' ').flatMap((item) => {
    const match = /^(repository(?:\([a-z]+\))?:[^\s]+):[a-z,*]*$/.exec(item);
    return match?.[1] ? [`${match[1]}:pull`] : [];
  });
  return asked.length > 0 ? asked.slice(0, 10) : [`repository:${repository}:pull`];
}

/**
 * What a request is about to do. To pull a blob of another repository is part of mounting it
 * (distribution specification, "Mounting a blob from another repository").
 */
export interface Access {
  readonly actions: 'pull' | 'pull,push' | 'pull,push,delete';
  readonly mountFrom?: string;
}

/**
 * The scopes of a token for it. Who writes asks for its own repository alone, whatever the registry names: a token to
 * push elsewhere is nothing to give it.
 */
export function scopesOf({ actions, mountFrom }: Access, asked: string | undefined, repository: string) {
  if (actions === 'pull') return pullScopes(asked, repository);
  return [`repository:${repository}:${actions}`, ...(mountFrom ? [`repository:${mountFrom}:pull`] : [])];
}

interface RawChallenge {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

/** Commas part both challenges and parameters; a token that no `=` follows begins a challenge. */
function splitChallenges(text: string): readonly RawChallenge[] {
  const challenges: RawChallenge[] = [];
  const pattern = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?[\s,]*/gy;
  for (let match = pattern.exec(text); match?.[1]; match = pattern.exec(text)) {
    const value = match[2]?.replace(/\\(.)/g, '$1') ?? match[3];
    if (value === undefined) challenges.push({ scheme: match[1].toLowerCase(), parameters: new Map() });
    else challenges.at(-1)?.parameters.set(match[1].toLowerCase(), value);
  }
  return challenges;
}
