import type { Mark } from './mark.ts';
import type { PassedInput } from './passed-inputs.ts';
import {
  hasPrivateKey,
  isAuthorization,
  isLiteralSecret,
  isPasswordHash,
  isRandomKey,
  isSecretName,
  pairedPasswords,
  urlPasswords,
} from './secrets.ts';
import { isWeakPassword } from './weak-password.ts';

export type FindSecrets = (
  text: string,
) => Iterable<{ readonly start: number; readonly end: number; readonly name: string }>;

export interface FoundCredentials {
  readonly marks: readonly Mark[];
  /** Whether anything of the value must not be shown. */
  readonly secret: boolean;
}

/** Credentials in the clear: by the name of variable or flag, by their form, in URLs. `before` is the argument that stands before. */
export function findCredentials(
  { place, name, value, expects }: PassedInput,
  before: PassedInput | undefined,
  users: readonly string[],
  findSecrets: FindSecrets | undefined,
): FoundCredentials {
  const marks: Mark[] = [];
  let secret = false;
  const text = value.slice(0, 1_000_000);
  const named = secretByName(place, name, value, before);
  if (named !== undefined && isPasswordHash(named.value)) secret = true;
  else if (named !== undefined) {
    secret = true;
    const weak = isWeakPassword(named.value, users);
    const how = named.flag ? 'a flag whose value is a secret' : 'its name says that it is a secret';
    marks.push(
      weak
        ? { rule: 'input/weak-password', what: `${how}, and the value is well known or short`, confidence: 'likely' }
        : credential(how, 'likely'),
    );
  }
  if (place === 'variable' && isWeakSetting(name ?? '', value))
    marks.push({
      rule: 'input/weak-password',
      what: 'no password is needed',
      confidence: 'certain',
      severity: 'medium',
    });
  if (place === 'file' && expects === 'data' && findSecrets === undefined)
    return { marks, secret: hasPrivateKey(text) };
  if (hasPrivateKey(text)) {
    secret = true;
    marks.push({ ...credential('a private key', 'certain'), severity: 'high' });
  }
  for (const { start, end, user } of urlPasswords(text)) {
    secret = true;
    const password = text.slice(start, end);
    const weak = isWeakPassword(password, [...users, user]);
    marks.push(
      weak
        ? {
            rule: 'input/weak-password',
            what: 'a URL with a password that is well known or short',
            confidence: 'likely',
          }
        : credential('a URL with a password', 'certain'),
    );
    break;
  }
  if (named === undefined) {
    for (const { start, end } of pairedPasswords(text)) {
      secret = true;
      marks.push(
        isWeakPassword(text.slice(start, end), users)
          ? {
              rule: 'input/weak-password',
              what: 'a password in a text, which is well known or short',
              confidence: 'guess',
            }
          : credential('a password in a text', 'guess'),
      );
      break;
    }
  }
  if (named === undefined && isAuthorization(text)) {
    secret = true;
    if (!marks.some(({ rule }) => rule === 'input/credential'))
      marks.push(credential('what logs in at a service', 'likely'));
  }
  for (const { name: kind } of findSecrets?.(text) ?? []) {
    secret = true;
    const at = marks.findIndex(({ rule }) => rule === 'input/credential');
    const known: Mark = { ...credential(kindOf(kind), 'certain'), severity: 'high' };
    // What is known by its form weighs more than what a name says.
    if (at < 0) marks.push(known);
    else if (marks[at]?.severity === undefined) marks[at] = known;
    break;
  }
  return {
    marks: place === 'file' ? marks.map((mark) => ({ ...mark, what: `a file with ${mark.what}` })) : marks,
    secret,
  };
}

/** The names of patterns are ours; anything else is not shown. */
function kindOf(name: string): string {
  return /^[\w ,./()-]{1,60}$/.test(name) ? name : 'a secret by its form';
}

function credential(what: string, confidence: Mark['confidence']): Mark {
  return { rule: 'input/credential', what, confidence };
}

interface NamedSecret {
  readonly value: string;
  readonly flag: boolean;
}

/** How somebody logs in, rather than with what. */
const authMode =
  /^(?:none|basic|digest|htpasswd|ldaps?|oidc|saml|jwt|tokens?|password|plain|md5|scram\S*|trust|peer|cert|m?tls|o?auth2?|header|cookie|local|internal|external|db|database|file|anonymous|required|optional|enabled|disabled|kerberos|gssapi|iam|api[_-]?key|proxy)$/i;

export function secretByName(
  place: PassedInput['place'],
  name: string | undefined,
  value: string,
  before: Pick<PassedInput, 'value'> | undefined,
): NamedSecret | undefined {
  if (place === 'variable' || place === 'label') {
    const isSecret =
      name !== undefined &&
      (isRandomKey(name, value) ||
        (isSecretName(name) &&
          isLiteralSecret(value) &&
          !/^[a-z]+:\/\/[^@]*$/i.test(value) &&
          !(/auth$/i.test(name) && authMode.test(value.trim()))));
    return isSecret ? { value, flag: false } : undefined;
  }
  if (place === 'file') return undefined;
  const pair = /^(-{0,2}[A-Za-z][\w.-]{0,80})=([\s\S]+)$/.exec(value);
  if (pair?.[1] !== undefined && pair[2] !== undefined && isSecretName(pair[1]) && isLiteralSecret(pair[2]))
    return { value: pair[2], flag: true };
  const flag = before?.value ?? '';
  if (/^--?[A-Za-z][\w.-]{1,80}$/.test(flag) && isSecretName(flag) && isLiteralSecret(value) && !/^--?\w/.test(value))
    return { value, flag: true };
  return undefined;
}

function isWeakSetting(name: string, value: string): boolean {
  if (/ALLOW_EMPTY_(?:\w+_)?PASSWORD$/i.test(name)) return /^(?:1|true|yes|on|y)$/i.test(value);
  if (name === 'ALLOW_ANONYMOUS_LOGIN') return /^(?:1|true|yes|on|y)$/i.test(value);
  return name === 'POSTGRES_HOST_AUTH_METHOD' && value === 'trust';
}
