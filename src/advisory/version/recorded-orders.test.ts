import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Ecosystem } from '../../model/index.ts';
import { compareVersions } from './compare-versions.ts';

/** Tools that are too large to be installed for a test: what they said was written down, `A < B` a line. */
const recordings: readonly [Ecosystem, string][] = [
  ['maven', 'maven-3.9.9.txt'],
  ['gem', 'rubygems-3.3.txt'],
  ['composer', 'composer-semver-3.3.txt'],
];

it.each(recordings)('%s is ordered as in %s', (ecosystem, name) => {
  const text = readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines.length).toBeGreaterThan(400);
  const wrong = lines.filter((line) => {
    const [a = '', sign = '', b = ''] = line.split(' ');
    return compareVersions(ecosystem, a, b) !== ['<', '=', '>'].indexOf(sign) - 1;
  });
  expect(wrong).toEqual([]);
});
