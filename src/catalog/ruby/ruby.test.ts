import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { parseGemspec } from './parse-gemspec.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  return compileBillOfMaterials(memoryContents(files), { kind: 'host', host: 'test' }, new AbortController().signal);
}

const rake = `# -*- encoding: utf-8 -*-
# stub: rake 13.0.6 ruby lib

Gem::Specification.new do |s|
  s.name = "rake".freeze
  s.version = "13.0.6"

  s.required_rubygems_version = Gem::Requirement.new(">= 1.3.2".freeze) if s.respond_to? :required_rubygems_version=
  s.require_paths = ["lib".freeze]
  s.authors = ["Somebody".freeze]
  s.description = "s.name = \\"liar\\"".freeze
  s.licenses = ["MIT".freeze, "Ruby".freeze]
end
`;

const nokogiri = `# -*- encoding: utf-8 -*-
# stub: nokogiri 1.15.4 x86_64-linux lib

Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.15.4"
  s.platform = "x86_64-linux".freeze
  s.licenses = ["MIT".freeze]
end
`;

describe('parseGemspec', () => {
  it.each([
    ['a stub', rake, 'x.gemspec', { name: 'rake', version: '13.0.6', licenses: ['MIT', 'Ruby'], isGuess: false }],
    [
      'a platform',
      nokogiri,
      'x.gemspec',
      { name: 'nokogiri', version: '1.15.4', platform: 'x86_64-linux', licenses: ['MIT'] },
    ],
    [
      'assignments without a stub',
      '# -*- encoding: utf-8 -*-\n\nGem::Specification.new do |s|\n  s.name = %q{json}\n  s.version = "1.8.6"\n  s.license = %q{Ruby}\n',
      'x.gemspec',
      { name: 'json', version: '1.8.6', licenses: ['Ruby'] },
    ],
    [
      'a version object',
      '  s.name = "a"\n  s.version = Gem::Version.new("2.0")\n',
      'x.gemspec',
      { name: 'a', version: '2.0' },
    ],
    [
      'a file name',
      'eval "1"',
      'net-http-0.3.0.pre1.gemspec',
      { name: 'net-http', version: '0.3.0.pre1', isGuess: true },
    ],
    ['a platform in a file name', '', 'grpc-1.59.0-x86_64-linux.gemspec', { name: 'grpc', platform: 'x86_64-linux' }],
    ['a number in a name', '', 'aws-s3-2-1.0.gemspec', { name: 'aws-s3-2', version: '1.0' }],
    ['a prerelease', '# stub: rails 7.1.0.beta1 ruby lib\n', 'x.gemspec', { version: '7.1.0.beta1' }],
  ])('reads %s', (_what, text, fileName, expected) => {
    expect(parseGemspec(text, fileName)).toMatchObject({ gem: expected });
  });

  it.each([
    ['nothing', '', 'x.gemspec', 'has no valid name'],
    ['a name that climbs', '# stub: ../a 1.0 ruby lib\n', 'x.gemspec', 'has no valid name'],
    ['a version that is none', '# stub: a one ruby lib\n', 'a-1.0.gemspec', 'has no valid version'],
    ['a huge version', `# stub: a ${'1'.repeat(5000)} ruby lib\n`, 'x.gemspec', 'has no valid version'],
  ])('refuses %s', (_what, text, fileName, reason) => {
    expect(parseGemspec(text, fileName)).toEqual({ reason });
  });

  it('takes any text and any cut', () => {
    fc.assert(
      fc.property(fc.nat(rake.length), fc.string({ unit: 'binary' }), (at, odd) => {
        void parseGemspec(rake.slice(0, at) + odd, `${odd}.gemspec`);
      }),
    );
    const piece = fc.constantFrom(
      '# stub: ',
      'a',
      ' ',
      '1.0',
      '\n',
      '  s.name = ',
      '"',
      '%q{',
      '}',
      '  s.licenses = [',
    );
    fc.assert(fc.property(fc.string({ unit: piece }), (text) => void parseGemspec(text, 'a-1.gemspec')));
  });
});

describe('ruby', () => {
  it('reads installed gems, and no sources of gems', async () => {
    const { components, problems } = await bom({
      '/usr/local/lib/ruby/gems/3.2.0/specifications/default/rake-13.0.6.gemspec': { bytes: rake, layer: 1 },
      '/usr/local/bundle/specifications/rake-13.0.6.gemspec': rake,
      '/usr/local/bundle/specifications/nokogiri-1.15.4-x86_64-linux.gemspec': nokogiri,
      '/usr/local/bundle/specifications/odd-0.1.gemspec': 'raise',
      '/usr/local/bundle/specifications/worse.gemspec': 'raise',
      '/usr/local/bundle/gems/rake-13.0.6/rake.gemspec': 'Gem::Specification.new',
      '/app/app.gemspec': rake.replaceAll('rake', 'app'),
    });
    expect(components.map(({ purl, layer, evidence }) => [purl, layer, evidence?.confidence])).toEqual([
      ['pkg:gem/nokogiri@1.15.4?platform=x86_64-linux', 0, undefined],
      ['pkg:gem/odd@0.1', 0, 'guess'],
      ['pkg:gem/rake@13.0.6', 0, undefined],
    ]);
    expect(components.at(-1)?.locations).toHaveLength(2);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'catalog/ruby/bad-gemspec: /usr/local/bundle/specifications/worse.gemspec has no valid name',
    ]);
  });
});
