import fc from 'fast-check';
import {
  describeOrder,
  joined,
  number,
  optional,
  prerelease,
} from '../../../test/contract/version/version-order.contract.ts';

describeOrder('golang', {
  chains: [
    'v1.0.0-alpha < v1.0.0-alpha.1 < v1.0.0-beta < v1.0.0-rc.2 < v1.0.0-rc.11 < v1.0.0 = 1.0.0 = v1 = v1.0 < v1.2 < v1.10.0',
    'v0.0.0-20180101000000-abcdefabcdef < v0.0.0-20190101000000-000000000000 < v0.0.0',
    'v2.0.0 = v2.0.0+incompatible < v2.0.1-0.20230101000000-abcdefabcdef < v2.0.1',
    'go1 < go1.2 < go1.19.9 < go1.20rc1 < go1.20 = go1.20.0 < go1.20.1 < go1.21 < go1.21rc1 < go1.21rc2 < go1.21.0 < go1.21.1 < go1.22',
    'go1.21beta1 < go1.21rc1 < go1.21.0rc1 < go1.21.0 = go1.21.0-bigcorp',
    'go1.21rc2 = 1.21.0-rc.2',
    '1.20.0-0 < go1.20rc1 < go1.20 = 1.20.0',
    'v99999999999999999998.0.0 < v99999999999999999999.0.0',
  ],
  invalid: [
    '',
    ' v1',
    'v1.0.0\n',
    'v',
    'v1.',
    'v01.0.0',
    'v1.2-pre',
    'v1+meta',
    'v1.0.0-',
    'v1.0.0-01',
    'v1.0.0-a..b',
    'v1.0.0+',
    'V1.0.0',
    'v1.2.3.4',
    '(devel)',
    'go',
    'go1.',
    'go01',
    'gopher',
    'go1.2.3.4',
    'go1rc1',
    '1.21rc2',
    'go1.21rc01',
  ],
  plausible: fc.oneof(
    joined(fc.constantFrom('', 'v'), number, fc.constant('.'), number, fc.constant('.'), number, optional(prerelease)),
    joined(
      fc.constantFrom('go1.20', 'go1.21', 'go2.0'),
      optional(fc.constantFrom('.0', '.1')),
      optional(fc.constantFrom('rc', 'rc1', 'beta1', 'rc10')),
    ),
  ),
});
