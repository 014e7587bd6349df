import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectRules } from '../../src/inspect/index.ts';
import { inputRuleIds, launchRuleIds, podSecurityRuleIds } from '../../src/model/index.ts';
import { documentKinds, imageRuleIds } from '../../src/policy/index.ts';
import { codeTables, errorCodesOf, problemCodesOf } from './code-tables.ts';
import { levels, roomOf } from './import-law.ts';
import { checkout, readSourceFiles } from './source-files.ts';

const program = readSourceFiles('src/**/*.ts').filter(({ path }) => !path.endsWith('.test.ts'));
const pages = readSourceFiles('*.md', 'docs/**/*.md');
const page = (path: string): string => pages.find((file) => file.path === path)?.text ?? '';

describe('docs/reference/errors.md', () => {
  const documented = codeTables(page('docs/reference/errors.md'));

  const codesOf = (room: string): readonly string[] => {
    const own = program.filter(({ path }) => roomOf(path) === room);
    return [...new Set(own.flatMap(({ text }) => errorCodesOf(text)))];
  };

  it.each(Object.keys(levels))('%s: has a row for each error code, and none that there is not', (room) => {
    const rows = documented.get(room) ?? [];
    expect(codesOf(room).filter((code) => !rows.includes(code))).toEqual([]);
    // What comes from the rooms below may be told again in the words of this one.
    const below = Object.keys(levels).filter((other) => (levels[other] ?? 0) < (levels[room] ?? 0));
    const known = new Set([room, ...below].flatMap(codesOf));
    expect(rows.filter((code) => !known.has(code))).toEqual([]);
  });

  it('has no heading that is no room', () => {
    expect([...documented.keys()].filter((heading) => !(heading in levels) && heading !== 'console')).toEqual([]);
  });

  it('saw codes', () => {
    expect(program.flatMap(({ text }) => errorCodesOf(text)).length).toBeGreaterThan(30);
  });
});

describe('docs/reference/problems.md', () => {
  it('has a row for each problem, and no other', () => {
    const codes = program
      .flatMap(({ text }) => problemCodesOf(text))
      .filter(
        (code) =>
          !Object.hasOwn(inspectRules, code) &&
          !([...imageRuleIds, ...launchRuleIds] as readonly string[]).includes(code),
      );
    expect(codes.length).toBeGreaterThan(5);
    const documented = [...codeTables(page('docs/reference/problems.md')).values()].flat();
    expect(documented.sort()).toEqual([...new Set(codes)].sort());
  });
});

describe('docs/reference/rules.md', () => {
  it('has a row for each rule, and no other', () => {
    const documented = [...codeTables(page('docs/reference/rules.md')).values()].flat();
    const judged = [...imageRuleIds, ...launchRuleIds, ...podSecurityRuleIds, ...inputRuleIds];
    expect(documented.sort()).toEqual([...Object.keys(inspectRules), ...judged].sort());
  });
});

describe('docs/reference/documents.md', () => {
  it.each(Object.keys(documentKinds))('has a section on the kind %s', (kind) => {
    expect(page('docs/reference/documents.md')).toContain(`\n## ${kind}\n`);
  });
});

describe('docs/reference/cli.md', () => {
  const verbs = program.flatMap(({ path }) => /^src\/cli\/verbs\/(.+)\.ts$/.exec(path)?.[1] ?? []);
  it.each(verbs)('knows the verb %s', (verb) => {
    expect(page('docs/reference/cli.md')).toMatch(new RegExp(`\\b${verb}\\b`));
  });
});

describe('the reading of codes', () => {
  it('knows unions over lines, with comments', () => {
    const text = "export type XErrorCode =\n  // why\n  | 'a-b'\n  /** because */\n  | 'c';\nexport const y = 'no';\n";
    expect(errorCodesOf(text)).toEqual(['a-b', 'c']);
    expect(errorCodesOf("type YErrorCode = 'one' | 'two';")).toEqual(['one', 'two']);
  });

  it('knows problem codes from paths and media types', () => {
    expect(
      problemCodesOf("f('catalog/dpkg/bad-stanza'); import '../image/index.ts'; x = 'image/png'; y = `image/odd`"),
    ).toEqual(['catalog/dpkg/bad-stanza', 'image/odd']);
  });

  it('reads the tables under their headings', () => {
    const text = '# E\n\n## api\n\n| code | means |\n|---|---|\n| `a` | x |\n| `b`, 3 | `c` |\n\n## cli\n\n| `d` | |\n';
    expect([...codeTables(text)]).toEqual([
      ['api', ['a', 'b']],
      ['cli', ['d']],
    ]);
  });
});

describe('links of the pages', () => {
  it.each(pages.map(({ path, text }) => [path, text] as const))('%s', (path, text) => {
    const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const to = file === '' ? path : join(dirname(path), file);
      expect(existsSync(join(checkout, to)), `${path}: ${target}`).toBe(true);
      if (anchor && to.endsWith('.md'))
        expect(anchorsOf(readFileSync(join(checkout, to), 'utf8')), `${path}: ${target}`).toContain(anchor);
    }
  });
});

/** As the forges make them from headings. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
