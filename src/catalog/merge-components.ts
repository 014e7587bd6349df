import type { ComponentEvidence, InstalledComponent } from '../model/index.ts';

/**
 * One component for each package URL, with all its locations and licenses, in the lowest layer that has it; sorted by
 * package URL. What is installed is not also declared or claimed: where evidence of several kinds speaks of one package,
 * in whatever build, that of the strongest kind counts alone.
 */
export function mergeComponents(components: readonly InstalledComponent[]): readonly InstalledComponent[] {
  const merged = new Map<string, InstalledComponent>();
  const repeated = new Map<string, InstalledComponent[]>();
  for (const component of strongest(components)) {
    const { purl } = component;
    if (!merged.has(purl)) merged.set(purl, component);
    else if (repeated.has(purl)) repeated.get(purl)?.push(component);
    else repeated.set(purl, [component]);
  }
  for (const [purl, others] of repeated) {
    const all = [merged.get(purl) as InstalledComponent, ...others];
    merged.set(purl, {
      ...all.reduce((best, component) => (doubt(component) < doubt(best) ? component : best)),
      licenses: [...new Set(all.flatMap((component) => component.licenses))].sort(),
      locations: [...new Set(all.flatMap((component) => component.locations))].sort(),
      layer: all.reduce((lowest, component) => Math.min(lowest, component.layer), Number.POSITIVE_INFINITY),
    });
  }
  return [...merged.values()].sort((a, b) => (a.purl < b.purl ? -1 : a.purl > b.purl ? 1 : 0));
}

const kinds: readonly ComponentEvidence['kind'][] = ['installed', 'declared', 'claimed'];
const confidences: readonly ComponentEvidence['confidence'][] = ['certain', 'likely', 'guess'];

function kindOf({ evidence }: InstalledComponent): number {
  return evidence ? kinds.indexOf(evidence.kind) : 0;
}

function doubt({ evidence }: InstalledComponent): number {
  return evidence ? confidences.indexOf(evidence.confidence) : 0;
}

/** A claim may leave out the qualifiers, which only tell builds of the same version apart. */
function strongest(components: readonly InstalledComponent[]): readonly InstalledComponent[] {
  if (components.every((component) => kindOf(component) === 0)) return components;
  const best = new Map<string, number>();
  const keyOf = ({ purl }: InstalledComponent) => purl.split('?', 1)[0] as string;
  for (const component of components) {
    const known = best.get(keyOf(component));
    if (known === undefined || kindOf(component) < known) best.set(keyOf(component), kindOf(component));
  }
  return components.filter((component) => kindOf(component) === best.get(keyOf(component)));
}
