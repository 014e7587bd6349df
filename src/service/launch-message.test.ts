import { describe, expect, it } from 'vitest';
import type { LaunchFinding, LaunchVerdict } from '../model/index.ts';
import { compileLaunchMessage } from './launch-message.ts';

const finding = (over: Partial<LaunchFinding> = {}): LaunchFinding => ({
  rule: 'launch/privileged',
  severity: 'critical',
  subject: 'web',
  title: 'It is privileged',
  remedy: 'Take out --privileged',
  evidence: 'it asks for every privilege',
  path: 'HostConfig.Privileged',
  confidence: 'certain',
  ...over,
});
const deny = (...findings: readonly LaunchFinding[]) => ({ outcome: 'deny', findings }) as unknown as LaunchVerdict;

describe('the message of a verdict', () => {
  it('says nothing where it is allowed', () => {
    expect(compileLaunchMessage({ outcome: 'allow', findings: [] }, 'l1')).toBe('');
  });

  it('names place, reason, rule, remedy and where there is more', () => {
    expect(compileLaunchMessage(deny(finding()), 'l1')).toBe(
      'HostConfig.Privileged: it asks for every privilege (launch/privileged). Take out --privileged. Details: portwarden explain l1',
    );
  });

  it('tells the first three, and how many more there are, and passes over what an exception lets pass', () => {
    const excepted = { name: 'e', owner: 'ada@example.com', expires: 1 };
    const text = compileLaunchMessage(
      deny(
        finding({ excepted }),
        finding({ observed: true }),
        ...['a', 'b', 'c', 'd', 'e'].map((path) => finding({ path, evidence: 'x' })),
      ),
      'l1',
    );
    expect(text).toMatch(/^a: x .*; b: x .*; c: x .*; and 2 more\. /);
  });

  it('says what could not be decided', () => {
    expect(compileLaunchMessage({ outcome: 'undecided', cause: 'the image is not known', findings: [] }, 'l1')).toMatch(
      /^not decided: the image is not known\. Make .*explain l1$/,
    );
  });

  it('is one line of a length that engines show whole, whatever was asked', () => {
    const text = compileLaunchMessage(deny(finding({ evidence: `a\u001b[31m\n\u202e${'x'.repeat(5000)}` })), 'l1');
    expect(text.length).toBeLessThanOrEqual(600);
    expect(text).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(text).toMatch(/…\. Take out --privileged\. Details: portwarden explain l1$/);
  });
});
