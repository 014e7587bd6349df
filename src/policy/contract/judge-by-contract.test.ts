import { describe, expect, it } from 'vitest';
import { at, facts, inputs, mounted, request } from '../../../test/fakes/launch-facts.ts';
import type { ImageStart, LaunchRequest, LaunchVariable } from '../../model/index.ts';
import type { InputContractDocument, InputContractSpec } from '../documents/input-contract-document.ts';
import { contractFor, judgeContracts } from './contract-for.ts';
import { judgeByContract } from './judge-by-contract.ts';

const contract = (spec: Partial<InputContractSpec>, name = 'web'): InputContractDocument => ({
  apiVersion: 'portwarden/v1',
  kind: 'InputContract',
  metadata: { name },
  spec: { images: ['r.example/team/web'], ...spec },
});
const secret = 's3cr3t';
const found = (spec: Partial<InputContractSpec>, asked: Partial<LaunchRequest>, start?: ImageStart) => {
  const findings = judgeByContract(request(asked), contract(spec), inputs(), start);
  // Whatever is wrong: a value is never told.
  expect(JSON.stringify(findings)).not.toContain(secret);
  return findings.map(({ subject, evidence }) => `${subject}: ${evidence.replace(', by the contract web', '')}`);
};
const variable = (name: string, value?: string, more: Partial<LaunchVariable> = {}) => ({
  environment: [{ name, path: `Env[${name}]`, ...(value === undefined ? {} : { value }), ...more }],
});
const start: ImageStart = { entrypoint: ['/web'], command: ['serve'], environment: ['PATH=/bin'] };

describe('variables of a contract', () => {
  it.each<readonly [string, InputContractSpec['environment'], Partial<LaunchRequest>, readonly string[]]>([
    ['as they must be', { PORT: { type: 'port' } }, variable('PORT', '80'), []],
    ['of another type', { PORT: { type: 'port' } }, variable('PORT', secret), ['PORT: it must be of type port']],
    ['that nobody named', {}, variable('A', secret), ['A: there is no such variable']],
    [
      'that mean something to an object',
      {},
      variable('constructor', secret),
      ['constructor: there is no such variable'],
    ],
    ['that must be there', { A: { required: true } }, {}, ['A: it must be passed']],
    ['that must be there, and are unset', { A: { required: true } }, variable('A'), ['A: it must be passed']],
    [
      'that must be there, from elsewhere',
      { A: { required: true } },
      variable('A', undefined, { from: { kind: 'config', name: 'c' } }),
      [],
    ],
    [
      'that are secret',
      { A: { secret: 'reference-only' } },
      variable('A', secret),
      ['A: it must be taken from a store of secrets'],
    ],
    ['that are secret and empty', { A: { secret: 'reference-only' } }, variable('A', ''), []],
    [
      'that are secret, of a store',
      { A: { secret: 'reference-only' } },
      variable('A', undefined, { from: { kind: 'secret', name: 's' } }),
      [],
    ],
    [
      'that are secret, of a map in the open',
      { A: { secret: 'reference-only' } },
      variable('A', undefined, { from: { kind: 'config', name: 's' } }),
      ['A: it must be taken from a store of secrets'],
    ],
    [
      'that are secret, as a runtime sees them',
      { A: { secret: 'reference-only' } },
      { form: 'config', ...variable('A', secret) },
      [],
    ],
    ['of the image, as a runtime sees them', {}, { form: 'config', ...variable('PATH', '/bin') }, []],
    [
      'changed from those of the image',
      {},
      { form: 'config', ...variable('PATH', '/tmp') },
      ['PATH: there is no such variable'],
    ],
    ['of the image, asked for', {}, variable('PATH', '/bin'), ['PATH: there is no such variable']],
    ['of which nothing is said', undefined, variable('A', secret), []],
  ])('%s', (_, environment, asked, expected) => {
    expect(found(environment ? { environment } : {}, asked, start)).toEqual(expected);
  });

  it('that are reported weigh little', () => {
    const findings = judgeByContract(
      request(variable('A', 'x')),
      contract({ environment: {}, unknown: 'report' }),
      inputs(),
    );
    expect(findings).toMatchObject([
      { rule: 'input/contract', severity: 'low', path: 'Env[A]', confidence: 'certain' },
    ]);
  });

  it('say of what kind a value looks', () => {
    const report = {
      ...inputs(),
      inputs: [{ path: 'Env[A]', place: 'variable', kind: 'script', secret: false } as const],
    };
    const [finding] = judgeByContract(request(variable('A', 'x')), contract({ environment: {} }), report);
    expect(finding?.evidence).toContain('it looks like: script');
  });
});

