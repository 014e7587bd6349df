import { describe, expect, it } from 'vitest';
import {
  base,
  by,
  component,
  digest,
  judge,
  observation,
  passport,
  rejectedTrust,
  told,
  type VerdictCase,
} from '../../../test/fakes/policy-facts.ts';

describe('integrity', () => {
  const problem = (code: string) => ({
    passport: passport({ problems: [{ code, message: 'so it is', layer: 'sha256:1' }] }),
  });
  it.each<VerdictCase>([
    ['a layer that is another', {}, problem('image/layer-digest-mismatch'), 'deny image/integrity'],
    ['a layer that leads out', {}, problem('image/bad-path'), 'deny image/integrity'],
    ['a layer that was not read', {}, problem('image/corrupt-layer'), 'undecided'],
    [
      'a layer that was not read, in a policy that allows all',
      { unknown: { state: 'unknown', notExamined: 'allow', notJudged: 'allow' } },
      problem('image/limit-exceeded'),
      'undecided',
    ],
    ['a file that no engine cares about', {}, problem('image/bad-capability'), 'allow'],
  ])('%s', (_, spec, of, expected) => expect(told(judge(spec, of))).toBe(expected));
});

describe('licenses', () => {
  it.each<VerdictCase>([
    ['that are denied', { licenses: { deny: ['mit'] } }, {}, 'deny image/license'],
    ['that are denied by a pattern', { licenses: { deny: ['M*'] } }, {}, 'deny image/license'],
    ['that are allowed', { licenses: { allow: ['MIT'] } }, {}, 'allow'],
    ['that are not among the allowed', { licenses: { allow: ['Apache-2.0'] } }, {}, 'deny image/license'],
    [
      'of which one can be chosen',
      { licenses: { deny: ['GPL-*'] } },
      { passport: passport({ components: [{ ...component, licenses: ['GPL-2.0-only OR MIT'] }] }) },
      'allow',
    ],
    [
      'that nobody knows',
      { licenses: { deny: ['GPL-*'] } },
      { passport: passport({ components: [{ ...component, licenses: [] }] }) },
      'deny image/license',
    ],
    [
      'that nobody knows, allowed',
      { licenses: { deny: ['GPL-*'], unknown: 'allow' } },
      { passport: passport({ components: [{ ...component, licenses: [] }] }) },
      'allow',
    ],
  ])('%s', (_, spec, of, expected) => expect(told(judge(spec, of))).toBe(expected));
});

describe('what else is in the image', () => {
  it.each<VerdictCase>([
    ['a package that nobody wants', { packages: { deny: ['npm:left-pad'] } }, {}, 'deny image/package'],
    ['another version of it', { packages: { deny: ['npm:left-pad@1.2.0'] } }, {}, 'allow'],
    [
      'root',
      { user: { root: 'refuse' } },
      { passport: passport({}, { user: '', runsAsRoot: true }) },
      'deny image/root-user',
    ],
    ['nobody knows who', { user: { root: 'refuse' } }, { passport: passport({}, { runsAsRoot: null }) }, 'undecided'],
    [
      'a lesser secret',
      { secrets: { minSeverity: 'low' } },
      { passport: passport({ observations: [observation('inspect/secret/password', { severity: 'low' })] }) },
      'deny image/secret',
    ],
    [
      'a secret, allowed',
      { secrets: { found: 'allow' } },
      { passport: passport({ observations: [observation('inspect/secret/private-key')] }) },
      'allow',
    ],
    [
      'more unknown than is allowed',
      { unknown: { state: 'known' } },
      { passport: passport({ unknown: { ...passport().unknown, state: 'partly-known' } }) },
      'deny image/unknown',
    ],
    [
      'programs of no package',
      { unknown: { maxUnownedPercent: 5 } },
      { passport: passport({ unknown: { ...passport().unknown, unownedPercent: 5.1 } }) },
      'deny image/unknown',
    ],
    [
      'programs that nobody looked at',
      { unknown: { maxUnownedPercent: 5 } },
      { passport: passport({ unknown: { ...passport().unknown, unownedPercent: null } }) },
      'undecided',
    ],
  ])('%s', (_, spec, of, expected) => expect(told(judge(spec, of))).toBe(expected));
});

describe('base images', () => {
  it.each<VerdictCase>([
    ['that nobody knows', { baseImages: { allow: ['docker.io/library/debian'] } }, {}, 'undecided'],
    ['that are allowed', { baseImages: { allow: ['docker.io/library/debian'] } }, base('debian:12'), 'allow'],
    ['of an allowed tag', { baseImages: { allow: ['docker.io/library/debian:12*'] } }, base('debian:12-slim'), 'allow'],
    [
      'of another tag',
      { baseImages: { allow: ['docker.io/library/debian:12*'] } },
      base('debian:11'),
      'deny image/base-image',
    ],
    [
      'of a registry with a port',
      { baseImages: { allow: ['localhost:5000/base/**'] } },
      base('localhost:5000/base/a:1'),
      'allow',
    ],
    [
      'of another registry',
      { baseImages: { allow: ['docker.io/library/debian'] } },
      base('evil.example/library/debian:12'),
      'deny image/base-image',
    ],
    ['of an allowed digest', { baseImages: { allow: [digest] } }, base(null, digest), 'allow'],
    ['with a name that is none', { baseImages: { allow: ['*/debian'] } }, base('  debian'), 'deny image/base-image'],
  ])('%s', (_, spec, of, expected) => expect(told(judge(spec, of))).toBe(expected));
});

describe('conditions', () => {
  it.each<VerdictCase>([
    [
      'that hold',
      { conditions: [{ name: 'c', expression: 'image.repository == "team/web"', message: 'm' }] },
      {},
      'allow',
    ],
    [
      'that do not',
      { conditions: [{ name: 'c', expression: 'size(signers) > 0', message: 'm' }] },
      { signatures: [by('a', rejectedTrust)] },
      'deny image/condition',
    ],
    [
      'that cannot be evaluated',
      { conditions: [{ name: 'c', expression: 'passport.nothing', message: 'm' }] },
      {},
      'undecided',
    ],
    ['that are none', { conditions: [{ name: 'c', expression: '1 +', message: 'm' }] }, {}, 'undecided'],
  ])('%s', (_, spec, of, expected) => expect(told(judge(spec, of))).toBe(expected));
});
