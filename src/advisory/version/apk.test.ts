import fc from 'fast-check';
import {
  describeOrder,
  digits,
  dotted,
  joined,
  number,
  optional,
} from '../../../test/contract/version/version-order.contract.ts';

describeOrder('apk', {
  chains: [
    '1.0_alpha < 1.0_alpha1 < 1.0_alpha2 < 1.0_beta < 1.0_pre1 < 1.0_rc1 < 1.0 < 1.0-r0 < 1.0-r1 < 1.0_cvs1 < 1.0_svn < 1.0_git20240101 < 1.0_hg < 1.0_p < 1.0_p1 < 1.0_p9-r0 < 1.0_p10-r0 < 1.0a < 1.0b < 1.0.1',
    '0.12 < 0.13_beta1',
    '1.05 < 1.1 < 1.10',
    '1.0.05 < 1.0.1',
    '0.1.0_alpha_pre2 < 0.1.0_alpha',
    '1.2.07.8 < 1.2.12.04 < 1.2.12.05 < 1.3.3',
    '006 = 6 < 0006.0',
    '1.0_rc1 = 1.0_rc01 < 1.0_rc1_p1',
    '1.0-r1 = 1.0-r01',
    '1.0 < 1.0-r1 < 1.0~ab < 1.0~ab-r1 < 1.0~abc',
    '2.02-r1 > 1.5.0-r1 > 1.5.0 > 0.9.2',
    '1.1.24-r9 < 1.1.24-r10',
    '18446744073709551616 < 18446744073709551617',
  ],
  invalid: [
    '',
    ' 1',
    '1 ',
    '1\n',
    'v1',
    '1.',
    '1..2',
    '.1',
    '1.0bc',
    '1a2',
    '1.0_foo',
    '1.0_alph',
    '1.0_',
    '1.0-r',
    '1.0-1',
    '1.0~',
    '1.0~AB',
    '1.0~xyz',
    '1.0-r1-r2',
    '1.0-r1_p1',
    '1.0A',
    '1:1.0',
    '1.0+1',
  ],
  plausible: joined(
    dotted,
    optional(fc.constantFrom('a', 'b')),
    fc
      .array(joined(fc.constantFrom('_alpha', '_beta', '_pre', '_rc', '_git', '_p'), optional(digits)), {
        maxLength: 2,
      })
      .map((parts) => parts.join('')),
    optional(fc.constantFrom('~0a', '~0b')),
    optional(number.map((revision) => `-r${revision}`)),
  ),
});