const command = (...words: string[]) => ({ command: words.map((word, index) => at(word, `Cmd[${index}]`)) });
const allow: NonNullable<InputContractSpec['arguments']>['allow'] = [
  { flag: '--verbose' },
  { flag: '--port', type: 'port' },
  { flag: '-c' },
  { flag: '-c', type: 'path' },
  { type: 'enum', enum: ['serve', 'migrate', '-5'] },
];

describe('arguments of a contract', () => {
  it.each<readonly [string, Partial<LaunchRequest>, readonly string[]]>([
    ['that are allowed', command('serve', '--verbose', '--port', '80'), []],
    ['with equals', command('--port=80'), []],
    ['of another type', command('--port=x'), ['--port: it must be of type port']],
    ['of another type, apart', command('--port', secret), ['--port: it must be of type port']],
    ['without their value', command('--port'), ['--port: it lacks its value']],
    ['with a value too many', command(`--verbose=${secret}`), ['--verbose: it takes no value']],
    [
      'that there are not',
      command('--eval', secret),
      ['argument 1: there is no such argument', 'argument 2: there is no such argument'],
    ],
    ['that there are not, with equals', command(`--eval=${secret}`), ['argument 1: there is no such argument']],
    ['in another case', command('--VERBOSE'), ['argument 1: there is no such argument']],
    ['that begin so', command('--verbosee'), ['argument 1: there is no such argument']],
    ['that a value hides', command('--port', '--verbose'), ['--port: it must be of type port']],
    ['that are a negative number', command('-5'), []],
    ['that may stand alone', command('-c', 'serve'), []],
    ['with a path', command('-c=/etc/../x'), ['-c: it must be of type path']],
    ['of the image', command('serve'), []],
    ['none', {}, []],
    [
      'for another entrypoint',
      { entrypoint: [at('/bin/sh', 'Entrypoint[0]')] },
      ['entrypoint: the image keeps its own'],
    ],
    ['for no entrypoint', { entrypoint: [] }, ['entrypoint: the image keeps its own']],
    ['for the entrypoint of the image', { entrypoint: [at('/web')] }, []],
  ])('%s', (_, asked, expected) => expect(found({ arguments: { allow } }, asked, start)).toEqual(expected));

  it('may be any', () => {
    expect(found({ arguments: { entrypoint: 'any' } }, { ...command('x'), entrypoint: [at('/bin/sh')] })).toEqual([]);
    expect(found({}, { ...command('x'), entrypoint: [at('/bin/sh')] })).toEqual([]);
  });

  it('are no matter of a process in a container that runs', () => {
    expect(found({ arguments: { allow: [] } }, { action: 'exec', ...command('sh') })).toEqual([]);
  });
});

const file = (content: string | undefined, target = '/etc/web.json') => ({
  files: [{ target, path: 'f', ...(content === undefined ? {} : { content }) }],
});
const schema = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' } },
  additionalProperties: false,
};
const json: InputContractSpec['files'] = { '/etc/web.json': { format: 'json', schema, maxBytes: 64 } };

