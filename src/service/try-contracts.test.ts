import { describe, expect, it } from 'vitest';
import { findLanguage } from '../../test/fakes/languages.ts';
import type { InputContractDocument } from '../policy/index.ts';
import { tryContracts } from './try-contracts.ts';

const contract = {
  apiVersion: 'portwarden/v1',
  kind: 'InputContract',
  metadata: { name: 'app' },
  spec: { images: ['registry.example/team/app'], environment: { MODE: { enum: ['live'] } } },
} as unknown as InputContractDocument;
const run = (image: string, mode: string) => `docker run --name web -e MODE=${mode} ${image}`;
const app = 'registry.example/team/app:1';

describe('contracts that are tried', () => {
  it.each([
    ['as it says', run(app, 'live'), 'good', 'app'],
    ['other than it says', run(app, 'test'), 'bad', 'app'],
    ['of another image', run('other.example/x', 'test'), 'no-contract', null],
    ['that is no launch', 'docker rn x', 'unreadable', null],
    ['with nothing in it', '', 'unreadable', null],
  ])('on a launch %s', (_, text, state, name) => {
    const trials = tryContracts([contract], [{ name: 'runs', text }], findLanguage);
    expect(trials).toMatchObject([{ state, contract: name }]);
    expect((trials[0]?.findings.length ?? 0) > 0).toBe(state === 'bad' || state === 'unreadable');
  });

  it('try every container of every file', () => {
    const compose = `services:\n  a: {image: ${app}, environment: {MODE: live}}\n  b: {image: ${app}, environment: {MODE: x}}\n`;
    const trials = tryContracts(
      [contract],
      [
        { name: 'compose.yaml', text: compose },
        { name: 'runs', text: run(app, 'live') },
      ],
      findLanguage,
    );
    expect(trials.map(({ container, state }) => `${container} ${state}`)).toEqual(['a good', 'b bad', 'web good']);
  });

  it('are none where no file is', () => expect(tryContracts([contract], [], findLanguage)).toEqual([]));
});
