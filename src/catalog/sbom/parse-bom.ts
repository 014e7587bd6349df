import { asString } from '../../base/index.ts';
import { readCycloneDx } from '../cyclonedx/read-cyclonedx.ts';
import { parseJsonObject } from '../parse-json-object.ts';
import { readSpdx } from '../spdx/read-spdx.ts';
import type { ListedComponent, ParsedBom } from './bom-document.ts';
import { parsePackageUrl } from './parse-package-url.ts';

const mostComponents = 100_000;
const namesTold = 20;

/**
 * A bill of materials in JSON, of CycloneDX or SPDX 2, whoever wrote it. A package counts by its package URL; one without,
 * or of a type that is not known, is untold. The same component twice is one. Total.
 */
export function parseBom(text: string): ParsedBom {
  const json = parseJsonObject(text);
  if ('reason' in json) return json;
  const { object } = json;
  const isSpdx = /^SPDX-2\.\d$/.test(asString(object.spdxVersion) ?? '');
  if (object.bomFormat !== 'CycloneDX' && !isSpdx) return { reason: 'is neither CycloneDX nor SPDX 2 in JSON' };
  if (!isSpdx && !/^1\.[2-7]$/.test(asString(object.specVersion) ?? ''))
    return { reason: 'is CycloneDX of a version that is not known here' };
  const { format, subject, distribution, packages, gaps } = isSpdx ? readSpdx(object) : readCycloneDx(object);
  const components = new Map<string, ListedComponent>();
  const untold: string[] = [];
  for (const { name, purl, source, ...described } of packages) {
    if (components.size + untold.length >= mostComponents)
      return { reason: `has more than ${mostComponents} components` };
    const hints = { ...(distribution ? { distribution } : {}), ...(source ? { source } : {}) };
    const component = purl === undefined ? undefined : parsePackageUrl(purl, hints);
    if (!component) untold.push(name);
    else if (!components.has(component.purl)) components.set(component.purl, { ...component, ...described });
  }
  return {
    format,
    ...(subject ? { subject } : {}),
    ...(distribution ? { distribution } : {}),
    components: [...components.values()].map(({ ownedBy, ...component }) =>
      // Whoever names an owner that is not listed would have a package judged by nobody.
      ownedBy !== undefined && ownedBy !== component.purl && components.has(ownedBy)
        ? { ...component, ownedBy }
        : component,
    ),
    untold: { count: untold.length, names: untold.slice(0, namesTold) },
    gaps,
  };
}
