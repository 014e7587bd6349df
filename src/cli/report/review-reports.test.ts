import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { LaunchFinding } from '../../model/index.ts';
import type { ReviewResult } from '../../service/index.ts';
import type { Reviewed } from '../verbs/review.ts';
import { compileReviewJunit } from './compile-review-junit.ts';
import { compileReviewSarif } from './compile-review-sarif.ts';

const schemaFile = createRequire(import.meta.url).resolve('schemastore/schemas/json/sarif-2.1.0-rtm.5.json');
const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(schemaFile, 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
formats.default(ajv);
const validate = ajv.compile(schema);

interface SarifResult {
  readonly ruleIndex: number;
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string };
        readonly region: { readonly startLine: number };
      };
      readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[];
    },
  ];
}

const finding = (over: Partial<LaunchFinding> = {}): LaunchFinding => ({
  rule: 'launch/privileged',
  severity: 'critical',
  subject: 'web',
  title: 'The container is privileged',
  remedy: 'Leave it out',
  evidence: 'it asks for <all> & "more"',
  path: 'services.web.privileged',
  confidence: 'certain',
  ...over,
});
const reviewed = (over: Partial<ReviewResult> = {}, file = 'deploy/ä b.yaml'): Reviewed => ({
  file,
  lineOf: (path) => (path === 'services.web.privileged' ? 4 : undefined),
  result: { name: `${file}:1`, outcome: 'deny', findings: [finding()], ...over },
});
const excepted = { name: 'for-now', owner: 'team', expires: 0 };
const undecided = reviewed({ outcome: 'undecided', findings: [], cause: 'a review asks no registry' });

function sarif(...items: readonly Reviewed[]) {
  const log = JSON.parse(JSON.stringify(compileReviewSarif(items, '1.2.3')));
  expect(validate(log), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  return log.runs[0];
}

describe('a review as SARIF', () => {
  it('has a rule once, and a result at the line of each finding', () => {
    const run = sarif(
      reviewed(),
      reviewed({ findings: [finding(), finding({ rule: 'launch/device', path: '' })] }, 'b.yaml'),
    );
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['launch/privileged', 'launch/device']);
    const placeOf = ({ ruleIndex, locations: [location] }: SarifResult) => {
      const { artifactLocation, region } = location.physicalLocation;
      return [ruleIndex, artifactLocation.uri, region.startLine, location.logicalLocations[0]?.fullyQualifiedName];
    };
    expect(run.results.map(placeOf)).toEqual([
      [0, 'deploy/%C3%A4%20b.yaml', 4, 'services.web.privileged'],
      [0, 'b.yaml', 4, 'services.web.privileged'],
      [1, 'b.yaml', 1, 'b.yaml:1'],
    ]);
    expect(run.invocations[0].executionSuccessful).toBe(true);
  });

  it('tells apart the same finding of two files, and is the same of the same', () => {
    const prints = sarif(reviewed(), reviewed({}, 'b.yaml'), reviewed()).results.map(
      ({ partialFingerprints }: { partialFingerprints: object }) => Object.values(partialFingerprints)[0],
    );
    expect(prints[0]).toBe(prints[2]);
    expect(prints[0]).not.toBe(prints[1]);
  });

  it('is not whole where something could not be decided', () => {
    const run = sarif(undecided);
    expect(run.invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ message: { text: expect.stringMatching(/a review asks no registry/) } }],
    });
  });

  it('shows what is excepted as suppressed', () => {
    const run = sarif(
      reviewed({ outcome: 'allow', findings: [finding({ excepted }), finding({ rule: 'launch/device' })] }),
    );
    expect(run.results.map(({ suppressions }: { suppressions?: object[] }) => suppressions?.length)).toEqual([
      1,
      undefined,
    ]);
  });

  it('shows what is only observed as a note, whatever its severity', () => {
    const [result] = sarif(reviewed({ outcome: 'allow', findings: [finding({ observed: true })] })).results;
    expect(result.level).toBe('note');
  });

  it.each(['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const)(
    'is valid for severity %s',
    (severity) => {
      expect(sarif(reviewed({ findings: [finding({ severity })] })).results).toHaveLength(1);
    },
  );

  it('of nothing is valid', () => expect(sarif().results).toEqual([]));
});

describe('a review as JUnit', () => {
  it.each<[string, Reviewed, RegExp]>([
    [
      'refused is a failure with all that refuses it',
      reviewed(),
      /<testsuites [^>]*tests="1" failures="1" errors="0"[\s\S]*<failure message="launch\/privileged \(critical\): services\.web\.privileged \(line 4\)/,
    ],
    [
      'undecided is an error',
      undecided,
      /failures="0" errors="1"[\s\S]*<error message="not decided: a review asks no registry"/,
    ],
    [
      'allowed passes',
      reviewed({ outcome: 'allow', findings: [] }),
      /failures="0" errors="0" skipped="0"[\s\S]*<testcase [^>]*\/>/,
    ],
    [
      'what is observed is told',
      reviewed({ outcome: 'allow', findings: [finding({ observed: true })] }),
      /failures="0"[\s\S]*<system-out>launch\/privileged/,
    ],
  ])('%s', (_, item, expected) => expect(compileReviewJunit([item])).toMatch(expected));

  it('fails by what refuses alone, and tells the rest', () => {
    const text = compileReviewJunit([
      reviewed({
        findings: [
          finding(),
          finding({ rule: 'launch/device', excepted }),
          finding({ rule: 'launch/user', observed: true }),
        ],
      }),
    ]);
    const [, failure = '', output = ''] =
      /<failure[^>]*>([\s\S]*)<\/failure>[\s\S]*<system-out>([\s\S]*)<\/system-out>/.exec(text) ?? [];
    expect(failure).toMatch(/launch\/privileged/);
    expect(failure).not.toMatch(/launch\/device|launch\/user/);
    expect(output).toMatch(/launch\/device[\s\S]*launch\/user/);
  });

  it('escapes what would end it', () => {
    const text = compileReviewJunit([
      reviewed({ name: '</testsuite>\u0000"', findings: [finding({ evidence: ']]></failure>' })] }),
    ]);
    expect(text).not.toMatch(/<\/failure>[\s\S]*<\/failure>|\u0000/);
    expect(text.match(/<\/testsuite>/g)).toHaveLength(1);
  });
});
