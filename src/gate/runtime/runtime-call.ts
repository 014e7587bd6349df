import { asArray, asNumber, asObject, asString, CodedError, parseJson } from '../../base/index.ts';
import { runtimeLimits } from './runtime-client.ts';

export type RuntimeErrorCode =
  /** What came on the socket is no call of the wrapper. */
  | 'bad-call'
  /** A configuration of an engine cannot be edited. */
  | 'bad-configuration'
  /** A file of the wrapper or of an engine cannot be read or written. */
  | 'install-failed';

export class RuntimeGateError extends CodedError<RuntimeErrorCode> {}

export const runtimeCommands = ['create', 'run', 'restore', 'exec', 'update'] as const;
export type RuntimeCommandName = (typeof runtimeCommands)[number];
export const runtimeEngines = ['docker', 'podman', 'containerd'] as const;
export type RuntimeEngine = (typeof runtimeEngines)[number];

/** What a wrapper asks about: a command line of a runtime, and the file that it will read. */
export interface RuntimeCall {
  /** As the wrapper was installed: where dockerd keeps its containers. */
  readonly dataRoot: string;
  readonly command: RuntimeCommandName;
  readonly id: string;
  readonly options: readonly (readonly [name: string, value: string])[];
  readonly args: readonly string[];
  /** Where the runtime keeps the state of its containers; empty: its default. */
  readonly root: string;
  /** Absolute; of exec and update it says nothing. */
  readonly bundle: string;
  /** config.json, process.json or resources; absent where the command line says everything. */
  readonly file?: Uint8Array;
}

/** Header lines hold a command line, which Linux bounds to 2 MiB. */
export const callLimits = { header: 6 * 1024 * 1024, body: runtimeLimits.configBytes, options: 20_000 };
const newline = 10;

/** How many bytes a call has that begins so; undefined while its header is not whole. Throws RuntimeGateError. */
export function sizeOfCall(bytes: Uint8Array): number | undefined {
  const end = bytes.subarray(0, callLimits.header).indexOf(newline);
  if (end >= 0) return end + 1 + (asNumber(readHeader(bytes, end).size) ?? 0);
  if (bytes.length >= callLimits.header) throw bad('its header has no end');
  return undefined;
}

/** A whole call: a line of JSON, and behind it the bytes of the file. Throws RuntimeGateError. */
export function parseRuntimeCall(bytes: Uint8Array): RuntimeCall {
  const end = bytes.subarray(0, callLimits.header).indexOf(newline);
  if (end < 0) throw bad('its header has no end');
  const header = readHeader(bytes, end);
  const text = (key: string): string => asString(header[key]) ?? fail(`${key} is no text`);
  const command = runtimeCommands.find((each) => each === header.command) ?? fail('the command is not known');
  const id = text('id');
  if (!/^[\w+.-]{1,1024}$/.test(id) || id === '.' || id === '..') throw bad('the ID of the container is none');
  const bundle = text('bundle');
  if (!bundle.startsWith('/')) throw bad('the bundle is no absolute path');
  const file = bytes.subarray(end + 1);
  if (file.length !== header.size) throw bad('the file has another size than it says');
  const kinds = { create: 'config', run: 'config', restore: 'config', exec: 'process', update: 'resources' } as const;
  const isThere = header.file === kinds[command];
  if (!isThere && (header.file !== '' || kinds[command] === 'config' || file.length > 0))
    throw bad('its file is another');
  const dataRoot = text('dataRoot');
  return {
    ...{ command, id, bundle, dataRoot, root: text('root') },
    options: (asArray(header.options) ?? fail('options is no list')).map(readOption),
    args: (asArray(header.args) ?? fail('args is no list')).map((each) => asString(each) ?? fail('args has no texts')),
    ...(isThere ? { file } : {}),
  };
}

function readOption(value: unknown): readonly [string, string] {
  const [name, text] = asArray(value) ?? [];
  return typeof name === 'string' && typeof text === 'string' ? [name, text] : fail('an option is no pair of texts');
}

function readHeader(bytes: Uint8Array, end: number) {
  let header: ReturnType<typeof asObject>;
  try {
    header = asObject(parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end)), 'a call'));
  } catch (cause) {
    throw new RuntimeGateError('bad-call', 'what a runtime wrapper sent cannot be read', { cause });
  }
  const size = asNumber(header?.size);
  if (!header || header.version !== 1) throw bad('its version is not known');
  if (size === undefined || !Number.isInteger(size) || size < 0 || size > callLimits.body)
    throw bad('its size is none');
  return header;
}

function fail(why: string): never {
  throw bad(why);
}

function bad(why: string): RuntimeGateError {
  return new RuntimeGateError('bad-call', `what a runtime wrapper sent is no call: ${why}`);
}
