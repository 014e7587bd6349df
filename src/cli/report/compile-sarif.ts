import type { FindingView, ObservationView, Passport } from '../../model/wire/index.ts';
import { digest, levels, sarifLog, scores, uriOf } from './sarif-terms.ts';

/**
 * A passport as a SARIF 2.1.0 log (OASIS SARIF 2.1.0): a rule for each flaw, a result for each component that has it, a
 * notification for each thing that could not be looked at or judged; the run did not succeed where there is one. A note says
 * what nothing accounts for.
 * Fingerprints stay the same from run to run.
 */
export function compileSarif(passport: Passport, version: string): object {
  const rules = new Map<string, object>();
  for (const finding of [...passport.findings, ...passport.suppressed])
    if (!rules.has(finding.advisory)) rules.set(finding.advisory, ruleOf(finding));
  for (const observation of passport.observations)
    if (!rules.has(observation.rule)) rules.set(observation.rule, observationRule(observation));
  const order = [...rules.keys()];
  const notifications = notificationsOf(passport);
  const unaccounted = unaccountedOf(passport);
  return sarifLog({
    version,
    rules: [...rules.values()],
    id: `portwarden/${passport.subject.name}/`,
    isWhole: notifications.length === 0,
    notifications: [...notifications, ...unaccounted],
    results: [
      ...passport.findings.map((finding) => resultOf(finding, passport, order.indexOf(finding.advisory))),
      ...passport.suppressed.map((finding) => ({
        ...resultOf(finding, passport, order.indexOf(finding.advisory)),
        suppressions: suppressionsOf(finding),
      })),
      ...passport.observations.map((seen) => observationResult(seen, passport, order.indexOf(seen.rule))),
    ],
  });
}

function ruleOf(finding: FindingView): object {
  const { advisory, title, remedy, severity, references, aliases, cvss, knownExploited } = finding;
  const score = cvss ? cvss.score.toFixed(1) : scores[severity];
  const help = [title, remedy, ...(aliases.length > 0 ? [`Also known as ${aliases.join(', ')}`] : []), ...references];
  const reference = references.find((url) => /^https?:\/\//.test(url) && URL.canParse(url));
  return {
    id: advisory,
    shortDescription: { text: title.slice(0, 1000) || advisory },
    help: { text: help.join('\n') },
    ...(reference ? { helpUri: new URL(reference).href } : {}),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: ['security', 'vulnerability', ...(knownExploited ? ['known-exploited'] : [])],
      ...(score ? { 'security-severity': score } : {}),
    },
  };
}

function resultOf(finding: FindingView, passport: Passport, ruleIndex: number): object {
  const { advisory, name, version, fixedIn, severity, component, evidence, remedy } = finding;
  const kind = evidence.component?.kind ?? 'installed';
  const isThere = kind === 'installed' ? '' : ` It is ${kind}, and not known to be installed.`;
  const fix = fixedIn === null ? remedy : `Fixed in ${fixedIn}.`;
  const what = `${name} ${version} has ${advisory} (${severity}). ${fix}${isThere}`;
  const layer = passport.facts?.layers[evidence.layer]?.diffId;
  const logical = [{ fullyQualifiedName: component, kind: 'package' }];
  const places = evidence.locations.length > 0 ? evidence.locations.slice(0, 10) : [passport.subject.name];
  return {
    ruleId: advisory,
    ruleIndex,
    level: levels[severity],
    message: { text: what },
    locations: places.map((path) => ({
      physicalLocation: { artifactLocation: { uri: uriOf(path) }, region: { startLine: 1 } },
      logicalLocations: logical,
      message: { text: `in ${passport.subject.name}${layer ? `, layer ${layer}` : ''}` },
    })),
    partialFingerprints: { 'portwarden/v1': digest(`${advisory}\0${component}`) },
    properties: { purl: component, fixedIn, since: finding.since, feed: evidence.feed, evidence: kind },
  };
}

function observationRule({ rule, title, remedy, severity }: ObservationView): object {
  return {
    id: rule,
    shortDescription: { text: title },
    help: { text: remedy || title },
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['security', rule.split('/')[1]], 'security-severity': scores[severity] ?? '5.0' },
  };
}

function observationResult(seen: ObservationView, { subject, facts }: Passport, ruleIndex: number): object {
  const layer = seen.layer === null ? undefined : facts?.layers[seen.layer]?.diffId;
  return {
    ruleId: seen.rule,
    ruleIndex,
    level: levels[seen.severity],
    message: { text: `${seen.title}: ${seen.detail}${seen.hidden ? '. A layer above hides the file' : ''}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(seen.path ?? subject.name) }, region: { startLine: 1 } },
        message: { text: `in ${subject.name}${layer ? `, layer ${layer}` : ''}` },
      },
    ],
    partialFingerprints: { 'portwarden/v1': digest(`${seen.rule}\0${seen.path}\0${seen.detail}`) },
  };
}

/** Who says that it does not matter here, and why. */
function suppressionsOf({ statements }: FindingView): object[] {
  return statements
    .filter((statement) => statement.trusted)
    .map(({ author, document, status, justification, note }) => ({
      kind: 'external',
      status: 'accepted',
      justification: [`${status}, by ${author} in ${document}`, justification, note].filter(Boolean).join(': '),
    }));
}

/** What nobody could look at or judge: without it, a run with no result would look clean. */
function notificationsOf(passport: Passport): object[] {
  const { problems, undetermined, judgement } = passport;
  const notJudged =
    judgement.componentsNotJudged > 0
      ? [
          notification(
            'not-judged',
            `${judgement.componentsNotJudged} components are not judged: no feed covers ${judgement.notCovered.join(', ')}`,
          ),
        ]
      : [];
  return [
    ...notJudged,
    ...undetermined.map((item) =>
      notification('undetermined', `${item.advisory} cannot be held against ${item.component}: ${item.reason}`),
    ),
    ...problems.map((problem) => notification(problem.code, problem.message, problem.path)),
  ];
}

/** Programs that no package brought and archives that nobody opened: the largest of them by name. Not a failure of the run. */
function unaccountedOf({ unknown: { unowned, archives, summary } }: Passport): object[] {
  const files = [...(unowned?.largest ?? []), ...(archives?.largest ?? [])];
  if (files.length === 0) return [];
  const locations = files.map(({ path }) => ({ physicalLocation: { artifactLocation: { uri: uriOf(path) } } }));
  return [{ ...notification('unaccounted', summary), level: 'note', locations }];
}

function notification(id: string, text: string, path?: string): object {
  return {
    descriptor: { id },
    level: 'warning',
    message: { text },
    ...(path ? { locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(path) } } }] } : {}),
  };
}
