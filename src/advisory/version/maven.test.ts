import fc from 'fast-check';
import { describeOrder, dotted, joined, optional } from '../../../test/contract/version/version-order.contract.ts';

describeOrder('maven', {
  chains: [
    '1-alpha = 1.alpha = 1-ALPHA < 1-a1 = 1-alpha-1 = 1alpha1 < 1-alpha2 < 1-alpha10 < 1-b1 < 1-milestone < 1-m1 < 1-rc = 1-cr < 1-rc1 < 1-SNAPSHOT < 1 = 1.0 = 1.0.0 = 1-ga = 1-final = 1.Final = 1.0.0.RELEASE = 01 < 1-sp < 1-abc < 1-xyz < 1-1 < 1-2 < 1.1 < 1.2 < 1.10 < 2',
    '1.0.0.RC1 = 1.0-RC1 < 1.0.0-RC2',
    '2.9.10 < 2.9.10.1 < 2.9.10.8 < 2.10',
    '31.1-android < 31.1-jre < 32.0.0-android',
    '9.4.5.v20170502 < 9.4.48.v20220622',
    '4.1.77.Final < 4.1.100.Final',
    'Finchley.SR4 < Greenwich.SR1 < Hoxton.RELEASE < Hoxton.SR9 < Hoxton.SR12',
    '1-x-1 < 1-x1a < 1-x2',
    '99999999999999999998 < 99999999999999999999',
  ],
  invalid: [
    '',
    ' ',
    '1 2',
    '1\n',
    '[1.0,2.0)',
    '[1.0]',
    '1,2',
    '${project.version}',
    '1/2',
    '1:2',
    '1*',
    '1é',
    '1\u{1d7d8}',
  ],
  // Maven's own order has rings among stranger forms: 1 < 1.a-sp.ga < 1-RC1_m < 1.
  plausible: joined(
    dotted,
    optional(
      fc.constantFrom('-alpha', '-a1', '-beta-2', '-M1', '-rc', '-rc10', '-cr2', '-SNAPSHOT', '-ga', '-sp', '-jre'),
    ),
  ),
  recording: new URL('fixtures/maven-3.9.9.txt', import.meta.url),
});
