import fc from 'fast-check';
import {
  describeOrder,
  joined,
  number,
  optional,
  prerelease,
} from '../../../test/contract/version/version-order.contract.ts';

describeOrder('cargo', {
  chains: [
    '1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0',
    '1.0.0 = 1.0.0+build = 1.0.0+001 < 1.0.1-0 < 1.0.1 < 1.2.0 < 1.10.0',
    '0.0.0-0 < 0.0.0-99999999999999999998 < 0.0.0-99999999999999999999 < 0.0.0',
    '18446744073709551614.0.0 < 18446744073709551615.0.0',
  ],
  invalid: [
    '',
    'a',
    '1',
    '1.0',
    'v1.0.0',
    ' 1.0.0',
    '1.0.0 ',
    '1.0.0.0',
    '01.0.0',
    '1.0.0-',
    '1.0.0-01',
    '1.0.0-a..b',
    '1.0.0+',
    '=1.0.0',
    '18446744073709551616.0.0',
    '1.0.0-ä',
    '1.0.*',
  ],
  plausible: joined(
    number,
    fc.constant('.'),
    number,
    fc.constant('.'),
    number,
    optional(prerelease),
    optional(fc.constant('+1')),
  ),
});
