import type { InstalledComponent } from '../model/index.ts';

/**
 * One component for each package URL, with all its locations and licenses, in the lowest layer that has it; sorted by
 * package URL.
 */
export function mergeComponents(components: readonly InstalledComponent[]): readonly InstalledComponent[] {
  const merged = new Map<string, InstalledComponent>();
  const repeated = new Map<string, InstalledComponent[]>();
  for (const component of components) {
    const { purl } = component;
    if (!merged.has(purl)) merged.set(purl, component);
    else if (repeated.has(purl)) repeated.get(purl)?.push(component);
    else repeated.set(purl, [component]);
  }
  for (const [purl, others] of repeated) {
    const all = [merged.get(purl) as InstalledComponent, ...others];
    merged.set(purl, {
      ...(all[0] as InstalledComponent),
      licenses: [...new Set(all.flatMap((component) => component.licenses))].sort(),
      locations: [...new Set(all.flatMap((component) => component.locations))].sort(),
      layer: all.reduce((lowest, component) => Math.min(lowest, component.layer), Number.POSITIVE_INFINITY),
    });
  }
  return [...merged.values()].sort((a, b) => (a.purl < b.purl ? -1 : a.purl > b.purl ? 1 : 0));
}
