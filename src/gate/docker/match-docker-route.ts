import { DockerGateError } from './docker-gate-error.ts';
import { type DockerRoute, dockerRoutes, newestDockerApi, oldestDockerApi } from './docker-routes.ts';

/** What a request is about, once it has one reading. */
export interface DockerTarget {
  readonly route: DockerRoute;
  /** Minor number of the API 1.x. */
  readonly version: number;
  /** What stands in the path for each `{name}`, decoded. */
  readonly names: ReadonlyMap<string, string>;
  /** Of the query, decoded, in order. */
  readonly query: readonly (readonly [string, string])[];
}

const longestUri = 16 * 1024;
const partPattern = /^[A-Za-z0-9][\w.-]*$/;
// Of an image: a reference or an ID; of a plugin likewise.
const wholePattern = /^[A-Za-z0-9[][\w.:@/[\]-]*$/;

/**
 * Finds the route of a request line as dockerd got it. dockerd decodes the path once and matches it then (gorilla/mux
 * without UseEncodedPath), answers `//`, `.` and `..` by itself, and reads an absolute URI by its path. Whatever is written
 * in such a way is refused here: no client does. Throws DockerGateError.
 */
export function matchDockerRoute(method: string, uri: string): DockerTarget {
  if (uri.length > longestUri) bad(`the request line is longer than ${longestUri} characters`);
  if (!/^\/[\x21-\x7e]*$/.test(uri)) bad('the request line is no plain path');
  const mark = uri.indexOf('?');
  const path = decode(mark < 0 ? uri : uri.slice(0, mark), 'path');
  if (/\/\/|\/\.{1,2}(?:\/|$)|[^\x21-\x7e]|[%\\?#]|.\/$/.test(path)) bad('the path has more than one reading');
  const { version, rest } = splitVersion(path);
  const found = candidates(method, rest);
  const [route, names] =
    found ?? unknown(`${method.slice(0, 10)} ${rest.slice(0, 100)} is no route that is known to this gate`);
  // What only reads goes on behind a newer engine, whose clients speak its version; what is asked of it may mean more by then.
  if (version > newestDockerApi && !(route.treatment.as === 'pass' && ['GET', 'HEAD'].includes(method)))
    throw new DockerGateError('unknown-route', `API 1.${version} is newer than what this gate knows`, {
      remedy: `set DOCKER_API_VERSION=1.${newestDockerApi}, or take a newer Portwarden`,
    });
  if (version < route.since) unknown(`${method} ${route.path} is from API 1.${route.since} on`);
  return { route, version, names, query: mark < 0 ? [] : readQuery(uri.slice(mark + 1)) };
}

/** Without a version dockerd takes its newest. */
function splitVersion(path: string): { readonly version: number; readonly rest: string } {
  const versioned = /^\/v([^/]*)(\/.*)$/.exec(path);
  // `/volumes` and `/version` begin with the same letter.
  if (!versioned || !/^[\d.]/.test(versioned[1] ?? '')) return { version: newestDockerApi, rest: path };
  const [, text = '', rest = ''] = versioned;
  const minor = /^1\.([1-9]\d{0,3})$/.exec(text)?.[1];
  if (minor === undefined) bad('the version of the API is none');
  const version = Number(minor);
  if (version < oldestDockerApi)
    throw new DockerGateError(
      'unknown-route',
      `API 1.${version} starts containers with settings that pass every gate`,
      {
        remedy: `use API 1.${oldestDockerApi} or later: take DOCKER_API_VERSION away, or take a newer client`,
      },
    );
  return { version, rest };
}

interface Compiled {
  readonly route: DockerRoute;
  readonly parts: readonly string[];
}

/** By method and number of fixed parts, the most exact first. */
const byMethod: ReadonlyMap<string, readonly Compiled[]> = compile();

function compile(): ReadonlyMap<string, readonly Compiled[]> {
  const compiled = new Map<string, Compiled[]>();
  for (const route of dockerRoutes) {
    const list = compiled.get(route.method) ?? [];
    list.push({ route, parts: route.path.slice(1).split('/') });
    compiled.set(route.method, list);
  }
  const open = ({ parts }: Compiled) => parts.filter((part) => part.startsWith('{')).length;
  for (const list of compiled.values()) list.sort((a, b) => open(a) - open(b));
  return compiled;
}

function candidates(method: string, path: string): readonly [DockerRoute, ReadonlyMap<string, string>] | undefined {
  const given = path.slice(1).split('/');
  for (const { route, parts } of byMethod.get(method) ?? []) {
    const names = fit(parts, given);
    if (names) return [route, names];
  }
  return undefined;
}

function fit(parts: readonly string[], given: readonly string[]): ReadonlyMap<string, string> | undefined {
  const extra = given.length - parts.length;
  const hasWhole = parts.some((part) => part.endsWith('*}'));
  if (extra < 0 || (extra > 0 && !hasWhole)) return undefined;
  const names = new Map<string, string>();
  let place = 0;
  for (const part of parts) {
    const width = part.endsWith('*}') ? extra + 1 : 1;
    const text = given.slice(place, place + width).join('/');
    place += width;
    if (!part.startsWith('{')) {
      if (part !== text) return undefined;
    } else {
      const isWhole = part.endsWith('*}');
      if (!(isWhole ? wholePattern : partPattern).test(text)) return undefined;
      names.set(part.slice(1, isWhole ? -2 : -1), text);
    }
  }
  return names;
}

/** As Go's url.ParseQuery, but for what that leaves out in silence or older ones read otherwise: refused. */
function readQuery(text: string): readonly (readonly [string, string])[] {
  if (text === '') return [];
  const pairs = text.split('&');
  if (pairs.length > 100) bad('the query has more than 100 parts');
  if (text.includes(';')) bad('a semicolon stands in the query');
  return pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const part = (piece: string) => decode(piece.replaceAll('+', ' '), 'query');
      return equals < 0 ? [part(pair), ''] : [part(pair.slice(0, equals)), part(pair.slice(equals + 1))];
    });
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return bad(`the ${what} has a percent sign that stands for no character`);
  }
}

function bad(message: string): never {
  throw new DockerGateError('bad-request', message, { remedy: 'send the request as the docker client does' });
}

function unknown(message: string): never {
  throw new DockerGateError('unknown-route', message, {
    remedy: 'see docs/reference/docker-routes.md for what is known; a newer Portwarden may know more',
  });
}
