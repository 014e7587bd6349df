import { isDeepStrictEqual } from 'node:util';
import { parse } from 'smol-toml';
import { asObject, asString, type JsonObject, messageOf } from '../../../base/index.ts';
import { RuntimeGateError } from '../runtime-call.ts';
import type { Wrappers } from './docker-config.ts';

/** By the version of config.toml, the plugin that has the runtimes of CRI (containerd docs/cri/config.md). */
const plugins: Readonly<Record<number, string>> = { 2: 'io.containerd.grpc.v1.cri', 3: 'io.containerd.cri.v1.runtime' };
const remedy = 'set BinaryName of its runtimes yourself, as "portwarden runtime --help" says';

/**
 * config.toml with the wrapper as BinaryName of each runtime of CRI that is runc's shim. It is edited as text, so that
 * comments stay, and read again: anything but that change is an error. Throws RuntimeGateError.
 */
export function editContainerdConfig(text: string | undefined, wrappers: Wrappers): string {
  const version = Number(read(text ?? 'version = 2').version ?? 1);
  const plugin = plugins[version];
  if (plugin === undefined)
    throw new RuntimeGateError('bad-configuration', `config.toml of version ${version} is not known`, { remedy });
  const before = text ?? `version = ${version}\n`;
  const containerd = `plugins."${plugin}".containerd`;
  const runtimes = runtimesOf(read(before), plugin);
  const names = Object.keys(runtimes).filter((name) => isRunc(runtimes[name]));
  let edited = before;
  for (const name of names.length > 0 ? names : ['runc']) {
    const runtime = asObject(runtimes[name]);
    const old = asString(asObject(runtime?.options)?.BinaryName) ?? '';
    if ([...wrappers.values()].includes(old)) continue;
    const wrapper =
      wrappers.get(old.slice(old.lastIndexOf('/') + 1)) ?? wrappers.get('runc') ?? [...wrappers.values()][0];
    if (wrapper === undefined) throw new RuntimeGateError('install-failed', 'there is neither runc nor crun');
    const table = `${containerd}.runtimes.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}`;
    edited = setBinary(edited, table, wrapper, runtime);
  }
  verify(before, edited, plugin, wrappers);
  return edited;
}

/** As it was before; or where it was changed since, with the names that the runtimes had. */
export function restoreContainerdConfig(
  text: string,
  backup: string | undefined,
  wrappers: Wrappers,
): string | undefined {
  if (text === editContainerdConfig(backup, wrappers)) return backup;
  let restored = text;
  for (const [name, path] of wrappers) restored = restored.replaceAll(JSON.stringify(path), JSON.stringify(name));
  return restored;
}

/** Runtimes of CRI that no wrapper stands before. */
export function unseenContainerdRuntimes(text: string | undefined, wrappers: Wrappers): readonly string[] {
  if (text === undefined) return ['runc'];
  const config = read(text);
  const runtimes = runtimesOf(config, plugins[Number(config.version ?? 1)] ?? '');
  const paths = [...wrappers.values()];
  return Object.keys(runtimes).filter(
    (name) => !paths.includes(asString(asObject(asObject(runtimes[name])?.options)?.BinaryName) ?? ''),
  );
}

function setBinary(text: string, table: string, wrapper: string, runtime: JsonObject | undefined): string {
  const lines = text.split('\n');
  const header = lines.findIndex((line) => isHeader(line, `${table}.options`));
  const setting = `BinaryName = ${JSON.stringify(wrapper)}`;
  if (header >= 0) {
    const end = lines.findIndex((line, at) => at > header && /^\s*\[/.test(line));
    const at = lines.findIndex(
      (line, index) => index > header && (end < 0 || index < end) && /^\s*BinaryName\s*=/.test(line),
    );
    const indent = /^\s*/.exec(lines[header] ?? '')?.[0] ?? '';
    if (at >= 0) lines[at] = `${/^\s*/.exec(lines[at] ?? '')?.[0]}${setting}`;
    else lines.splice(header + 1, 0, `${indent}  ${setting}`);
    return lines.join('\n');
  }
  const made = runtime ? [] : [`[${table}]`, '  runtime_type = "io.containerd.runc.v2"', ''];
  return `${text.trimEnd()}\n\n${[...made, `[${table}.options]`, `  ${setting}`].join('\n')}\n`;
}

/** Plugins may be in either kind of quotes. */
function isHeader(line: string, table: string): boolean {
  const found = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/.exec(line)?.[1];
  return (
    found
      ?.replaceAll("'", '"')
      .replace(/\s*\.\s*/g, '.')
      .trim() === table
  );
}

function verify(before: string, after: string, plugin: string, wrappers: Wrappers): void {
  const wanted = withoutBinaries(read(before), plugin);
  const made = read(after);
  const isSame = isDeepStrictEqual(withoutBinaries(made, plugin), wanted);
  const runtimes = runtimesOf(made, plugin);
  const isSet = Object.values(runtimes).some((each) =>
    [...wrappers.values()].includes(asString(asObject(asObject(each)?.options)?.BinaryName) ?? ''),
  );
  if (isSame && isSet) return;
  throw new RuntimeGateError('bad-configuration', 'config.toml is written in a way that cannot be edited', { remedy });
}

/** A copy without what is ours to set. */
function withoutBinaries(config: JsonObject, plugin: string): unknown {
  const copy = JSON.parse(JSON.stringify(config));
  const runtimes = runtimesOf(copy, plugin) as Record<
    string,
    { options?: Record<string, unknown>; runtime_type?: string }
  >;
  for (const [name, runtime] of Object.entries(runtimes)) {
    delete runtime.options?.BinaryName;
    if (Object.keys(runtime.options ?? {}).length === 0) delete runtime.options;
    if (Object.keys(runtime).join() === 'runtime_type' && name === 'runc' && isRunc(runtime)) delete runtimes[name];
  }
  return pruned(copy);
}

/** Tables that are empty are as if they were not there. */
function pruned(value: unknown): unknown {
  const table = asObject(value);
  if (!table) return value;
  const entries = Object.entries(table).map(([key, item]) => [key, pruned(item)] as const);
  return Object.fromEntries(
    entries.filter(([, item]) => {
      const inner = asObject(item);
      return !inner || Object.keys(inner).length > 0;
    }),
  );
}

function runtimesOf(config: JsonObject, plugin: string): JsonObject {
  const containerd = asObject(asObject(asObject(config.plugins)?.[plugin])?.containerd);
  return asObject(containerd?.runtimes) ?? {};
}

function isRunc(runtime: unknown): boolean {
  const type = asString(asObject(runtime)?.runtime_type) ?? '';
  return type === '' || type.startsWith('io.containerd.runc.');
}

function read(text: string): JsonObject {
  try {
    return parse(text) as JsonObject;
  } catch (cause) {
    throw new RuntimeGateError('bad-configuration', `config.toml cannot be read: ${messageOf(cause)}`, { cause });
  }
}
