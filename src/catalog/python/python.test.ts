import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { parsePythonMetadata } from './parse-python-metadata.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  return compileBillOfMaterials(memoryContents(files), { kind: 'host', host: 'test' }, new AbortController().signal);
}

const head = 'Metadata-Version: 2.1\nName: Zope.Interface\nVersion: 5.4.0\n';

describe('parsePythonMetadata', () => {
  it.each([
    ['nothing', '', []],
    ['an expression', 'License-Expression: MIT AND BSD-3-Clause\nLicense: other\n', ['MIT AND BSD-3-Clause']],
    [
      'classifiers',
      'License: MIT\nClassifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved\nClassifier: Topic :: X\n',
      ['MIT License'],
    ],
    ['a name', 'License: Apache-2.0\n', ['Apache-2.0']],
    ['UNKNOWN', 'License: UNKNOWN\n', []],
    ['a whole text', 'License: Copyright me\n        All rights reserved\n', []],
    ['the description', '\nLicense: not this one\nName: nor this\n', []],
  ])('takes the license from %s', (_what, rest, licenses) => {
    expect(parsePythonMetadata(head + rest)).toEqual({
      package: { name: 'zope-interface', version: '5.4.0', licenses },
    });
  });

  it.each([
    ['no name', 'Version: 1\n', 'has no valid name'],
    ['a name that is none', 'Name: ../x\nVersion: 1\n', 'has no valid name'],
    ['no version', 'Name: a\n', 'has no valid version'],
    ['a version of words', 'Name: a\nVersion: one two\n', 'has no valid version'],
    ['a cut file', 'Metadata-Ver', 'has no valid name'],
  ])('refuses %s', (_what, text, reason) => {
    expect(parsePythonMetadata(text)).toEqual({ reason });
  });

  it('takes any text and Windows line ends', () => {
    expect(parsePythonMetadata(head.replace(/\n/g, '\r\n'))).toHaveProperty('package');
    const piece = fc.constantFrom(
      'Name',
      'Version',
      'License',
      ':',
      ' ',
      '\n',
      'a',
      '1',
      '\0',
      'Classifier: License :: x\n',
    );
    fc.assert(fc.property(fc.string({ unit: piece }), (text) => void parsePythonMetadata(text)));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parsePythonMetadata(head + text)));
  });
});

describe('python', () => {
  it('reads every form of metadata, each package once', async () => {
    const of = (name: string, version: string) => `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\ntext\n`;
    const { components, problems } = await bom({
      '/venv/lib/python3.12/site-packages/requests-2.31.0.dist-info/METADATA': of('requests', '2.31.0'),
      '/venv/lib/python3.12/site-packages/Flask_Login.egg-info/PKG-INFO': of('Flask_Login', '0.6'),
      '/usr/lib/python3/dist-packages/six-1.16.0.egg-info': of('six', '1.16.0'),
      '/opt/eggs/attrs.egg/EGG-INFO/PKG-INFO': of('attrs', '23.1.0'),
      '/opt/other/requests-2.31.0.dist-info/METADATA': of('Requests', '2.31.0'),
      '/opt/other/bad-1.dist-info/METADATA': 'hello',
      '/opt/other/requests-2.31.0.dist-info/RECORD': 'x',
    });
    expect(components.map(({ purl, locations }) => [purl, locations.length])).toEqual([
      ['pkg:pypi/attrs@23.1.0', 1],
      ['pkg:pypi/flask-login@0.6', 1],
      ['pkg:pypi/requests@2.31.0', 2],
      ['pkg:pypi/six@1.16.0', 1],
    ]);
    expect(problems.map((problem) => problem.code)).toEqual(['catalog/python/bad-metadata']);
  });
});
