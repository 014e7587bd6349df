/**
 * Whether what is said of a name holds for another: it is that name, or `*.` and an end of it (`*.example.com` has all names
 * below `example.com`, also `*.shop.example.com`, and not `example.com`).
 */
export function nameFits(said: string, name: string): boolean {
  if (said === name) return true;
  return said.startsWith('*.') && name.length > said.length - 1 && name.endsWith(said.slice(1)) && name !== said;
}

/** All that could be said of a name and fit: itself, and `*.` with each end of it. At most as many as it has labels. */
export function saidOfName(name: string): readonly string[] {
  const said = [name];
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) said.push(`*${name.slice(dot)}`);
  return name.startsWith('*.') ? said.slice(1) : said;
}
