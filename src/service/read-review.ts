import { messageOf } from '../base/index.ts';
import {
  type JsonValue,
  LaunchError,
  parseCompose,
  parseDockerCreate,
  parseManifests,
  parseOciConfig,
  parseRunLine,
  parseStrictJson,
  parseWorkload,
  parseYamlText,
} from '../launch/index.ts';
import type { LaunchForm, LaunchSet } from '../model/index.ts';

/** A launch that was read for a review, or why it could not be. */
export interface ReviewItem {
  readonly name: string;
  readonly set?: LaunchSet;
  readonly problem?: { readonly path: string; readonly message: string };
  /** Of a path in what was asked. */
  readonly lineOf: (path: string) => number | undefined;
}

const noLine = () => undefined;

/**
 * The launches of a file: a compose file, manifests of Kubernetes, an OCI config.json, a body of the Docker API, or lines of
 * `docker run`; which one is told by its content where `form` does not say. What cannot be read is an item with its problem.
 */
export function readReview(text: string, name: string, form?: LaunchForm): readonly ReviewItem[] {
  try {
    const is = form ?? formOf(text, name);
    if (is === 'run') return readRunLines(text, name);
    if (is === 'config') return [{ name, set: parseOciConfig(readDocument(text, name)), lineOf: noLine }];
    const documents = parseYamlText(text, name);
    if (is === 'pod') {
      // Documents that start no container have nothing to be judged.
      return parseManifests(documents).launches.map(({ at, set }) => {
        return { name: at, set, lineOf: documents.find((document) => document.at === at)?.lineOf ?? noLine };
      });
    }
    const [document] = documents;
    if (!document || documents.length > 1) throw new LaunchError('bad-launch', '', `${name} must be one document`);
    return [{ name, set: readValue(document.value, is, name), lineOf: document.lineOf }];
  } catch (error) {
    return [{ name, problem: problemOf(error), lineOf: noLine }];
  }
}

/** A value of one form: as JSON, or as the text that such a file has. Throws LaunchError. */
export function readValue(value: JsonValue, form: LaunchForm, name = ''): LaunchSet {
  if (form === 'compose') return parseCompose(value, name);
  if (form === 'run') return parseRunLine(value as string | readonly string[]);
  const read = typeof value === 'string' ? readDocument(value, name) : value;
  if (form === 'pod') return parseWorkload(read);
  return form === 'config' ? parseOciConfig(read) : parseDockerCreate(read);
}

/** Limits of a config.json may be larger than a double can count. */
function readDocument(text: string, name: string): JsonValue {
  if (/^\s*\{/.test(text)) return parseStrictJson(text, { largeIntegers: 'text' });
  const [document, ...others] = parseYamlText(text, name);
  if (!document || others.length > 0) throw new LaunchError('bad-launch', '', `${name} must be one document`);
  return document.value;
}

export function problemOf(error: unknown): { readonly path: string; readonly message: string } {
  return { path: error instanceof LaunchError ? error.path : '', message: messageOf(error) };
}

/** A line that ends in a backslash goes on in the next. */
function readRunLines(text: string, name: string): readonly ReviewItem[] {
  const lines = text.split(/\r?\n/);
  const items: ReviewItem[] = [];
  for (let at = 0; at < lines.length; at++) {
    const first = at;
    let line = lines[at] ?? '';
    while (line.endsWith('\\') && at + 1 < lines.length) line = `${line}\n${lines[++at]}`;
    if (/^\s*(?:#|$)/.test(line)) continue;
    const where = { name: `${name}:${first + 1}`, lineOf: () => first + 1 };
    try {
      items.push({ ...where, set: parseRunLine(line) });
    } catch (error) {
      items.push({ ...where, problem: problemOf(error) });
    }
  }
  if (items.length > 0) return items;
  throw new LaunchError('bad-launch', '', `${name} has no line of docker run`);
}

const runWords = /^\s*(?:\$ )?(?:sudo )?(?:docker|podman|nerdctl)(?:\.exe)?\s/m;

function formOf(text: string, name: string): LaunchForm {
  if (/^\s*\{/.test(text)) {
    const keys = Object.keys(Object(readDocument(text, name)));
    const has = (key: string) => keys.includes(key);
    if (has('ociVersion')) return 'config';
    if (has('apiVersion') && has('kind')) return 'pod';
    return has('services') ? 'compose' : 'docker';
  }
  if (/^services\s*:/m.test(text) && !/^kind\s*:/m.test(text)) return 'compose';
  if (/^kind\s*:/m.test(text)) return 'pod';
  if (runWords.test(text)) return 'run';
  throw new LaunchError(
    'bad-launch',
    '',
    `${name} is neither a compose file nor a manifest, a config.json, a body of the Docker API or a docker run line`,
    {
      remedy: 'Say which it is: --as compose|pod|config|docker|run',
    },
  );
}
