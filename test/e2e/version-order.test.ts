import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { compareVersions, parseVersion, VersionError } from '../../src/advisory/index.ts';
import type { Ecosystem } from '../../src/model/index.ts';
import { describeWith } from '../engines/index.ts';
import { type VersionMaker, versionMaker } from '../fakes/version-maker.ts';

/**
 * The orders against the tools whose orders they are. An order that agrees with the tool on all neighbors of a sorted
 * list agrees on all pairs of it, because both are total: so that 1,500 questions answer for a million pairs.
 */
const count = 1500;

/** `<`, `=`, `>`, or `!` where one of the two is no version. */
function signOf(ecosystem: Ecosystem, a: string, b: string): string {
  try {
    return { [-1]: '<', 0: '=', 1: '>' }[compareVersions(ecosystem, a, b)];
  } catch (error) {
    if (error instanceof VersionError) return '!';
    throw error;
  }
}

function isValid(ecosystem: Ecosystem, text: string): boolean {
  return signOf(ecosystem, text, text) === '=';
}

function sortedNeighbors(ecosystem: Ecosystem, versions: readonly string[]): [string, string][] {
  const parsed = versions.filter((text) => isValid(ecosystem, text)).map((text) => parseVersion(ecosystem, text));
  const sorted = parsed.sort((a, b) => a.compare(b)).map((version) => version.text);
  return sorted.slice(1).map((text, index) => [sorted[index] as string, text]);
}

/** Answers a line for each record of NUL-terminated fields. */
function ask(command: string, args: readonly string[], fields: readonly string[]): string[] {
  return answersTo(command, args, fields.map((field) => `${field}\0`).join(''));
}

function answersTo(command: string, args: readonly string[], input: string): string[] {
  const { status, stdout, stderr } = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  expect(status, stderr.slice(0, 2000)).toBe(0);
  return stdout.trimEnd().split('\n');
}

describeWith(['debian'], 'deb against dpkg', () => {
  const make = versionMaker('deb', 20_261_124);
  const validate = `while IFS= read -r -d '' v; do
    if dpkg --validate-version -- "$v" 2>/dev/null; then echo valid; else echo invalid; fi
  done`;
  const compare = `while IFS= read -r -d '' a && IFS= read -r -d '' b; do
    if dpkg --compare-versions -- "$a" lt "$b" 2>/dev/null; then echo '<'
    elif dpkg --compare-versions -- "$a" eq "$b" 2>/dev/null; then echo '='
    else echo '>'; fi
  done`;

  it('takes for versions what dpkg does', () => {
    const texts = Array.from({ length: count }, () => make.any());
    const answers = ask('bash', ['-c', validate], texts);
    expect(answers).toContain('valid');
    expect(answers).toContain('invalid');
    const ours = texts.map((text) => (isValid('deb', text) ? 'valid' : 'invalid'));
    expect(disagreements(texts, ours, answers)).toEqual([]);
  });

  it('orders versions as dpkg does', () => {
    const versions = Array.from({ length: count }, () => make.valid());
    const neighbors = sortedNeighbors('deb', versions);
    const random = versions.slice(1).map((text, index): [string, string] => [text, versions[index] as string]);
    const pairs = [...neighbors, ...random.slice(0, 500)];
    expect(pairs.length).toBeGreaterThan(count);
    const answers = ask('bash', ['-c', compare], pairs.flat());
    expect(new Set(answers)).toEqual(new Set(['<', '=', '>']));
    expect(
      disagreements(
        pairs,
        pairs.map(([a, b]) => signOf('deb', a, b)),
        answers,
      ),
    ).toEqual([]);
  });
});

