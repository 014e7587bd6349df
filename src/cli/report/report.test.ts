import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComponentView, FindingView, Passport } from '../../model/wire/index.ts';
import { printPassport } from '../print-passport.ts';
import { compileJunit } from './compile-junit.ts';
import { compileSarif } from './compile-sarif.ts';

const schemaFile = createRequire(import.meta.url).resolve('schemastore/schemas/json/sarif-2.1.0-rtm.5.json');

/** The official schema; it is of an older draft of JSON Schema, which ajv reads but for its name. */
function compileSchema() {
  const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(schemaFile, 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  formats.default(ajv);
  return ajv.compile(schema);
}

const validate = compileSchema();

const finding: FindingView = {
  advisory: 'CVE-2024-1',
  aliases: ['GHSA-a'],
  severity: 'high',
  cvss: { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', version: '3.1', score: 7.5 },
  knownExploited: null,
  epss: null,
  statements: [],
  title: 'It fails',
  component: 'pkg:npm/a@1.0.0',
  name: 'a',
  version: '1.0.0',
  fixedIn: '1.0.1',
  remedy: 'Upgrade a to 1.0.1 or later',
  evidence: {
    advisory: 'GHSA-a',
    feed: 'npm',
    package: 'a',
    locations: ['/app/ä b/package.json'],
    layer: 0,
    component: null,
  },
  since: '2026-01-01T00:00:00.000Z',
  references: ['javascript:alert(1)', 'https://example.com/a b'],
};

/** The same flaw in what nobody knows to be there. */
function merely(kind: 'declared' | 'claimed'): FindingView {
  const component = { kind, confidence: 'likely', note: null } as const;
  return { ...finding, evidence: { ...finding.evidence, component } };
}

function component(name: string, judged = true): ComponentView {
  const purl = `pkg:npm/${name}@1.0.0`;
  return {
    purl,
    ecosystem: 'npm',
    name,
    version: '1.0.0',
    source: null,
    licenses: [],
    locations: [],
    layer: 0,
    ownedBy: null,
    evidence: null,
    judged,
  };
}

const passport: Passport = {
  subject: { kind: 'image', key: 'sha256:00', name: 'docker:app' },
  image: null,
  distribution: null,
  platform: 'linux/amd64',
  recordedAt: '2026-01-01T00:00:00.000Z',
  facts: null,
  judgement: { state: 'partly-judged', componentsJudged: 2, componentsNotJudged: 1, notCovered: ['npm'] },
  severities: { critical: 0, high: 1, medium: 0, low: 0, negligible: 0, unknown: 0 },
  components: [component('a'), component('b'), component('c', false), component('d')],
  findings: [finding],
  suppressed: [],
  observations: [],
  moreObservations: 0,
  undetermined: [{ advisory: 'CVE-2024-2', component: 'pkg:npm/d@1.0.0', reason: 'no version' }],
  problems: [{ code: 'image/corrupt-layer', message: 'cut', path: '/x' }],
  unknown: {
    state: 'unknown',
    summary: 'could not be looked at: 1',
    programs: null,
    unowned: { files: 1, bytes: 5, largest: [{ path: '/app/\u001b[31mtool', size: 5, layer: 0 }] },
    unownedPercent: null,
    archives: null,
    records: [],
    problems: [{ code: 'image/corrupt-layer', count: 1 }],
  },
};

const judgedWholly: Passport['judgement'] = {
  state: 'judged',
  componentsJudged: 4,
  componentsNotJudged: 0,
  notCovered: [],
};
function sarif(of: Passport) {
  const log = JSON.parse(JSON.stringify(compileSarif(of, '0.1.0')));
  expect(validate(log), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  return log;
}

describe('compileSarif', () => {
  it('is checked by a schema that can refuse', () => {
    expect(validate({ ...sarif(passport), runs: [{}] })).toBe(false);
  });

  it('has a rule for the flaw, a result for the component, a notification for what is unknown', () => {
    const [run] = sarif(passport).runs;
    expect(run.tool.driver.rules).toMatchObject([
      { id: 'CVE-2024-1', helpUri: 'https://example.com/a%20b', properties: { 'security-severity': '7.5' } },
    ]);
    expect(run.results).toMatchObject([
      {
        ruleId: 'CVE-2024-1',
        ruleIndex: 0,
        level: 'error',
        locations: [{ physicalLocation: { artifactLocation: { uri: 'app/%C3%A4%20b/package.json' } } }],
      },
    ]);
    expect(run.invocations[0].executionSuccessful).toBe(false);
    const ids = run.invocations[0].toolExecutionNotifications.map(
      (item: { descriptor: { id: string } }) => item.descriptor.id,
    );
    expect(ids).toEqual(['not-judged', 'undetermined', 'image/corrupt-layer', 'unaccounted']);
  });

  it('succeeds only where all was judged and read, and says the same of the same each time', () => {
    const clean: Passport = {
      ...passport,
      judgement: judgedWholly,
      undetermined: [],
      problems: [],
    };
    expect(sarif(clean).runs[0].invocations[0].executionSuccessful).toBe(true);
    expect(sarif(clean)).toEqual(sarif(clean));
    const other = { ...clean, findings: [{ ...finding, component: 'pkg:npm/b@1.0.0' }] };
    const printOf = (of: Passport) => sarif(of).runs[0].results[0].partialFingerprints['portwarden/v1'];
    expect(printOf(other)).not.toBe(printOf(clean));
  });

  it('tells apart what is installed, declared and claimed', () => {
    const resultOf = (of: FindingView) => sarif({ ...passport, findings: [of] }).runs[0].results[0];
    expect(resultOf(finding).message.text).not.toContain('installed');
    expect(resultOf(finding).properties.evidence).toBe('installed');
    for (const kind of ['declared', 'claimed'] as const) {
      const result = resultOf(merely(kind));
      expect(result.message.text).toContain(`It is ${kind}, and not known to be installed.`);
      expect(result.properties.evidence).toBe(kind);
    }
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const evidence = { ...finding.evidence, locations: [text] };
        sarif({ ...passport, findings: [{ ...finding, title: text, remedy: text, references: [text], evidence }] });
      }),
    );
  });
});

