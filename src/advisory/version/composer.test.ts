import fc from 'fast-check';
import { describeOrder, dotted, joined, optional } from '../../../test/contract/version/version-order.contract.ts';

describeOrder('composer', {
  chains: [
    '1.0-dev < 1.0-alpha < 1.0-alpha1 = 1.0a1 = 1.0.0.0-ALPHA-1 < 1.0-beta < 1.0-beta2-dev < 1.0-beta2 < 1.0-RC1 = 1.0rc1 < 1.0 = 1 = v1.0.0 = 1.0.0.0 = 1.0-stable = 1.0+build = 1.0@dev < 1.0-patch1 = 1.0pl1 < 1.0.0.1 < 1.0.1 < 1.1 < 1.10 < 1.x-dev < 2.0',
    '2010-01-02 < 2010-01-03 < 2010.1.10',
    '20100102 < 20100103',
    '1.2.x-dev = 1.2.9999999.9999999-dev < 1.3.0 < 1.x-dev',
    '1.0-STABLE < 1.0-dev',
    '1.9223372036854775806 < 1.9223372036854775807 = 1.9223372036854775808',
  ],
  invalid: [
    '',
    ' ',
    'a',
    'dev-main',
    'dev-1.0',
    'master',
    'DEV-x',
    '1.0.0.0.0',
    '1.0-foo',
    '1..0',
    '1.0-beta-a',
    '^1.0',
    '1.*',
    '>=1.0',
    '1.0 beta',
    '1,0',
    'x.1-dev',
    '1.0-beta2-foo',
    '1.0é',
  ],
  plausible: joined(
    optional(fc.constant('v')),
    dotted,
    optional(
      fc.constantFrom(
        '.x-dev',
        '-dev',
        '-alpha',
        'a1',
        '-beta2',
        '-RC1',
        '-RC1-dev',
        '-patch1',
        'p2',
        '-stable',
        '-STABLE',
      ),
    ),
  ),
  recording: new URL('fixtures/composer-semver-3.3.txt', import.meta.url),
});
