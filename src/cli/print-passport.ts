import { formatBytes } from '../base/index.ts';
import type { Passport, SeverityCounts } from '../model/wire/index.ts';
import { formatAge, type Output, printable, printTable } from './output.ts';

const findingsShown = 100;
const problemsShown = 20;
const largestShown = 5;

const subjectLabels = { image: 'Image', host: 'Machine', bom: 'Bill' } as const;

/** A passport for a terminal: what it is, what is wrong with it, and what nobody could look at. */
export async function printPassport(output: Output, passport: Passport): Promise<void> {
  const { facts } = passport;
  const lines: [string, string][] = [
    [subjectLabels[passport.subject.kind], passport.subject.name],
    ['ID', passport.subject.key],
    ['Distribution', passport.distribution ?? 'none that is known'],
    ['Platform', passport.platform ?? 'unknown'],
  ];
  if (facts && passport.subject.kind === 'image') {
    lines.push(['Created', facts.created ? `${facts.created} (${formatAge(facts.ageDays)} old)` : 'unknown']);
    lines.push(['User', facts.runsAsRoot ? `${facts.user || 'not set'} (root)` : facts.user]);
    lines.push(['Entrypoint', [...facts.entrypoint, ...facts.command].join(' ')]);
    if (facts.exposedPorts.length > 0) lines.push(['Ports', facts.exposedPorts.join(', ')]);
    if (facts.baseImage) lines.push(['Base image', facts.baseImage.name ?? facts.baseImage.digest ?? 'unknown']);
    lines.push(['Size', `${formatBytes(facts.totalFileBytes)} in ${facts.fileCount} files`]);
    lines.push(['Setuid, setgid', `${facts.setuidFiles.length}, ${facts.setgidFiles.length} files`]);
  }
  lines.push(['Components', formatComponents(passport)]);
  lines.push(['Unknown', passport.unknown.summary]);
  lines.push(['Findings', formatSeverities(passport.severities, passport.judgement.state)]);
  for (const [label, value] of lines) output.out(`${`${label}:`.padEnd(16)}${printable(value)}`);
  await printFindings(output, passport);
  printSuppressed(output, passport);
  await printObservations(output, passport);
  printUnknown(output, passport);
}

async function printFindings(output: Output, passport: Passport): Promise<void> {
  if (passport.findings.length === 0) return;
  output.out('');
  await printTable(
    output,
    ['SEVERITY', 'EPSS', 'COMPONENT', 'VERSION', 'KNOWN AS', 'FIXED IN', 'ADVISORY', 'TITLE'],
    passport.findings
      .slice(0, findingsShown)
      .map((finding) => [
        finding.knownExploited ? `${finding.severity}, exploited` : finding.severity,
        finding.epss ? `${(finding.epss.probability * 100).toFixed(1)} %` : '',
        finding.name,
        finding.version,
        finding.evidence.component?.kind ?? 'installed',
        finding.fixedIn ?? '',
        finding.advisory,
        shorten(finding.title, 60),
      ]),
  );
  const left = passport.findings.length - findingsShown;
  if (left > 0) output.out(`and ${left} more: --format json lists them all`);
}

/** How many there are, and how many of these nobody knows to be there. */
function formatComponents({ components }: Passport): string {
  const counted = components.filter((component) => component.ownedBy === null);
  const kinds = Map.groupBy(counted, ({ evidence }) => evidence?.kind ?? 'installed');
  return [...kinds].map(([kind, of]) => `${of.length} ${kind}`).join(', ') || '0';
}

/** What a trusted author cleared is told, with who said so. */
function printSuppressed(output: Output, { suppressed }: Passport): void {
  if (suppressed.length === 0) return;
  output.out('');
  output.out(`Not counted, since an author whom you trust clears ${suppressed.length}:`);
  for (const { advisory, component, statements } of suppressed.slice(0, problemsShown)) {
    const by = statements.find((statement) => statement.trusted);
    output.out(
      printable(`  ${advisory} in ${component}: ${by?.status}, ${by?.justification ?? by?.note ?? ''} (${by?.author})`),
    );
  }
}

async function printObservations(output: Output, { observations, moreObservations }: Passport): Promise<void> {
  if (observations.length === 0) return;
  output.out('');
  await printTable(
    output,
    ['SEVERITY', 'SEEN', 'WHERE', 'WHAT'],
    observations
      .slice(0, findingsShown)
      .map(({ severity, rule, path, hidden, detail }) => [
        severity,
        rule,
        `${path ?? 'the configuration'}${hidden ? ' (hidden by a layer above)' : ''}`,
        shorten(detail, 80),
      ]),
  );
  const left = observations.length + moreObservations - findingsShown;
  if (left > 0) output.out(`and ${left} more: --format json lists them`);
}

/** What could not be judged or read stands at the end, where it is seen: it must not pass for clean. */
function printUnknown(output: Output, passport: Passport): void {
  const { judgement, undetermined, problems } = passport;
  if (judgement.componentsNotJudged > 0) {
    output.out('');
    const missing = printable(judgement.notCovered.join(', '));
    output.out(`Not judged: ${judgement.componentsNotJudged} components; no feed covers ${missing}`);
    output.out('  portwarden feeds add NAME|URL|FILE brings one');
  }
  if (undetermined.length > 0) {
    output.out('');
    output.out(`Cannot tell for ${undetermined.length} advisories:`);
    for (const item of undetermined.slice(0, problemsShown)) {
      output.out(printable(`  ${item.advisory} on ${item.component}: ${item.reason}`));
    }
  }
  const { unowned, archives } = passport.unknown;
  for (const [what, list] of [
    ['Programs and libraries that belong to no package', unowned],
    ['Archives that nobody opened', archives],
  ] as const) {
    if (!list || list.files === 0) continue;
    output.out('');
    output.out(`${what}: ${list.files}, the largest`);
    for (const { path, size } of list.largest.slice(0, largestShown))
      output.out(printable(`  ${path} (${formatBytes(size)})`));
  }
  if (problems.length > 0) {
    output.out('');
    output.out(`Could not look at ${problems.length} things:`);
    for (const problem of problems.slice(0, problemsShown)) {
      const where = [problem.path, problem.layer?.slice(0, 19)].filter(Boolean).join(' in ');
      output.out(printable(`  ${problem.code}: ${problem.message}${where ? ` (${where})` : ''}`));
    }
  }
}

export function formatSeverities(counts: SeverityCounts, judgement: string): string {
  if (judgement === 'not-judged') return 'not judged';
  const parts = (Object.keys(counts) as (keyof SeverityCounts)[])
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${severity}`);
  const known = parts.length === 0 ? 'none known' : parts.join(', ');
  return judgement === 'partly-judged' ? `${known} (partly judged)` : known;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
