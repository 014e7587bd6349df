import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  return compileBillOfMaterials(memoryContents(files), { kind: 'host', host: 'test' }, new AbortController().signal);
}

const locks: readonly (readonly [path: string, text: string, purls: readonly string[]])[] = [
  [
    '/app/package-lock.json',
    JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { name: 'app', version: '1.0.0' },
        'node_modules/@s/a': { version: '1.2.3' },
        'node_modules/@s/a/node_modules/b': { version: '2.0.0' },
        'node_modules/alias': { name: 'real', version: '3.0.0' },
        'node_modules/test-only': { version: '1.0.0', dev: true },
        'node_modules/local': { resolved: 'packages/local', link: true },
        'packages/local': { version: '0.1.0' },
      },
    }),
    ['pkg:npm/%40s/a@1.2.3', 'pkg:npm/b@2.0.0', 'pkg:npm/real@3.0.0'],
  ],
  [
    '/v1/package-lock.json',
    '{"lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0","dependencies":{"b":{"version":"npm:c@2.0.0"}}}}}',
    ['pkg:npm/a@1.0.0', 'pkg:npm/c@2.0.0'],
  ],
  [
    '/y1/yarn.lock',
    '# yarn lockfile v1\n\n"@s/a@^1.0.0", "@s/a@^1.1.0":\n  version "1.2.3"\n  resolved "x"\n  dependencies:\n    b "^2"\n\nx@npm:real@^1:\n  version "1.0.1"\n',
    ['pkg:npm/%40s/a@1.2.3', 'pkg:npm/real@1.0.1'],
  ],
  [
    '/y4/yarn.lock',
    '__metadata:\n  version: 6\n\n"@s/a@npm:^1.0.0":\n  version: 1.2.3\n  resolution: "@s/a@npm:1.2.3"\n\n"app@workspace:.":\n  version: 0.0.0-use.local\n',
    ['pkg:npm/%40s/a@1.2.3'],
  ],
  [
    '/p9/pnpm-lock.yaml',
    "lockfileVersion: '9.0'\npackages:\n\n  '@s/a@1.2.3':\n    resolution: {integrity: x}\n\n  b@2.0.0:\n    resolution: {}\n\nsnapshots:\n\n  c@3.0.0: {}\n",
    ['pkg:npm/%40s/a@1.2.3', 'pkg:npm/b@2.0.0'],
  ],
  [
    '/p6/pnpm-lock.yaml',
    "lockfileVersion: '6.0'\npackages:\n\n  /@s/a@1.2.3(react@18.0.0):\n    dev: false\n\n  /b@2.0.0:\n    dev: false\n",
    ['pkg:npm/%40s/a@1.2.3', 'pkg:npm/b@2.0.0'],
  ],
  [
    '/p5/pnpm-lock.yaml',
    'lockfileVersion: 5.4\npackages:\n\n  /@s/a/1.2.3_react@18.0.0:\n    dev: false\n\n  /b/2.0.0:\n    dev: false\n',
    ['pkg:npm/%40s/a@1.2.3', 'pkg:npm/b@2.0.0'],
  ],
  [
    '/app/requirements.txt',
    'Flask_Login==0.6 # pinned\nrequests[socks]==2.31.0 ; python_version > "3"\nsix>=1.0\nurllib3==1.*\nidna==3.4 \\\n    --hash=sha256:x\n-r other.txt\n',
    ['pkg:pypi/flask-login@0.6', 'pkg:pypi/idna@3.4', 'pkg:pypi/requests@2.31.0'],
  ],
  [
    '/app/poetry.lock',
    '[[package]]\nname = "Jinja2"\nversion = "3.1.2"\noptional = false\n\n[package.dependencies]\nMarkupSafe = ">=2.0"\n\n[metadata]\nlock-version = "2.0"\n',
    ['pkg:pypi/jinja2@3.1.2'],
  ],
  [
    '/app/uv.lock',
    'version = 1\n\n[[package]]\nname = "app"\nversion = "0.1.0"\nsource = { editable = "." }\n\n[[package]]\nname = "idna"\nversion = "3.6"\nsource = { registry = "https://index.example/simple" }\n',
    ['pkg:pypi/idna@3.6'],
  ],
  [
    '/app/Pipfile.lock',
    '{"default":{"idna":{"version":"==3.6"},"git":{"ref":"x"}},"develop":{"pytest":{"version":"==8.0"}}}',
    ['pkg:pypi/idna@3.6'],
  ],
  [
    '/app/go.mod',
    'module example.com/app\n\ngo 1.22\n\nrequire golang.org/x/net v0.17.0\n\nrequire (\n\tgithub.com/A/b v1.2.3 // indirect\n)\n',
    ['pkg:golang/github.com/a/b@v1.2.3', 'pkg:golang/golang.org/x/net@v0.17.0'],
  ],
  [
    '/app/Gemfile.lock',
    'GEM\n  remote: https://gems.example/\n  specs:\n    nokogiri (1.15.4-x86_64-linux)\n      racc (~> 1.4)\n    rake (13.0.6)\n\nPLATFORMS\n  ruby\n',
    ['pkg:gem/nokogiri@1.15.4', 'pkg:gem/rake@13.0.6'],
  ],
  [
    '/app/Cargo.lock',
    'version = 3\n\n[[package]]\nname = "adler"\nversion = "1.0.2"\nsource = "registry+https://index.example"\nchecksum = "x"\n\n[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = [\n "adler",\n]\n',
    ['pkg:cargo/adler@1.0.2'],
  ],
  [
    '/app/composer.lock',
    '{"packages":[{"name":"Symfony/Console","version":"v6.4.1"}],"packages-dev":[{"name":"a/b","version":"1"}]}',
    ['pkg:composer/symfony/console@v6.4.1'],
  ],
  [
    '/app/packages.lock.json',
    '{"version":1,"dependencies":{"net8.0":{"Newtonsoft.Json":{"type":"Direct","resolved":"13.0.1"},"lib":{"type":"Project"}}}}',
    ['pkg:nuget/Newtonsoft.Json@13.0.1'],
  ],
];

