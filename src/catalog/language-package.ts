import { formatPackageUrl } from './package-url.ts';
import { normalizePythonName } from './python/parse-python-metadata.ts';

export type LanguageEcosystem = 'npm' | 'pypi' | 'golang' | 'gem' | 'cargo' | 'composer' | 'nuget';

/** What names and versions of all package registries are made of; stricter checks are those of the registries. */
const namePattern = /^[A-Za-z0-9@_~.][A-Za-z0-9@_~./!'()*+-]{0,300}$/;
const versionPattern = /^[A-Za-z0-9][A-Za-z0-9._+~!@#/-]{0,200}$/;

/** A package as something other than its own metadata names it; undefined where that is no name or no version. */
export function describeLanguagePackage(ecosystem: LanguageEcosystem, written: string, version: string) {
  const isName = namePattern.test(written) && !written.split('/').some((part) => part === '' || /^\.+$/.test(part));
  if (!isName || !versionPattern.test(version)) return undefined;
  const name = ecosystem === 'pypi' ? normalizePythonName(written) : written;
  const isFolded = ecosystem === 'npm' || ecosystem === 'golang' || ecosystem === 'composer';
  const canonical = isFolded ? name.toLowerCase() : name;
  const slash = canonical.lastIndexOf('/');
  const namespace = slash < 0 ? {} : { namespace: canonical.slice(0, slash) };
  const purl = formatPackageUrl({ type: ecosystem, ...namespace, name: canonical.slice(slash + 1), version });
  return { purl, ecosystem, name, version, licenses: [] };
}
