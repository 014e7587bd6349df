import { describe, expect, it } from 'vitest';
import { fuzzTargets } from '../fuzz/targets/index.ts';
import { readSourceFiles } from './source-files.ts';

const parsers = readSourceFiles(
  'src/{base,model,image,catalog,inspect,input,advisory,trust,policy,gate,segmentation}/**/*.ts',
)
  .filter(({ path }) => !path.endsWith('.test.ts'))
  .filter(({ text }) => /^export (?:async )?function\*? ?(?:parse|read|split|detect|recognize|scan)[A-Z]/m.test(text))
  .map(({ path }) => path.replace(/^src\//, ''));

/** Parsers without a target, and why they need none. */
const needNone: Readonly<Record<string, string>> = {
  'image/archive-index.ts': 'walks headers as the stream does, over a file; test/attack feeds it hostile archives',
  'base/size.ts': 'reads what whoever runs the program set, a word',
  'image/scan-location.ts': 'hands layers on to what image/layer has targets for',
  'trust/sigstore/read-trusted-root.ts': 'takes what a library has verified to the parser',
  'image/registry/read-lookaside.ts': 'hands bytes on to gpgv',
  'image/registry/read-signatures.ts': 'reads through image/artifact-manifest, which has a target',
  'trust/sign-statement.ts': 'reads the key that whoever runs the program set',
  'gate/registry/exchange.ts': 'reads bytes up to a limit, whatever they hold',
  'gate/runtime/read-state-file.ts': 'hands what an engine wrote on to base/bounded',
  'gate/runtime/install/file-changes.ts': 'reads texts of whoever administers the machine, as they are',
  'gate/runtime/install/install-runtime.ts': 'reads what lies in the installation itself',
  'image/layer-source.ts': 'reads ranges of files as they are',
  'image/recognize-file.ts': 'looks at four bytes',
  'catalog/parse-json-object.ts': 'every cataloger of JSON goes through it',
  'catalog/control-fields.ts': 'the targets of dpkg and python go through it',
  'catalog/read-text.ts': 'every cataloger goes through it',
  'segmentation/containers/read-container-ports.ts': 'hands what tools say on to parsers that have targets',
  'advisory/read-address-list.ts': 'hands text on to policy/address-lines, which has a target',
  'inspect/base-image.ts': 'compares what has been read',
};

const covered = fuzzTargets.flatMap((target) => target.covers);
const isCovered = (path: string) => covered.some((prefix) => path.startsWith(prefix));

describe('every parser of outside bytes', () => {
  it('was seen', () => expect(parsers.length).toBeGreaterThan(40));

  it('has a fuzz target', () => {
    expect(parsers.filter((path) => !isCovered(path) && !Object.hasOwn(needNone, path))).toEqual([]);
  });

  it('that is said to need none is there and has none', () => {
    expect(Object.keys(needNone).filter((path) => isCovered(path) || !parsers.includes(path))).toEqual([]);
  });
});

describe('every fuzz target', () => {
  it('covers files that are there, and has a name of its own', () => {
    const files = readSourceFiles('src/**/*.ts').map(({ path }) => path.replace(/^src\//, ''));
    expect(covered.filter((prefix) => !files.some((path) => path.startsWith(prefix)))).toEqual([]);
    expect(new Set(fuzzTargets.map(({ name }) => name)).size).toBe(fuzzTargets.length);
  });
});
