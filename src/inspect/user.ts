/**
 * Whether the `User` of an image configuration is root: `name`, `uid`, `name:group` or `uid:gid` (OCI image
 * specification 1.1, config.md, "User"); empty means root. A name is looked up in the text of the image's /etc/passwd,
 * where the first entry counts, as for the runtimes. Undefined where the name is not there: then nobody can tell.
 */
export function isRoot(user: string, passwd: string | undefined): boolean | undefined {
  const name = user.split(':', 1)[0]?.trim() ?? '';
  if (name === '') return true;
  if (/^\d+$/.test(name)) return Number(name) === 0;
  const uid = uidOf(name, passwd ?? '');
  if (uid !== undefined) return uid === 0;
  return name === 'root' ? true : undefined;
}

function uidOf(name: string, passwd: string): number | undefined {
  for (const line of passwd.split('\n')) {
    const [login, , uid] = line.split(':', 3);
    if (login === name && uid !== undefined && /^\d+$/.test(uid)) return Number(uid);
  }
  return undefined;
}
