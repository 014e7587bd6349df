import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, inputs, request } from '../../../test/fakes/launch-facts.ts';
import type { ImageStart, LaunchReference, LaunchRequest } from '../../model/index.ts';
import { formatDocument, parseDocuments } from '../parse-documents.ts';
import { compileContract } from './compile-contract.ts';
import { judgeByContract } from './judge-by-contract.ts';

const image = 'r.example/team/web';
const start: ImageStart = { entrypoint: ['/web'], command: ['serve'], environment: ['PATH=/bin'] };
const passed = (values: Record<string, string>, more: Partial<LaunchRequest> = {}) =>
  request({ environment: Object.entries(values).map(([name, value]) => ({ name, value, path: name })), ...more });
const fromStore = (name: string, kind: LaunchReference['kind'] = 'secret') =>
  request({ environment: [{ name, path: name, from: { kind, name: 's' } }] });
const command = (...words: string[]) => request({ command: words.map((word) => at(word)) });

describe('variables that are learned', () => {
  it.each<readonly [string, readonly LaunchRequest[], object]>([
    ['numbers', [passed({ A: '5' }), passed({ A: '9' })], { A: { type: 'integer', min: 5, max: 9, required: true } }],
    [
      'numbers with a point',
      [passed({ A: '0.5' }), passed({ A: '2' })],
      { A: { type: 'number', min: 0.5, max: 2, required: true } },
    ],
    ['words for true', [passed({ A: 'true' })], { A: { type: 'boolean', required: true } }],
    ['addresses', [passed({ A: 'https://a.example/x' })], { A: { type: 'url', required: true } }],
    ['texts', [passed({ A: 'ab c' })], { A: { type: 'string', max: 4, required: true } }],
    ['few words', Array(8).fill(passed({ A: 'debug' })), { A: { type: 'enum', enum: ['debug'], required: true } }],
    ['what was not always there', [passed({ A: '5' }), passed({})], { A: { type: 'integer', min: 5, max: 5 } }],
    ['secrets of a store', [fromStore('A')], { A: { type: 'string', required: true, secret: 'reference-only' } }],
    [
      'secrets by their name, of a file',
      [fromStore('DB_PASSWORD', 'file')],
      { DB_PASSWORD: { type: 'string', required: true, secret: 'reference-only' } },
    ],
    [
      'secrets in the open',
      Array(8).fill(passed({ DB_PASSWORD: 'hunter2' })),
      { DB_PASSWORD: { type: 'string', required: true } },
    ],
    ['secrets in a map', [fromStore('API_TOKEN', 'config')], { API_TOKEN: { type: 'string', required: true } }],
    ['nothing of a process that ran in it', [passed({ A: '5' }, { action: 'exec' })], {}],
    [
      'nothing that the image or an engine passed',
      [passed({ PATH: '/bin', HOSTNAME: 'a', A: '5' }, { form: 'config' })],
      { A: { type: 'integer', min: 5, max: 5, required: true } },
    ],
    ['nothing that has no name', [passed({ 'A B': '5' })], {}],
  ])('%s', (_, starts, environment) => {
    expect(compileContract(image, starts, { start }).spec.environment).toEqual(environment);
  });

  it('are text where the record does not hold what they were', () => {
    const starts = Array(8).fill(passed({ A: '[gone]', B: '5' }, { command: [at('--note=[gone]'), at('[gone]')] }));
    const { spec } = compileContract(image, starts, { start, isHidden: (value) => value.includes('[gone]') });
    expect(spec.environment).toEqual({
      A: { type: 'string', required: true },
      B: { type: 'integer', min: 5, max: 5, required: true },
    });
    expect(spec.arguments?.allow).toEqual([{ flag: '--note', type: 'string' }, { type: 'string' }]);
  });

  it('have no value that may be a key', () => {
    const key = 'AKIA0123456789ABCDEF';
    const starts = Array(8).fill(passed({ MODE: key, SECRET: 'hunter2' }, { command: [at('--token=hunter2')] }));
    expect(JSON.stringify(compileContract(image, starts, { start }))).not.toMatch(/AKIA0|hunter2/);
  });
});

