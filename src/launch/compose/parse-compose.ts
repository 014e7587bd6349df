import type { LaunchRequest, LaunchSet } from '../../model/index.ts';
import { checkKeys } from '../check-keys.ts';
import { type JsonMap, type JsonValue, joinPath, quoteName } from '../json-value.ts';
import { LaunchDraft } from '../launch-draft.ts';
import { LaunchError } from '../launch-error.ts';
import { isJsonMap, parseYamlText } from '../yaml-text.ts';
import { type ComposeScope, describe, ValueReader, wrongType } from './compose-scope.ts';
import { serviceFields } from './service-fields.ts';

export interface ComposeOptions {
  /** Those that are set where compose will run, with those of `.env`; absent: nobody knows them. */
  readonly variables?: ReadonlyMap<string, string>;
  /** Content of files that the file names, by their path as it is written there. */
  readonly files?: ReadonlyMap<string, string>;
}

const topKeys = new Set([
  'version',
  'name',
  'services',
  'networks',
  'volumes',
  'secrets',
  'configs',
  'models',
  'include',
]);
const serviceLimits = { services: 500, extends: 20 };

/**
 * Every service of a compose file as a launch (Compose specification, github.com/compose-spec/compose-spec). Fields of a
 * service that are not known are listed among `others`. Throws LaunchError with the path, or file and line where it is no
 * YAML; other files are not followed: `docker compose config` writes everything into one.
 */
export function parseCompose(text: string | JsonValue, file: string, options: ComposeOptions = {}): LaunchSet {
  const top = typeof text === 'string' ? readTop(text, file) : text;
  if (!isJsonMap(top)) throw wrongType(file, 'a compose file');
  const keys = Object.fromEntries(Object.entries(top).filter(([key]) => !key.startsWith('x-')));
  checkKeys(keys, topKeys, '');
  if (top.include !== undefined && top.include !== null) throw notFollowed('include');
  const scope: ComposeScope = { top, variables: options.variables, files: options.files ?? new Map() };
  const { services } = top;
  if (!isJsonMap(services)) throw wrongType('services', 'a map of services');
  const names = Object.keys(services).filter((name) => !name.startsWith('x-'));
  if (names.length > serviceLimits.services)
    throw new LaunchError('launch-limit', 'services', `there are more than ${serviceLimits.services} services`);
  return { form: 'compose', requests: names.map((name) => readService(name, services, scope)) };
}

function readTop(text: string, file: string): JsonValue {
  const [document, second] = parseYamlText(text, file);
  if (!document) throw new LaunchError('bad-launch', file, 'it is empty');
  if (second) throw new LaunchError('bad-launch', second.at, 'a compose file is one document');
  return document.value;
}

function notFollowed(path: string): LaunchError {
  const remedy = 'Give what `docker compose config` writes: everything in one file';
  return new LaunchError('bad-launch', path, 'other files are not followed', { remedy });
}

function readService(name: string, services: JsonMap, scope: ComposeScope): LaunchRequest {
  const path = joinPath('services', name);
  const draft = new LaunchDraft('compose', path);
  draft.name = name;
  draft.workload.name = name;
  const read = new ValueReader(scope, draft);
  const { name: project } = scope.top;
  if (typeof project === 'string') draft.workload.project = read.text(project, 'name');
  for (const layer of findLayers(name, services)) readLayer(draft, read, layer);
  draft.image ??= { value: '', path, problem: 'no image is named' };
  return draft.compile();
}

/** The service behind those that it extends, the farthest first. */
function findLayers(name: string, services: JsonMap): readonly { readonly service: JsonMap; readonly path: string }[] {
  const layers: { readonly service: JsonMap; readonly path: string }[] = [];
  const seen = new Set<string>();
  for (let next: string | undefined = name; next !== undefined; ) {
    const path = joinPath('services', next);
    const service: JsonValue | undefined = Object.hasOwn(services, next) ? services[next] : undefined;
    if (service === undefined) throw new LaunchError('bad-launch', path, 'there is no such service to extend');
    if (!isJsonMap(service)) throw wrongType(path, 'a map');
    if (seen.has(next)) throw new LaunchError('bad-launch', path, 'the service extends itself');
    if (seen.size >= serviceLimits.extends)
      throw new LaunchError('launch-limit', path, 'too many services extend each other');
    seen.add(next);
    layers.unshift({ service, path });
    next = extendedBy(service, path);
  }
  return layers;
}

function extendedBy(service: JsonMap, path: string): string | undefined {
  const extended = service.extends;
  if (extended === undefined || extended === null) return undefined;
  if (typeof extended === 'string') return extended;
  const at = joinPath(path, 'extends');
  if (!isJsonMap(extended)) throw wrongType(at, 'the name of a service');
  checkKeys(extended, new Set(['service', 'file']), at);
  if (extended.file !== undefined) throw notFollowed(joinPath(at, 'file'));
  if (typeof extended.service !== 'string') throw wrongType(joinPath(at, 'service'), 'the name of a service');
  return extended.service;
}

function readLayer(draft: LaunchDraft, read: ValueReader, { service, path }: { service: JsonMap; path: string }): void {
  for (const [key, { value, path: at }] of read.fields(service, path)) {
    const readField = serviceFields.get(key);
    // An empty field is as if it were not there, for compose and for us; `pid` and others say so themselves.
    if (readField) {
      if (value !== null || key === 'command' || key === 'entrypoint') readField(draft, value, at, read);
    } else draft.other(quoteName(key).slice(1, -1), describe(value), at);
  }
}
