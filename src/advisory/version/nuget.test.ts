import fc from 'fast-check';
import {
  describeOrder,
  dotted,
  joined,
  optional,
  prerelease,
} from '../../../test/contract/version/version-order.contract.ts';

describeOrder('nuget', {
  chains: [
    '1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta = 1.0.0-BETA < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0 = 1 = 1.0 = 1.0.0.0 = 01.00 = 1.0.0+build < 1.0.0.1-a < 1.0.0.1 < 1.0.1 < 1.10',
    '1.0--2 < 1.0--1 < 1.0--0 = 1.0-0 < 1.0-9 < 1.0-2147483647 < 1.0-2147483648 < 1.0-a',
    '4.3.0-preview1-24530-04 < 4.3.0-preview2 < 4.3.0 < 4.3.1',
    '13.0.1-beta2 < 13.0.1',
  ],
  invalid: [
    '',
    ' ',
    'a',
    'v1.0',
    '.5',
    '1.',
    '1..2',
    '1.2.3.4.5',
    '1.0-',
    '1.0+',
    '1.0-a..b',
    '1.0-a+',
    '1.0-01',
    '2147483648.0',
    '1.0-é',
    '1 2.0',
    '[1.0]',
    '1.0.*',
    '1.0-a_b',
  ],
  plausible: joined(
    dotted,
    optional(fc.constant('.1')),
    optional(prerelease),
    optional(fc.constantFrom('-RC.1', '+1')),
  ),
});
