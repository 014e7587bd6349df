import { WiringError } from './wiring-error.ts';

/**
 * The user IDs of PORTWARDEN_RUNTIME_GATE_USERS: numbers, or names that passwd(5) has, with spaces or commas between them.
 * Root has a socket of its own and is left out. Throws WiringError.
 */
export function parseGateUsers(text: string, readPasswd: () => string): readonly number[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  if (names.length === 0) return [];
  const known = names.every(isNumber) ? new Map<string, number>() : parsePasswd(readPasswd());
  const ids = names.map((name) => {
    const uid = isNumber(name) ? Number(name) : known.get(name);
    if (uid !== undefined && uid < 2 ** 32 - 1) return uid;
    throw new WiringError('bad-setting', `PORTWARDEN_RUNTIME_GATE_USERS names "${name}", whom /etc/passwd does not`, {
      remedy: 'write names of users of this host, or their numbers, with commas between them',
    });
  });
  return [...new Set(ids)].filter((uid) => uid !== 0);
}

function isNumber(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}

/** The first line of a name counts. */
function parsePasswd(text: string): ReadonlyMap<string, number> {
  const users = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name = '', , uid = ''] = line.split(':');
    if (name !== '' && isNumber(uid) && !users.has(name)) users.set(name, Number(uid));
  }
  return users;
}
