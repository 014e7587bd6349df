import { lazyLibrary, messageOf } from '../base/index.ts';
import { type Component, otherNameOf } from '../model/index.ts';
import { ServiceError } from './service-error.ts';

const packageUrl = lazyLibrary<typeof import('packageurl-js')>('packageurl-js');

/** Which components a person means by a name or a package URL. */
export interface ComponentQuery {
  /** A component that is meant has one of these as its name or its other name (otherNameOf), in any case of letters. */
  readonly names: readonly string[];
  /** The one version that a package URL says. */
  readonly version?: string;
  matches(component: Component): boolean;
  /** Whether it is meant by its own name and not by its source's. */
  isNamed(component: Component): boolean;
}

const longest = 512;

/**
 * A name (of a component or of its source package), or a package URL (package-url/purl-spec): with a version it means
 * that version alone, and what qualifiers it has must agree. Throws ServiceError `bad-query`.
 */
export function parseComponentQuery(text: string): ComponentQuery {
  const trimmed = text.trim();
  if (trimmed === '') throw badName(text, 'it is empty');
  if (trimmed.length > longest) throw badName(text, `it is longer than ${longest} characters`);
  return /^pkg:/i.test(trimmed) ? queryByPurl(trimmed) : queryByName(trimmed);
}

/** PEP 503, "Normalized Names". */
function normalizePython(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function queryByName(text: string): ComponentQuery {
  const name = text.toLowerCase();
  const python = normalizePython(text);
  const isNamed = (component: Component) => {
    if (component.ecosystem === 'pypi') return normalizePython(component.name) === python;
    // Nobody says the group of a Maven artifact.
    const isArtifact = component.ecosystem === 'maven' && otherNameOf(component)?.toLowerCase() === name;
    return isArtifact || component.name.toLowerCase() === name;
  };
  return {
    names: [...new Set([text, name, python])],
    matches: (component) => isNamed(component) || component.source?.name.toLowerCase() === name,
    isNamed,
  };
}

function queryByPurl(text: string): ComponentQuery {
  const wanted = readPurl(text);
  if (wanted instanceof Error) throw badName(text, messageOf(wanted));
  const between = wanted.type === 'maven' ? ':' : '/';
  const full = wanted.namespace ? `${wanted.namespace}${between}${wanted.name}` : wanted.name;
  return {
    names: [...new Set([full, wanted.name])],
    ...(wanted.version === undefined ? {} : { version: wanted.version }),
    isNamed: () => true,
    matches(component) {
      const found = readPurl(component.purl);
      return (
        !(found instanceof Error) &&
        found.type === wanted.type &&
        found.namespace === wanted.namespace &&
        found.name === wanted.name &&
        (wanted.version === undefined || wanted.version === found.version) &&
        Object.entries(wanted.qualifiers).every(([key, value]) => found.qualifiers[key] === value)
      );
    },
  };
}

/** The parts of a package URL, or why it is none. */
function readPurl(text: string) {
  try {
    const { type, namespace, name, version, qualifiers } = packageUrl().PackageURL.fromString(text);
    // The specification folds the case of these, the library does not (PURL-TYPES, "golang").
    const fold = type === 'golang' ? (part: string) => part.toLowerCase() : (part: string) => part;
    return {
      type,
      namespace: fold(namespace ?? ''),
      name: fold(name),
      version: version ?? undefined,
      qualifiers: qualifiers ?? {},
    };
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error));
  }
}

function badName(text: string, reason: string): ServiceError {
  const shown = JSON.stringify(text.slice(0, 80));
  return new ServiceError('bad-query', `${shown} is no name of a package: ${reason}`, {
    remedy: 'Write a name such as openssl, or a package URL such as pkg:npm/left-pad@1.3.0',
  });
}
