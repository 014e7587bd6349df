import { isDeepStrictEqual } from 'node:util';
import { asObject, asString, type JsonObject, messageOf, parseJson } from '../../../base/index.ts';
import { RuntimeGateError } from '../runtime-call.ts';

/** Names of runtimes and the wrappers that stand before them. */
export type Wrappers = ReadonlyMap<string, string>;

const ours = 'portwarden';

/**
 * daemon.json (dockerd(8)) with the wrapper as default runtime, and before each other runtime whose program is one that has a
 * wrapper. The name `runc` is dockerd's own and cannot be given away: there the PATH of its unit leads to the wrapper. Gives
 * the text as it is where nothing is to change. Throws RuntimeGateError.
 */
export function editDockerConfig(text: string | undefined, wrappers: Wrappers): string {
  const before = readConfig(text);
  const used = asString(before['default-runtime']);
  const named = asObject(before.runtimes) ?? {};
  const program = programOf(named, used === ours ? undefined : used);
  const wrapper = wrappers.get(program) ?? wrappers.get('runc') ?? [...wrappers.values()][0];
  if (wrapper === undefined) throw new RuntimeGateError('install-failed', 'there is neither runc nor crun');
  const already = asString(asObject(named[ours])?.path);
  const isOurs = already !== undefined && [...wrappers.values()].includes(already);
  const runtimes: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(named)) runtimes[name] = shadow(value, wrappers);
  const args = asObject(named[used ?? ''])?.runtimeArgs;
  if (!isOurs) runtimes[ours] = { path: wrapper, ...(args === undefined ? {} : { runtimeArgs: args }) };
  return write(text, before, { ...before, 'default-runtime': ours, runtimes });
}

/** The text as it was before, or where it was changed since, without what is ours. */
export function restoreDockerConfig(text: string, backup: string | undefined, wrappers: Wrappers): string | undefined {
  if (text === editDockerConfig(backup, wrappers)) return backup;
  const now = readConfig(text);
  const earlier = readConfig(backup);
  const restored: Record<string, unknown> = { ...now };
  if (now['default-runtime'] === ours) {
    if (earlier['default-runtime'] === undefined) delete restored['default-runtime'];
    else restored['default-runtime'] = earlier['default-runtime'];
  }
  const runtimes: Record<string, unknown> = { ...asObject(now.runtimes) };
  delete runtimes[ours];
  for (const [name, value] of Object.entries(runtimes)) {
    const path = asString(asObject(value)?.path);
    const real = asString(asObject(asObject(earlier.runtimes)?.[name])?.path);
    if (real !== undefined && [...wrappers.values()].includes(path ?? ''))
      runtimes[name] = { ...asObject(value), path: real };
  }
  if (Object.keys(runtimes).length > 0) restored.runtimes = runtimes;
  else delete restored.runtimes;
  return write(text, now, restored);
}

/** Runtimes of dockerd's configuration that no wrapper stands before. */
export function unseenRuntimes(text: string | undefined, wrappers: Wrappers): readonly string[] {
  return Object.entries(asObject(readConfig(text).runtimes) ?? {}).flatMap(([name, value]) => {
    const path = asString(asObject(value)?.path);
    const isSeen = path !== undefined && ([...wrappers.values()].includes(path) || wrappers.has(baseOf(path)));
    return isSeen ? [] : [name];
  });
}

function programOf(runtimes: JsonObject, name: string | undefined): string {
  const path = name === undefined ? undefined : asString(asObject(runtimes[name])?.path);
  return baseOf(path ?? name ?? 'runc');
}

function shadow(value: unknown, wrappers: Wrappers): unknown {
  const runtime = asObject(value);
  const path = asString(runtime?.path);
  const wrapper = path === undefined ? undefined : wrappers.get(baseOf(path));
  return wrapper === undefined ? value : { ...runtime, path: wrapper };
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function readConfig(text: string | undefined): JsonObject {
  if (text === undefined || text.trim() === '') return {};
  try {
    const config = asObject(parseJson(text, 'daemon.json'));
    if (config) return config;
  } catch (cause) {
    throw new RuntimeGateError('bad-configuration', `daemon.json cannot be read: ${messageOf(cause)}`, { cause });
  }
  throw new RuntimeGateError('bad-configuration', 'daemon.json is no object');
}

function write(text: string | undefined, before: JsonObject, after: JsonObject): string {
  if (text !== undefined && isDeepStrictEqual(plain(before), plain(after))) return text;
  const indent = /^\{\s*\n([ \t]+)/.exec(text ?? '')?.[1] ?? '  ';
  return `${JSON.stringify(after, null, indent)}\n`;
}

function plain(value: JsonObject): unknown {
  return JSON.parse(JSON.stringify(value));
}
