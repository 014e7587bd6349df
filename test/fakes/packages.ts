import { formatInstant, type Instant } from '../../src/base/index.ts';
import { type Severity, severities } from '../../src/model/index.ts';
import type { ComponentView, FindingView, Passport, SeverityCounts } from '../../src/model/wire/index.ts';
import type { Random } from './random.ts';

const day = 24 * 60 * 60 * 1000;

export interface KnownPackage {
  readonly ecosystem: ComponentView['ecosystem'];
  readonly name: string;
  readonly versions: readonly string[];
  readonly source?: string;
  readonly license: string;
}

const knownPackages: readonly KnownPackage[] = [
  {
    ecosystem: 'deb',
    name: 'libc6',
    source: 'glibc',
    versions: ['2.36-9+deb12u4', '2.36-9+deb12u7'],
    license: 'LGPL-2.1-or-later',
  },
  {
    ecosystem: 'deb',
    name: 'libssl3',
    source: 'openssl',
    versions: ['3.0.11-1~deb12u2', '3.0.14-1~deb12u2'],
    license: 'Apache-2.0',
  },
  {
    ecosystem: 'deb',
    name: 'openssl',
    source: 'openssl',
    versions: ['3.0.11-1~deb12u2', '3.0.14-1~deb12u2'],
    license: 'Apache-2.0',
  },
  { ecosystem: 'deb', name: 'zlib1g', source: 'zlib', versions: ['1:1.2.13.dfsg-1'], license: 'Zlib' },
  { ecosystem: 'deb', name: 'libexpat1', source: 'expat', versions: ['2.5.0-1', '2.5.0-1+deb12u1'], license: 'MIT' },
  { ecosystem: 'deb', name: 'bash', source: 'bash', versions: ['5.2.15-2+b7'], license: 'GPL-3.0-or-later' },
  {
    ecosystem: 'deb',
    name: 'curl',
    source: 'curl',
    versions: ['7.88.1-10+deb12u5', '7.88.1-10+deb12u8'],
    license: 'curl',
  },
  { ecosystem: 'npm', name: 'express', versions: ['4.17.3', '4.19.2'], license: 'MIT' },
  { ecosystem: 'npm', name: 'lodash', versions: ['4.17.20', '4.17.21'], license: 'MIT' },
  { ecosystem: 'npm', name: 'ws', versions: ['7.5.9', '8.13.0', '8.17.1'], license: 'MIT' },
  { ecosystem: 'npm', name: '@babel/core', versions: ['7.24.0'], license: 'MIT' },
  { ecosystem: 'pypi', name: 'requests', versions: ['2.28.1', '2.31.0', '2.32.3'], license: 'Apache-2.0' },
  { ecosystem: 'pypi', name: 'jinja2', versions: ['3.1.2', '3.1.4'], license: 'BSD-3-Clause' },
  { ecosystem: 'pypi', name: 'django', versions: ['3.2.18', '4.2.11'], license: 'BSD-3-Clause' },
  { ecosystem: 'golang', name: 'golang.org/x/net', versions: ['v0.17.0', 'v0.23.0'], license: 'BSD-3-Clause' },
  { ecosystem: 'golang', name: 'golang.org/x/crypto', versions: ['v0.14.0', 'v0.31.0'], license: 'BSD-3-Clause' },
  { ecosystem: 'golang', name: 'stdlib', versions: ['1.21.4', '1.22.7'], license: 'BSD-3-Clause' },
];

const nameParts = [
  'async',
  'core',
  'data',
  'edge',
  'fast',
  'graph',
  'http',
  'io',
  'json',
  'kit',
  'log',
  'map',
  'net',
  'pool',
  'queue',
  'stream',
] as const;

/** Those that everybody knows, and `count` more. */
export function inventPackages(random: Random, count: number): KnownPackage[] {
  const invented = Array.from({ length: count }, (_, index) => {
    const ecosystem = random.pick(['deb', 'deb', 'npm', 'npm', 'npm', 'pypi', 'golang', 'apk']);
    const base = `${random.pick(nameParts)}-${random.pick(nameParts)}-${index}`;
    const name = ecosystem === 'golang' ? `go.example.com/${base}` : ecosystem === 'deb' ? `lib${base}` : base;
    const version = () => `${random.integer(9)}.${random.integer(20)}.${random.integer(12)}`;
    return {
      ecosystem,
      name,
      versions: [version(), version()].map((text) =>
        ecosystem === 'golang' ? `v${text}` : ecosystem === 'deb' ? `${text}-1` : text,
      ),
      license: random.pick(['MIT', 'Apache-2.0', 'BSD-3-Clause', 'GPL-2.0-or-later', 'ISC']),
    };
  });
  return [...knownPackages, ...invented];
}

export type Flaw = Omit<FindingView, 'component' | 'version' | 'evidence'>;

