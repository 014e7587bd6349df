import { describe, expect, it } from 'vitest';
import type { FindingView } from '../../api/wire.ts';
import { groupByFix } from './group-by-fix.ts';

describe('groupByFix', () => {
  it('gathers what one upgrade clears, and leaves out what has no fix', () => {
    const fixes = groupByFix(
      [
        finding({ advisory: 'A', component: 'pkg:deb/debian/libssl3@1' }),
        finding({ advisory: 'A', component: 'pkg:deb/debian/openssl@1' }),
        finding({ advisory: 'B', component: 'pkg:deb/debian/libssl3@1', severity: 'critical' }),
        finding({ advisory: 'C', component: 'pkg:deb/debian/libssl3@1', fixedIn: null }),
      ],
      undefined,
    );
    expect(fixes).toHaveLength(1);
    expect(fixes[0]?.components).toHaveLength(2);
    expect(fixes[0]?.findings).toHaveLength(3);
    expect(fixes[0]?.counts).toMatchObject({ critical: 1, high: 1 });
  });

  it('keeps packages of the same name apart by ecosystem', () => {
    const fixes = groupByFix(
      [finding({ component: 'pkg:npm/redis@1' }), finding({ component: 'pkg:pypi/redis@1' })],
      undefined,
    );
    expect(fixes).toHaveLength(2);
  });

  it('tells what the base image brought from what was built upon it', () => {
    const findings = [finding({ layer: 0 }), finding({ layer: 3 })];
    expect(groupByFix(findings, 2).map(({ isInBase }) => isInBase)).toEqual([true, false]);
    expect(groupByFix(findings, undefined).map(({ isInBase }) => isInBase)).toEqual([false]);
  });

  it('puts the known exploited first, then the worst', () => {
    const fixes = groupByFix(
      [
        finding({ package: 'many', severity: 'critical' }),
        finding({ package: 'some', severity: 'medium' }),
        finding({ package: 'used', severity: 'low', isExploited: true }),
      ],
      undefined,
    );
    expect(fixes.map(({ name }) => name)).toEqual(['used', 'many', 'some']);
  });

  it('names the version that most findings need', () => {
    const fixes = groupByFix(
      [
        finding({ advisory: 'A', fixedIn: '3' }),
        finding({ advisory: 'B', fixedIn: '3' }),
        finding({ advisory: 'C', fixedIn: '2.0.0' }),
      ],
      undefined,
    );
    expect(fixes[0]?.to).toBe('3');
  });
});

function finding(told: {
  advisory?: string;
  component?: string;
  package?: string;
  severity?: FindingView['severity'];
  fixedIn?: string | null;
  layer?: number;
  isExploited?: boolean;
}): FindingView {
  const { advisory = 'CVE-2026-0001', component = 'pkg:deb/debian/libssl3@1', severity = 'high', layer = 0 } = told;
  return {
    advisory,
    component,
    severity,
    name: 'libssl3',
    version: '1',
    fixedIn: told.fixedIn === undefined ? '2' : told.fixedIn,
    knownExploited: told.isExploited ? { since: '2026-01-01', ransomware: false } : null,
    evidence: { package: told.package ?? 'openssl', layer },
  } as FindingView;
}
