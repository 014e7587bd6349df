import fc from 'fast-check';
import {
  describeOrder,
  joined,
  number,
  optional,
  prerelease,
} from '../../../test/contract/version/version-order.contract.ts';

describeOrder('npm', {
  chains: [
    '1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0',
    '1.0.0 = v1.0.0 = 1.0.0+build < 1.0.1-0 < 1.0.1',
    '2.0.0 < 10.0.0',
    '1.0.0-0 < 1.0.0-1 < 1.0.0-10 < 1.0.0--1 < 1.0.0-A < 1.0.0-a',
  ],
  invalid: [
    '',
    'a',
    '1',
    '1.0',
    '1.0.0.0',
    '01.0.0',
    '1.0.0-',
    '1.0.0-01',
    '1.0.0-a..b',
    '1.0.0+',
    '=1.0.0',
    '1.0.0 beta',
    '1.x.0',
    '9007199254740992.0.0',
    '1.0.0-ä',
    'latest',
  ],
  plausible: joined(number, fc.constant('.'), number, fc.constant('.'), number, optional(prerelease)),
});
