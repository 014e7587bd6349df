/** The codes of a reference page: the first cell of each row in backticks, under the heading of its room. */
export function codeTables(text: string): ReadonlyMap<string, readonly string[]> {
  const tables = new Map<string, string[]>();
  let room = '';
  for (const line of text.split('\n')) {
    const heading = /^## (\S+)/.exec(line)?.[1];
    if (heading !== undefined) room = heading;
    const code = /^\| *`([^`]+)`/.exec(line)?.[1];
    if (code !== undefined) tables.set(room, [...(tables.get(room) ?? []), code]);
  }
  return tables;
}

/** The members of each closed union whose name ends in ErrorCode. */
export function errorCodesOf(source: string): readonly string[] {
  return [...source.matchAll(/^(?:export )?type \w*ErrorCode =([^;]*);/gm)].flatMap(([, union = '']) =>
    [...union.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').matchAll(/'([^']+)'/g)].map(([, code = '']) => code),
  );
}

/** Problem codes are paths that begin with a room: literals of that form, but for the media types of pictures. */
export function problemCodesOf(source: string): readonly string[] {
  const literals = source.matchAll(/['`]((?:image|catalog|inspect|advisory|host|trust)(?:\/[a-z][a-z0-9-]*)+)['`]/g);
  return [...literals]
    .map(([, code = '']) => code)
    .filter((code) => !/^image\/(?:png|jpeg|gif|webp|avif|bmp)$/.test(code));
}