describe('what else a contract says', () => {
  it.each<readonly [string, Partial<InputContractSpec>, Partial<LaunchRequest>, readonly string[]]>([
    ['of a file', { files: json }, file('{"name": "a"}'), []],
    ['of a file that nobody can see', { files: json }, file(undefined), []],
    ['of another file', { files: json }, file('{}', '/etc/x'), ['/etc/x: there is no such file']],
    ['of a file that is large', { files: json }, file(' '.repeat(65)), ['/etc/web.json: it is larger than 64 bytes']],
    [
      'of a file that is none',
      { files: json },
      file(`{${secret}`),
      ['/etc/web.json: it is no json that has one reading alone'],
    ],
    [
      'of a file of two readings',
      { files: json },
      file('{"name":"a","name":"b"}'),
      ['/etc/web.json: it is no json that has one reading alone'],
    ],
    [
      'of a field that is missing',
      { files: json },
      file('{}'),
      ['/etc/web.json: the whole must have the field "name"'],
    ],
    [
      'of a field too many',
      { files: json },
      file(`{"name":"a","${secret}":1}`),
      ['/etc/web.json: .? must not be there'],
    ],
    ['of a mount', { mounts: [{ target: '/x', type: 'bind' }] }, mounted('/srv'), []],
    ['of a mount with slashes', { mounts: [{ target: '/x' }] }, mounted('/srv', { target: '//y/../x/' }), []],
    [
      'of a mount elsewhere',
      { mounts: [{ target: '/x' }] },
      mounted('/srv', { target: '/x/y' }),
      ['/x/y: no mount of that kind belongs there'],
    ],
    [
      'of a mount of another kind',
      { mounts: [{ target: '/x', type: 'volume' }] },
      mounted('/srv'),
      ['/x: no mount of that kind belongs there'],
    ],
    [
      'of a mount that is writable',
      { mounts: [{ target: '/x', readOnly: true }] },
      mounted('/srv'),
      ['/x: no mount of that kind belongs there'],
    ],
    ['of a port', { ports: [80] }, { ports: [{ path: 'p', container: 80, protocol: 'tcp' }] }, []],
    [
      'of another port',
      { ports: [80] },
      { ports: [{ path: 'p', container: 81, protocol: 'tcp' }] },
      ['port 81: it has no such port'],
    ],
    ['of a user', { users: ['1000'] }, { user: at({ text: '1000', uid: 1000 }) }, []],
    [
      'of another user',
      { users: ['1000'] },
      { user: at({ text: '0', uid: 0 }) },
      ['user: it is none of the users of the contract'],
    ],
    ['of the user of the image', { users: [] }, {}, []],
  ])('%s', (_, spec, asked, expected) => expect(found(spec, asked)).toEqual(expected));
});

describe('the contract of an image', () => {
  const image = { registry: 'r.example', repository: 'team/web', digest: `sha256:${'a'.repeat(64)}` } as const;
  const of = (name: string, ...images: string[]) => contract({ images }, name);
  it.each<readonly [string, readonly InputContractDocument[], string]>([
    ['none', [], 'none'],
    [
      'none of another',
      [of('a', 'r.example/team/webs'), of('b', 'e.example/team/web'), of('c', 'r.example/tea/**')],
      'none',
    ],
    ['by its digest', [of('a', 'r.example/team/web'), of('b', image.digest)], 'b'],
    ['by its name', [of('a', 'r.example/team/*'), of('b', 'r.example/team/web'), of('c', 'r.example/**')], 'b'],
    ['by part of its name', [of('a', 'r.example/team/*'), of('b', 'r.example/team/w*')], 'b'],
    ['by a part before all below', [of('a', 'r.example/team/*'), of('b', 'r.example/team/**')], 'a'],
    ['by its registry', [of('a', '*/team/**'), of('b', 'r.example/team/**')], 'b'],
    ['by one of its patterns', [of('a', 'x.example/**', 'r.example/team/web'), of('b', 'r.example/team/*')], 'a'],
    ['by two that are as exact', [of('b', 'r.example/team/web'), of('a', 'r.example/team/web')], 'a and b'],
    ['by one that says it twice', [of('a', 'r.example/team/web', 'r.example/team/web')], 'a'],
  ])('%s', (_, documents, expected) => {
    const choice = contractFor(image, documents);
    const names = choice.state === 'one' ? [choice.contract] : choice.state === 'conflict' ? choice.contracts : [];
    expect(
      names
        .map(({ metadata }) => metadata.name)
        .sort()
        .join(' and ') || 'none',
    ).toBe(expected);
    const judged = judgeContracts(facts().request, image, documents, inputs());
    expect(judged.state).toBe(expected === 'none' ? 'none' : 'judged');
    if (judged.state === 'judged' && choice.state === 'conflict')
      expect(judged.findings).toMatchObject([
        { rule: 'input/contract', severity: 'high', evidence: 'a and b speak of it equally' },
      ]);
  });
});
