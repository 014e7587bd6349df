import { describe, expect, it } from 'vitest';
import { parsePodSecuritySet } from './parse-pod-security-set.ts';

describe('parsePodSecuritySet', () => {
  it.each([
    ['pss:baseline@1.24', 'baseline', '1.24'],
    ['pss:restricted', 'restricted', 'latest'],
    ['pss:restricted@latest', 'restricted', 'latest'],
    ['pss:privileged@v1.0', 'privileged', '1.0'],
  ])('%s', (text, level, version) => expect(parsePodSecuritySet(text)).toEqual({ level, version }));

  it.each([
    '',
    'baseline',
    'pss:',
    'pss:strict',
    'pss:baseline@',
    'pss:baseline@2.1',
    'pss:Baseline',
    'pss:baseline@1.24 ',
  ])('%j is none', (text) => expect(parsePodSecuritySet(text)).toBeUndefined());
});
