import type { LaunchFinding } from '../../model/index.ts';
import type { Reviewed } from '../verbs/review.ts';
import { digest, levels, sarifLog, scores, uriOf } from './sarif-terms.ts';

/**
 * Reviews as a SARIF 2.1.0 log: a rule for each that found something, a result for each finding at the line where it stands, a
 * notification for each launch that could not be decided.
 */
export function compileReviewSarif(reviewed: readonly Reviewed[], version: string): object {
  const rules = new Map<string, object>();
  for (const { result } of reviewed)
    for (const finding of result.findings) if (!rules.has(finding.rule)) rules.set(finding.rule, ruleOf(finding));
  const order = [...rules.keys()];
  const notifications = reviewed.flatMap(({ file, result: { name, cause } }) =>
    cause === undefined
      ? []
      : [{ ...notDecided(`${name}: ${cause}`), locations: [{ physicalLocation: placeOf(file, 1) }] }],
  );
  return sarifLog({
    version,
    rules: [...rules.values()],
    id: 'portwarden/review/',
    isWhole: notifications.length === 0,
    notifications,
    results: reviewed.flatMap((each) =>
      each.result.findings.map((finding) => resultOf(finding, each, order.indexOf(finding.rule))),
    ),
  });
}

function ruleOf({ rule, title, remedy, severity }: LaunchFinding): object {
  return {
    id: rule,
    shortDescription: { text: title },
    help: { text: remedy },
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['security'], 'security-severity': scores[severity] ?? '5.0' },
  };
}

function resultOf(finding: LaunchFinding, { file, lineOf, result }: Reviewed, ruleIndex: number): object {
  const { rule, severity, path, title, evidence, excepted, observed } = finding;
  return {
    ruleId: rule,
    ruleIndex,
    // Policies only observe it: no run fails by it.
    level: observed ? 'note' : levels[severity],
    message: { text: `${path === '' ? result.name : path}: ${evidence || title}` },
    locations: [
      {
        physicalLocation: placeOf(file, lineOf(path) ?? 1),
        logicalLocations: [{ fullyQualifiedName: path === '' ? result.name : path, kind: 'property' }],
      },
    ],
    partialFingerprints: { 'portwarden/v1': digest(`${rule}\0${result.name}\0${path}`) },
    ...(excepted
      ? {
          suppressions: [
            { kind: 'external', status: 'accepted', justification: `${excepted.name}, ${excepted.owner}` },
          ],
        }
      : {}),
  };
}

function placeOf(file: string, startLine: number): object {
  return { artifactLocation: { uri: uriOf(file) }, region: { startLine } };
}

function notDecided(text: string): object {
  return { descriptor: { id: 'not-decided' }, level: 'warning', message: { text } };
}
