import { parseBom } from '../catalog/index.ts';
import { redactAll } from '../inspect/index.ts';
import type { BillOfMaterials, Platform, Problem } from '../model/index.ts';
import { judgeReading, type ScanParts, type ScanReport } from './scan.ts';
import { ServiceError } from './service-error.ts';

/**
 * Judges a bill of materials that was made elsewhere by the advisories of the store, recording nothing. What it lists is
 * claimed: nobody looked. Throws ServiceError `bad-bom` where it is none.
 */
export async function matchBom(
  document: { readonly name: string; readonly text: string },
  parts: ScanParts,
  platform: Platform,
): Promise<ScanReport> {
  const parsed = redactAll(parseBom(document.text));
  if ('reason' in parsed) {
    throw new ServiceError('bad-bom', `${document.name} ${parsed.reason}`, {
      remedy: 'give a bill of materials as CycloneDX 1.2 to 1.7 or SPDX 2.2 to 2.3, in JSON',
    });
  }
  const { format, subject, distribution, components, untold, gaps } = parsed;
  const bom: BillOfMaterials = {
    subject: { kind: 'bom', name: subject ?? document.name },
    platform,
    ...(distribution
      ? { distribution: { ...distribution, prettyName: `${distribution.id} ${distribution.release}` } }
      : {}),
    components: components
      .map((component) => ({
        ...component,
        layer: 0,
        evidence: { kind: 'claimed', confidence: 'likely', note: format } as const,
      }))
      .sort((a, b) => (a.purl < b.purl ? -1 : 1)),
    catalogers: [],
    problems: [...problemsOf(document.name, untold), ...gapProblems(document.name, gaps)],
  };
  return judgeReading({ bom }, document.name, parts);
}

const mostGapsTold = 100;

/** What was not read when the bill was made is not read now. */
function gapProblems(name: string, gaps: readonly string[]): readonly Problem[] {
  const code = 'catalog/sbom/incomplete';
  const told = gaps.slice(0, mostGapsTold).map((gap) => ({ code, message: `${name} leaves out: ${gap}` }));
  const left = gaps.length - told.length;
  return left > 0 ? [...told, { code, message: `${name} leaves out ${left} more` }] : told;
}

function problemsOf(name: string, { count, names }: { count: number; names: readonly string[] }): readonly Problem[] {
  if (count === 0) return [];
  const some = `${names.slice(0, 5).join(', ')}${count > 5 ? ', …' : ''}`;
  const message = `${name} lists ${count} packages without a package URL that is understood: ${some}`;
  return [{ code: 'catalog/sbom/untold-packages', message }];
}