describe('what nothing accounts for', () => {
  const listed = { files: 2, bytes: 3_000_000, largest: [{ path: '/opt/a tool', size: 2_000_000, layer: 0 }] };
  const unknown = { ...passport.unknown, summary: '3 % of 100 MB belong to no package', unowned: listed };

  it('is a note of SARIF, which is no failure', () => {
    const [run] = sarif({ ...passport, problems: [], undetermined: [], judgement: judgedWholly, unknown }).runs;
    expect(run.invocations[0]).toMatchObject({
      executionSuccessful: true,
      toolExecutionNotifications: [
        {
          descriptor: { id: 'unaccounted' },
          level: 'note',
          message: { text: unknown.summary },
          locations: [{ physicalLocation: { artifactLocation: { uri: 'opt/a%20tool' } } }],
        },
      ],
    });
  });

  it('is a test of JUnit that was skipped, with the files by name', () => {
    const text = compileJunit({ ...passport, unknown });
    expect(text).toContain(`<skipped message="${unknown.summary}"/>`);
    expect(text).toContain('<system-out>/opt/a tool (2.0 MB)</system-out>');
    const known = { ...passport.unknown, unowned: null };
    expect(compileJunit({ ...passport, unknown: known })).not.toContain('unaccounted');
  });
});

describe('compileJunit', () => {
  it('has a test for each component, and an error for what could not be looked at', () => {
    const lines = compileJunit(passport, 'high').split('\n');
    expect(lines[1]).toBe('<testsuites name="portwarden" tests="6" failures="1" errors="2" skipped="2">');
    const text = lines.join('\n');
    expect(text).toContain('<failure message="CVE-2024-1 (high): It fails. Upgrade a to 1.0.1 or later">');
    expect(text).toContain('name="b 1.0.0"/>');
    expect(text).toContain('<skipped message="no feed covers it"/>');
    expect(text).toContain('<error message="CVE-2024-2 cannot be compared: no version">');
    expect(text).toContain('<testcase classname="could not look" name="image/corrupt-layer /x">');
  });

  it('tells what is merely declared or claimed', () => {
    for (const kind of ['declared', 'claimed'] as const)
      expect(compileJunit({ ...passport, findings: [merely(kind)] })).toContain(`CVE-2024-1 (high, ${kind}): It fails`);
  });

  it('tells what is below the threshold without failing', () => {
    const text = compileJunit(passport, 'critical');
    expect(text).toContain('failures="0"');
    expect(text).toContain('<system-out>CVE-2024-1 (high)');
  });

  it('lets no text out of its place', () => {
    const control = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (odd) => {
        const text = compileJunit({ ...passport, findings: [{ ...finding, title: `${odd}]]></failure><x a="'` }] });
        expect(text).not.toMatch(control);
        expect(
          text
            .match(/<[a-z/?][^>]*>/g)
            ?.filter((tag) => !/^<(\?xml|\/?(testsuites?|testcase|failure|error|skipped|system-out))\b/.test(tag)),
        ).toEqual([]);
      }),
    );
  });
});

describe('printPassport', () => {
  it('counts apart what is installed, declared and claimed, and says of each finding which it is', async () => {
    const lines: string[] = [];
    const output = { out: (text: string) => void lines.push(...text.split('\n')), err: () => {}, isTerminal: false };
    const declared = { ...component('e'), evidence: merely('declared').evidence.component };
    const findings = [finding, merely('declared'), merely('claimed')];
    await printPassport(output, { ...passport, components: [...passport.components, declared], findings });
    expect(lines).toContain('Components:     4 installed, 1 declared');
    expect(lines.flatMap((line) => /^high .* (installed|declared|claimed) /.exec(line)?.[1] ?? [])).toEqual([
      'installed',
      'declared',
      'claimed',
    ]);
  });
});