describe('lock files', () => {
  it.each(locks)('%s', async (path, text, purls) => {
    const { components, problems } = await bom({ [path]: text });
    expect(problems).toEqual([]);
    expect(components.map(({ purl }) => purl)).toEqual(purls);
    expect(new Set(components.map(({ evidence }) => evidence?.kind))).toEqual(new Set(['declared']));
    expect((await bom({ [path]: text.replaceAll('\n', '\r\n') })).components).toHaveLength(purls.length);
  });

  it.each(locks)('%s may be cut and changed anywhere', async (path, text) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.string({ maxLength: 20 }), async (at, odd) => {
        const { problems } = await bom({ [path]: text.slice(0, at) + odd + text.slice(at + odd.length) });
        expect(problems.filter(({ code }) => code === 'catalog/failed')).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('give way to what is installed', async () => {
    const { components } = await bom({
      '/app/package-lock.json':
        '{"packages":{"node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"1.0.0"}}}',
      '/app/node_modules/a/package.json': '{"name":"a","version":"1.0.0"}',
    });
    expect(components.map(({ name, evidence }) => [name, evidence?.kind])).toEqual([
      ['a', undefined],
      ['b', 'declared'],
    ]);
  });

  it('of other people do not count, and one that cannot be read is told', async () => {
    const lock = '{"packages":{"node_modules/a":{"version":"1.0.0"}}}';
    const { components, problems } = await bom({
      '/app/node_modules/x/package-lock.json': lock,
      '/usr/lib/python3/site-packages/x/package-lock.json': lock,
      '/app/package-lock.json': '{',
    });
    expect(components).toEqual([]);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'catalog/lock-files/bad-lock-file: /app/package-lock.json is not valid JSON',
    ]);
  });

  it('name nothing that is no name', async () => {
    const packages = { 'node_modules/../x': { version: '1.0.0' }, 'node_modules/a': { version: '1 0' } };
    expect((await bom({ '/app/package-lock.json': JSON.stringify({ packages }) })).components).toEqual([]);
  });
});
