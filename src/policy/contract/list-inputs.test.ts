import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, inputs, request } from '../../../test/fakes/launch-facts.ts';
import type { ImageStart, LaunchRequest } from '../../model/index.ts';
import type { InputContractSpec } from '../documents/input-contract-document.ts';
import { judgeByContract } from './judge-by-contract.ts';
import { canBeListed, listInputs, type PassedInput } from './list-inputs.ts';

const start: ImageStart = { entrypoint: ['/web'], command: ['serve'], environment: ['PATH=/bin'] };
const words = (...all: string[]) => ({ command: all.map((word, index) => at(word, `Cmd[${index}]`)) });
const brief = ({ place, name, value, how, isListed }: PassedInput) =>
  [place, name, value ?? how ?? '', isListed ? 'listed' : 'not'].join(' ');

describe('inputs of a start, as a contract names them', () => {
  it.each<readonly [string, Partial<LaunchRequest>, Partial<InputContractSpec>, readonly string[]]>([
    [
      'variables',
      { environment: [{ name: 'A', path: 'Env[0]', value: 'x' }] },
      { environment: {} },
      ['variable A x not'],
    ],
    [
      'variables of a line',
      { environment: [{ name: 'A', path: 'e', value: 'x' }] },
      { environment: { A: {} } },
      ['variable A x listed'],
    ],
    ['no variable that is unset', { environment: [{ name: 'A', path: 'e' }] }, {}, []],
    [
      'no variable of the image or the engine, unless it has a line',
      {
        form: 'config',
        environment: [
          { name: 'PATH', path: 'e', value: '/bin' },
          { name: 'HOME', path: 'e', value: '/' },
        ],
      },
      { environment: { HOME: {} } },
      ['variable HOME / listed'],
    ],
    [
      'arguments by their flags, whether their values stand apart or not',
      words('--port', '80', '--port=81', '-v', 'serve'),
      { arguments: { allow: [{ flag: '--port', type: 'port' }, { flag: '-v' }] } },
      ['argument --port 80 listed', 'argument --port 81 listed', 'argument -v  listed', 'argument  serve not'],
    ],
    [
      'arguments that nothing is said of',
      words('--x=1', '-5', '-'),
      {},
      ['argument --x 1 not', 'argument  -5 not', 'argument  - not'],
    ],
    ['no command of the image', words('serve'), {}, []],
    [
      'an entrypoint of its own',
      { entrypoint: [at('/bin/sh'), at('-c')] },
      {},
      ['entrypoint entrypoint /bin/sh -c not'],
    ],
    ['no entrypoint of the image', { entrypoint: [at('/web')] }, {}, []],
    [
      'mounts, by the line that speaks of their place',
      {
        mounts: [
          { type: 'volume', path: 'm', target: '/data/a/', readOnly: true },
          { type: 'bind', path: 'm', target: '/x/../y', readOnly: false },
        ],
      },
      { mounts: [{ target: '/data/*' }] },
      ['mount /data/* volume, read-only listed', 'mount /y bind, writable not'],
    ],
    [
      'files',
      { files: [{ target: '/a', path: 'f', content: 'x' }] },
      { files: { '/a': { format: 'text' } } },
      ['file /a  listed'],
    ],
    [
      'ports',
      {
        ports: [
          { path: 'p', container: 80, protocol: 'tcp' },
          { path: 'p', protocol: 'tcp' },
        ],
      },
      { ports: [80] },
      ['port 80  listed'],
    ],
    ['the user', { user: at({ text: '5:5' }) }, { users: ['5'] }, ['user 5:5  not']],
    ['no user of the image', { user: at({ text: '' }) }, {}, []],
  ])('are %s', (_, asked, spec, expected) => {
    expect(listInputs(request(asked), spec, start).map(brief)).toEqual(expected);
  });

  it('stand where a contract says what is against them', () => {
    const word = fc.constantFrom('--port', '--port=1', '--port=x', '-v', '-v=1', 'a', '-', '-7', '--', '--z', '=', '');
    const spec = {
      images: ['r.example/team/web'],
      arguments: { allow: [{ flag: '--port', type: 'port' as const }, { flag: '-v' }] },
    };
    const contract = { apiVersion: 'portwarden/v1', kind: 'InputContract', metadata: { name: 'c' }, spec } as const;
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (all) => {
        const asked = request(words(...all));
        const places = new Set(listInputs(asked, spec).map(({ path }) => path));
        for (const { path } of judgeByContract(asked, contract, inputs())) expect(places).toContain(path);
      }),
    );
  });
});

it.each<readonly [PassedInput['place'], string, boolean]>([
  ['variable', 'A_b.c-1', true],
  ['variable', 'A B', false],
  ['variable', '__proto__', false],
  ['argument', '', true],
  ['argument', '--port', true],
  ['argument', '-\n', false],
  ['mount', '/a/b', true],
  ['mount', '/', false],
  ['mount', '/a/../b', false],
  ['mount', '/a/', false],
  ['file', '/a', true],
  ['file', 'a', false],
  ['port', '80', true],
  ['port', '0', false],
  ['user', '1:1', true],
  ['entrypoint', 'entrypoint', false],
])('%s %j can have a line: %s', (place, name, expected) => {
  expect(canBeListed({ place, name })).toBe(expected);
});
