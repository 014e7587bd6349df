import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { parseInstalledJson } from './parse-installed-json.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  return compileBillOfMaterials(memoryContents(files), { kind: 'host', host: 'test' }, new AbortController().signal);
}

const log = {
  name: 'Monolog/monolog',
  version: '3.5.0',
  version_normalized: '3.5.0.0',
  type: 'library',
  license: ['MIT'],
  'install-path': '../monolog/monolog',
};
const console = { name: 'symfony/console', version: 'v6.4.1', license: 'MIT' };
const branch = { name: 'acme/tools', version: 'dev-main', license: ['proprietary', 7] };
const second = JSON.stringify({ packages: [log, console, branch], dev: false, 'dev-package-names': [] }, null, 4);

describe('parseInstalledJson', () => {
  it.each([
    ['the list of Composer 1', JSON.stringify([log, console])],
    ['the object of Composer 2', second],
  ])('reads %s', (_what, text) => {
    expect(parseInstalledJson(text)).toMatchObject({
      bad: [],
      packages: expect.arrayContaining([
        { name: 'monolog/monolog', version: '3.5.0', licenses: ['MIT'] },
        { name: 'symfony/console', version: 'v6.4.1', licenses: ['MIT'] },
      ]),
    });
  });

  it.each([
    ['{', { reason: 'is not valid JSON' }],
    ['{"packages":{}}', { reason: 'has no list of packages' }],
    ['[{"name":"../../x","version":"1"}]', { packages: [], bad: ['package 1 has no valid name'] }],
    ['[{"name":"a/b","version":""}]', { packages: [], bad: ['package a/b has no valid version'] }],
    ['[7]', { packages: [], bad: ['package 1 has no valid name'] }],
  ])('says of %s why', (text, expected) => {
    expect(parseInstalledJson(text)).toEqual(expected);
  });

  it('takes any text, any cut and any value', () => {
    fc.assert(
      fc.property(fc.nat(second.length), fc.string(), (at, odd) => void parseInstalledJson(second.slice(0, at) + odd)),
    );
    const field = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(fc.record({ name: field, version: field, license: field }), (entry) => {
        void parseInstalledJson(JSON.stringify([entry]));
      }),
    );
    expect(parseInstalledJson(JSON.stringify([{ name: `a/${'a'.repeat(100_000)}!`, version: '1' }]))).toHaveProperty(
      'bad',
    );
  });
});

describe('php', () => {
  it('reads what Composer installed', async () => {
    const { components, problems } = await bom({
      '/app/vendor/composer/installed.json': second,
      '/app/vendor/composer/installed.php': '<?php return array();',
      '/other/vendor/composer/installed.json': '[]x',
      '/data/installed.json': second,
    });
    expect(components.map(({ purl, licenses }) => [purl, licenses.join()])).toEqual([
      ['pkg:composer/acme/tools@dev-main', 'proprietary'],
      ['pkg:composer/monolog/monolog@3.5.0', 'MIT'],
      ['pkg:composer/symfony/console@v6.4.1', 'MIT'],
    ]);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'catalog/php/bad-package: /other/vendor/composer/installed.json: is not valid JSON',
    ]);
  });
});
