import {
  type FlawChange,
  type Severity,
  type StoredComponent,
  severities,
  type VerdictChange,
} from '../model/index.ts';
import type { WhoRuns } from './who-runs.ts';

const componentsTold = 20;

/** A feed that is imported may change thousands of verdicts: one summary for each flaw and direction, the worst first. */
export async function summarizeChanges(
  changes: readonly VerdictChange[],
  whoRuns: Pick<WhoRuns, 'about'>,
): Promise<FlawChange[]> {
  const ask = await whoRuns.about(changes.map(({ component }) => component));
  const summaries: FlawChange[] = [];
  for (const group of Map.groupBy(changes, ({ kind, flaw }) => `${kind}\0${flaw}`).values()) {
    const { kind, flaw } = group[0] as VerdictChange;
    const components = new Map<number, StoredComponent>(
      group.map(({ component }) => [component.componentId, component] as const),
    );
    const concerned = ask([...components.values()]);
    summaries.push({
      kind,
      flaw,
      severity: severities[Math.min(...group.map(({ severity }) => severities.indexOf(severity)))] as Severity,
      components: group.slice(0, componentsTold).map(({ component, fixedIn }) => ({
        purl: component.purl,
        ...(fixedIn === undefined ? {} : { fixedIn }),
      })),
      images: concerned.images + concerned.imagesNotRunning,
      running: concerned.containers,
      hosts: concerned.hosts,
    });
  }
  return summaries.sort(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.running - a.running,
  );
}