describe('what else is learned', () => {
  it('arguments', () => {
    const starts = [command('--port=80', '-v', 'serve'), command('--port=8080'), command('serve')];
    expect(compileContract(image, starts, { start }).spec.arguments).toEqual({
      entrypoint: 'fixed',
      allow: [{ flag: '-v' }, { flag: '--port', type: 'integer', min: 80, max: 8080 }, { type: 'string', max: 5 }],
    });
  });

  it('an entrypoint of its own', () => {
    const starts = [request({ entrypoint: [at('/bin/sh')] })];
    expect(compileContract(image, starts, { start }).spec.arguments?.entrypoint).toBe('any');
  });

  it('mounts, files, ports and users', () => {
    const starts = [
      request({
        mounts: [{ type: 'volume', path: 'm', target: '/data/', source: 'd', readOnly: true }],
        files: [{ target: '/a.json', path: 'f', content: '{}' }],
        ports: [{ path: 'p', container: 80, protocol: 'tcp' }],
        user: at({ text: '1000', uid: 1000 }),
      }),
    ];
    expect(compileContract(image, starts, { start }).spec).toMatchObject({
      mounts: [{ target: '/data', type: 'volume', readOnly: true }],
      files: { '/a.json': { format: 'json' } },
      ports: [80],
      users: ['1000'],
    });
  });

  it('from nothing: that nothing may be passed', () => {
    const contract = compileContract(image, []);
    expect(judgeByContract(passed({ A: 'x' }), contract, inputs())).toHaveLength(1);
    expect(judgeByContract(request(), contract, inputs())).toEqual([]);
  });
});

describe('any starts', () => {
  const name = fc.constantFrom('A', 'PORT', 'PATH', 'HOME', 'DB_PASSWORD', 'LOG', 'constructor', 'x.y-z');
  const value = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.double().map(String),
    fc.constantFrom('true', '1h', 'https://a.example', '{"a":1}', '-0', '/bin', 'a@b.example', ''),
  );
  const word = fc.oneof(value, fc.constantFrom('--a', '--a=1', '--b=x', '-c', '--', '-', '-1', '--d=e f', '-e f'));
  const asked: fc.Arbitrary<LaunchRequest> = fc
    .record({
      environment: fc.array(
        fc.oneof(
          fc.record({ name, path: fc.constant('e'), value }),
          fc.record({
            name,
            path: fc.constant('e'),
            from: fc.record({
              kind: fc.constantFrom('secret' as const, 'config' as const, 'file' as const),
              name: fc.constant('s'),
            }),
          }),
          fc.record({ name, path: fc.constant('e') }),
        ),
        { maxLength: 4 },
      ),
      // A flag with control characters has no words in a document.
      command: fc.array(
        word.filter((text) => !/^-[^=]*\p{C}/u.test(text) && !text.startsWith('-=')).map((text) => at(text)),
        { maxLength: 4 },
      ),
      mounts: fc.array(
        fc.record({
          type: fc.constantFrom('bind' as const, 'volume' as const, 'other' as const),
          path: fc.constant('m'),
          target: fc.constantFrom('/data', '/data/', '/var/run/x', '/a/../b', '/a*'),
          readOnly: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
      files: fc.array(
        fc.record({
          target: fc.constantFrom('/a.json', '/b.yml', '/c.env', '/d'),
          path: fc.constant('f'),
          content: fc.oneof(fc.json(), value),
        }),
        { maxLength: 2 },
      ),
      user: fc.option(
        fc.constantFrom('0', 'app', '1:1', '').map((text) => at({ text })),
        { nil: undefined },
      ),
      form: fc.constantFrom('docker' as const, 'config' as const),
      entrypoint: fc.option(fc.constantFrom([at('/web')], [at('/bin/sh')], []), { nil: undefined }),
    })
    .map(({ user, entrypoint, ...more }) =>
      request({ ...more, ...(user ? { user } : {}), ...(entrypoint ? { entrypoint } : {}) }),
    );
  const starts = fc.array(asked, { minLength: 1, maxLength: 6 });

  it('are within the contract that is learned from them', () => {
    fc.assert(
      fc.property(starts, fc.boolean(), (all, isKnown) => {
        const own = isKnown ? start : undefined;
        const contract = compileContract(image, all, own ? { start: own } : {});
        for (const each of all) expect(judgeByContract(each, contract, inputs(), own)).toEqual([]);
      }),
    );
  });

  it('give a document, the same in whatever order they come', () => {
    fc.assert(
      fc.property(starts, (all) => {
        const contract = compileContract(image, all, { start });
        expect(compileContract(image, all.toReversed(), { start })).toEqual(contract);
        expect(parseDocuments(formatDocument(contract), 'learned.yaml')).toEqual([contract]);
      }),
    );
  });
});
