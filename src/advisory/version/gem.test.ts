import fc from 'fast-check';
import { describeOrder, dotted, joined, optional } from '../../../test/contract/version/version-order.contract.ts';

describeOrder('gem', {
  chains: [
    '1.0.a < 1.0.a.2 < 1.0.a10 < 1.0.b1 < 1.0.beta < 1.0.pre < 1.0-1 < 1.0.rc1 < 1.0 = 1 = 1.0.0 = 1.00 = 01 < 1.0.0.1 < 1.0.1.pre < 1.0.1 < 1.1 < 1.10 < 2',
    '1.0-beta.2 = 1.0.pre.beta.2 < 1.0',
    '5.2.4.rc1 < 5.2.4 < 5.2.4.1 < 5.2.4.6',
    '1.0.A < 1.0.a',
    '1.a.0 = 1.a < 1.a.1',
    '1.0.0a1 = 1.a1 = 1.a.1',
    '0 = 0.0 < 0.0.1',
    '99999999999999999998 < 99999999999999999999',
  ],
  invalid: ['a', '.1', '1.', '1..2', 'v1', '1_0', '1.0+1', '1.0-', '1.0-a..b', '1.é', '1 2', '1.0_a', '>=1', '1.0-a_b'],
  plausible: joined(
    dotted,
    fc
      .array(fc.constantFrom('.a', '.b1', '.pre', '.rc.2', '.0', '.1'), { maxLength: 3 })
      .map((parts) => parts.join('')),
    optional(fc.constantFrom('-1', '-beta.2', '-0')),
  ),
  recording: new URL('fixtures/rubygems-3.3.txt', import.meta.url),
});