/** What is wrong with a package: with most of them nothing. */
export function inventFlaws(random: Random, known: KnownPackage, now: Instant): readonly Flaw[] {
  if (known.ecosystem === 'pypi' || !random.chance(0.25)) return [];
  return Array.from({ length: 1 + random.integer(3) }, () => {
    const severity: Severity = random.pick([
      'critical',
      'high',
      'high',
      'medium',
      'medium',
      'medium',
      'low',
      'low',
      'negligible',
      'unknown',
    ]);
    const year = 2022 + random.integer(4);
    const cve = `CVE-${year}-${1000 + random.integer(48_000)}`;
    const advisory = known.ecosystem === 'deb' ? cve : `GHSA-${random.hex(4)}-${random.hex(4)}-${random.hex(4)}`;
    const exploited = severity === 'critical' && random.chance(0.3);
    const fixedIn = random.chance(0.8) ? `${known.versions.at(-1)}.1` : null;
    return {
      advisory,
      aliases: advisory === cve ? [] : [cve],
      severity,
      cvss: random.chance(0.8)
        ? { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', version: '3.1', score: 7.5 }
        : null,
      knownExploited: exploited ? { since: formatInstant(now - 90 * day), due: null, ransomware: false } : null,
      epss: { probability: random.integer(900) / 1000, percentile: random.integer(1000) / 1000 },
      statements: [],
      title: random.pick([
        `Out-of-bounds read in ${known.name} while it parses a long header`,
        `${known.name} takes time without bound on crafted input`,
        `${known.name} follows a link out of the directory that it was given`,
        `Request smuggling in ${known.name} through a repeated length`,
      ]),
      name: known.name,
      fixedIn,
      remedy: fixedIn ? `Upgrade ${known.name} to ${fixedIn} or later` : 'No fixed version is known yet',
      since: formatInstant(now - random.integer(400) * day),
      references: [`https://advisories.example.com/${cve}`],
    };
  });
}

/** About `count` of the packages, each in one of its versions. */
export function inventComponents(random: Random, packages: readonly KnownPackage[], count: number): ComponentView[] {
  const start = random.integer(packages.length);
  const chosen = new Set([
    ...knownPackages.filter(() => random.chance(0.5)),
    ...Array.from({ length: count }, (_, i) => packages[(start + i * 3) % packages.length] as KnownPackage),
  ]);
  return [...chosen].map((known) => {
    const version = random.pick(known.versions);
    const qualifier = known.ecosystem === 'deb' ? '?distro=debian-12' : '';
    const space = known.ecosystem === 'deb' ? 'debian/' : known.ecosystem === 'apk' ? 'alpine/' : '';
    return {
      purl: `pkg:${known.ecosystem}/${space}${known.name.replace('@', '%40')}@${encodeURIComponent(version)}${qualifier}`,
      ecosystem: known.ecosystem,
      name: known.name,
      version,
      source: known.ecosystem === 'deb' ? { name: known.source ?? known.name, version } : null,
      licenses: [known.license],
      locations: [locationOf(known)],
      layer: known.ecosystem === 'deb' ? 0 : 2,
      ownedBy: null,
      evidence: null,
      judged: known.ecosystem !== 'pypi' && known.ecosystem !== 'apk',
    };
  });
}

function locationOf(known: KnownPackage): string {
  switch (known.ecosystem) {
    case 'deb':
      return '/var/lib/dpkg/status';
    case 'npm':
      return `/app/node_modules/${known.name}/package.json`;
    case 'pypi':
      return `/usr/lib/python3/dist-packages/${known.name}.dist-info/METADATA`;
    case 'apk':
      return '/lib/apk/db/installed';
    default:
      return '/usr/local/bin/service';
  }
}

/** What is wrong with components; no feed covers those of PyPI and Alpine. */
export function judge(
  components: readonly ComponentView[],
  flaws: ReadonlyMap<string, readonly Flaw[]>,
): Pick<Passport, 'judgement' | 'severities' | 'findings'> {
  const findings = components.flatMap((component) =>
    (flaws.get(component.name) ?? []).map(
      (flaw): FindingView => ({
        ...flaw,
        component: component.purl,
        version: component.version,
        evidence: {
          advisory: flaw.advisory,
          feed: component.ecosystem === 'deb' ? 'debian' : `osv-${component.ecosystem}`,
          package: component.source?.name ?? component.name,
          locations: component.locations,
          layer: component.layer,
          component: component.evidence,
        },
      }),
    ),
  );
  findings.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const counts: SeverityCounts = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
  for (const finding of findings) counts[finding.severity]++;
  const notJudged = components.filter((component) => !component.judged);
  return {
    findings,
    severities: counts,
    judgement: {
      state: notJudged.length === 0 ? 'judged' : 'partly-judged',
      componentsJudged: components.length - notJudged.length,
      componentsNotJudged: notJudged.length,
      notCovered: [
        ...new Set(
          notJudged.map((component) => (component.ecosystem === 'apk' ? 'apk:alpine:v3.19' : component.ecosystem)),
        ),
      ],
    },
  };
}