describeWith(['rpm'], 'rpm against librpm', () => {
  const compare = `%{lua:
    for line in io.lines() do
      local a, b = line:match("^(.*) (.*)$")
      io.write(({ [-1] = "<", [0] = "=", [1] = ">" })[rpm.vercmp(a, b)], "\\n")
    end
  }`;

  it('orders 40,000 pairs as rpm.vercmp does', () => {
    const make = versionMaker('rpm', 6);
    const versions = Array.from({ length: 10_000 }, () => make.valid());
    const neighbors = sortedNeighbors('rpm', versions);
    const random = Array.from({ length: 30_000 }, (): [string, string] => [make.valid(), make.valid()]);
    const pairs = [...neighbors, ...random];
    const input = pairs.map(([a, b]) => `${a} ${b}\n`).join('');
    const theirs = answersTo('rpm', ['--eval', compare], input);
    expect(new Set(theirs)).toEqual(new Set(['<', '=', '>']));
    expect(
      disagreements(
        pairs,
        pairs.map(([a, b]) => signOf('rpm', a, b)),
        theirs,
      ),
    ).toEqual([]);
  });

  it('takes for versions what rpmbuild does', () => {
    const make = versionMaker('rpm', 7);
    // What a spec file cannot say is left out: blanks and commas part one dependency from the next.
    const texts = Array.from({ length: 200 }, () => make.any()).filter((text) => /^[^\s,%"\\]+$/.test(text));
    const script = `while IFS= read -r -d '' v; do
      if printf 'Name: x\\nVersion: 1\\nRelease: 1\\nSummary: x\\nLicense: x\\nProvides: y = %s\\n%%%%description\\n' "$v" |
        rpmspec -q --provides /dev/stdin >/dev/null 2>&1; then echo valid; else echo invalid; fi
    done`;
    const theirs = ask('bash', ['-c', script], texts);
    expect(new Set(theirs)).toEqual(new Set(['valid', 'invalid']));
    const ours = texts.map((text) => (isValid('rpm', text) ? 'valid' : 'invalid'));
    expect(disagreements(texts, ours, theirs)).toEqual([]);
  });
});

describe('npm against the semver that npm itself runs', () => {
  const npm = realpathSync(spawnSync('which', ['npm'], { encoding: 'utf8' }).stdout.trim());
  const require = createRequire(npm);
  const semver = require('semver') as { valid(text: string): string | null; compare(a: string, b: string): number };

  it('is another copy than ours', () => {
    expect(require.resolve('semver')).not.toBe(createRequire(import.meta.url).resolve('semver'));
  });

  it('agrees on 20,000 pairs', () => {
    const make = versionMaker('npm', 3);
    const pairs = makePairs(make, 20_000);
    const theirs = pairs.map(([a, b]) => {
      if (semver.valid(a) === null || semver.valid(b) === null) return '!';
      return ['<', '=', '>'][semver.compare(a, b) + 1] as string;
    });
    expect(new Set(theirs)).toEqual(new Set(['<', '=', '>', '!']));
    expect(
      disagreements(
        pairs,
        pairs.map(([a, b]) => signOf('npm', a, b)),
        theirs,
      ),
    ).toEqual([]);
  });
});

describeWith(['python'], 'pypi against the packaging library of Python', () => {
  const script = `
import sys
from packaging.version import Version, InvalidVersion
fields = sys.stdin.buffer.read().decode().split('\\0')[:-1]
for a, b in zip(fields[::2], fields[1::2]):
    try:
        a, b = Version(a), Version(b)
    except InvalidVersion:
        print('!')
        continue
    print('<' if a < b else '>' if a > b else '=')
`;

  it('agrees on 20,000 pairs', () => {
    const make = versionMaker('pypi', 4);
    const pairs = makePairs(make, 20_000);
    const theirs = ask('/usr/bin/python3', ['-c', script], pairs.flat());
    expect(new Set(theirs)).toEqual(new Set(['<', '=', '>', '!']));
    expect(
      disagreements(
        pairs,
        pairs.map(([a, b]) => signOf('pypi', a, b)),
        theirs,
      ),
    ).toEqual([]);
  });
});

/** One in ten is a version against another spelling of itself. */
function makePairs(make: VersionMaker, length: number): [string, string][] {
  return Array.from({ length }, (_, index) => {
    const text = make.any();
    return [text, index % 10 === 0 ? text.toUpperCase() : make.any()];
  });
}

function disagreements<Question>(questions: readonly Question[], ours: readonly string[], theirs: readonly string[]) {
  expect(theirs.length).toBe(questions.length);
  return questions
    .map((question, index) => ({ question, ours: ours[index], theirs: theirs[index] }))
    .filter((row) => row.ours !== row.theirs)
    .slice(0, 20);
}
