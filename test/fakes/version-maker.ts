import type { Ecosystem } from '../../src/model/index.ts';
import { createRandom } from './random.ts';

export interface VersionMaker {
  /** Follows the grammar of the ecosystem, close to others that were made, so that orders are close calls. */
  valid(): string;
  /** Half of them valid, half of them near misses. */
  any(): string;
}

type Pick = <Item>(items: readonly Item[]) => Item;

const grammars: Readonly<Record<Ecosystem, (pick: Pick) => string>> = {
  deb: (pick) => {
    const part = () => Array.from({ length: pick([0, 1, 2, 3, 4, 5]) }, () => pick([...'0019aAzZ.+~~'])).join('');
    const epoch = pick(['', '', '', '0:', '00:', '1:', '+1:', '-0:', '2147483647:']);
    const colon = epoch && pick(['', '', ':2']);
    return `${epoch}${pick(['0', '1', '01', '10', '7.6'])}${colon}${part()}${pick(['', '-x'])}${pick(['', '-0', '-1', '-~', '-a', '-1.1', '-.', `-${part()}0`])}`;
  },
  apk: (pick) => {
    const dotted = Array.from({ length: pick([1, 2, 3]) }, () => pick(['0', '00', '1', '01', '05', '2', '10']));
    const suffix = () =>
      pick(['', '', '_alpha', '_beta2', '_pre', '_rc1', '_rc01', '_cvs', '_svn1', '_git2', '_hg', '_p', '_p1']);
    return `${dotted.join('.')}${pick(['', '', 'a', 'b'])}${suffix()}${suffix()}${pick(['', '', '~0a', '~0b1'])}${pick(['', '-r0', '-r1', '-r01', '-r10'])}`;
  },
  rpm: (pick) => {
    const part = () =>
      Array.from({ length: pick([1, 2, 3, 4, 5, 6]) }, () => pick([...'0019aAzZ.+_~^']))
        .join('')
        .replace(/\.+/g, '.');
    const release = pick(['', '', '-1', '-', `-${part()}`, `-${part()}.el9_2`.replace('..', '.')]);
    return `${pick(['', '', '', '0:', '00:', ':', '1:', '10:'])}${part()}${release}`;
  },
  npm: (pick) => {
    const number = () => pick(['0', '1', '2', '10']);
    const part = () => pick(['0', '1', '10', 'a', 'A', 'rc', 'rc1', '-', '0a']);
    const prerelease = pick([0, 0, 1, 2]);
    const parts = Array.from({ length: prerelease }, part);
    return `${pick(['', '', 'v', ' '])}${number()}.${number()}.${number()}${parts.length > 0 ? '-' : ''}${parts.join('.')}${pick(['', '+build', '+1.2'])}`;
  },
  pypi: (pick) => {
    const release = Array.from({ length: pick([1, 2, 3]) }, () =>
      pick(['0', '00', '1', '2', '10', '9007199254740993']),
    );
    const join = () => pick(['', '.', '-', '_']);
    const stage = pick(['', '', 'a', 'b', 'c', 'rc', 'alpha', 'BETA', 'pre', 'preview']);
    const post = pick(['', '', '-1', '-02', '.post', 'post1', '-r.1', '_rev-3']);
    const dev = pick(['', '', '.dev', 'dev1', '-dev_2', '_DEV']);
    const local = pick(['', '', '+a', '+1', '+a.1', '+A_1', '+1e5', '+0x10', '+a.10', '+a.9', '+01']);
    return `${pick(['', '', 'v', '0!', '1!', ' '])}${release.join('.')}${stage && `${join()}${stage}${join()}${pick(['', '0', '1', '02'])}`}${post}${dev}${local}`;
  },
  golang: (pick) => {
    const number = () => pick(['0', '1', '2', '10']);
    return `${pick(['', 'v'])}${number()}.${number()}.${number()}${pick(['', '-0', '-rc.1', '-rc.10', '-a'])}${pick(['', '+incompatible'])}`;
  },
  maven: (pick) => {
    const part = () =>
      pick([
        '0',
        '1',
        '1',
        '01',
        '2',
        '10',
        '12345678901',
        'a',
        'b1',
        'm',
        'alpha',
        'Beta2',
        'RC1',
        'cr',
        'SNAPSHOT',
        'ga',
        'final',
        'release1',
        'sp',
        'sp1',
        'jre',
        'x',
        'X2y',
        '',
      ]);
    const more = Array.from({ length: pick([0, 1, 2, 3, 4]) }, () => `${pick(['.', '.', '-', '-', '', '_'])}${part()}`);
    return `${pick(['0', '1', '1.0', '2', 'r0', 'Finchley'])}${more.join('')}`;
  },
  gem: (pick) => {
    const part = () =>
      pick(['0', '0', '1', '01', '2', '10', 'a', 'b1', 'rc', 'RC2', 'pre', 'z', '1a', '99999999999999999999']);
    const more = Array.from({ length: pick([0, 1, 2, 3, 4]) }, () => `.${part()}`);
    return `${pick(['', '', ' '])}${pick(['0', '1', '01', '2'])}${more.join('')}${pick(['', '', '', '-1', '-beta.2', '-0', '--', '-java'])}${pick(['', '', ' '])}`;
  },
  cargo: (pick) => {
    const number = () => pick(['0', '1', '2', '10', '18446744073709551615']);
    return `${number()}.${number()}.${number()}${pick(['', '', '-0', '-rc.1', '-rc.10', '-a', '-A', '-1a', '--', '-99999999999999999999'])}${pick(['', '', '+1', '+001.a'])}`;
  },
  composer: (pick) => {
    const number = () => pick(['0', '1', '01', '2', '10', '9999999', '99999999999999999999']);
    const more = (of: () => string) => Array.from({ length: pick([0, 1, 2, 2, 3]) }, () => `.${of()}`).join('');
    const dated = () => pick(['2010-01-02', '20100102', '2010:01-02-203040', '123456', '201001021']);
    const core = pick([() => `${pick(['0', '1', '01', '2', '12345'])}${more(number)}`, dated])();
    const word = pick([
      '-beta',
      'b2',
      '-RC1',
      'rc.1',
      '.alpha-1',
      '_a',
      '-patch2',
      'pl',
      '-p1.2',
      '-stable',
      '-STABLE',
      '-b2.1',
    ]);
    const suffix = pick(['', '', word, `${word}${pick(['-dev', 'dev', '.DEV'])}`, '-dev']);
    const branch = () =>
      `${pick(['1', '2'])}${more(() => pick([number(), 'x', 'X', '*']))}${pick(['-dev', '.x-dev', 'dev'])}`;
    const version = pick([true, true, true, false]) ? `${core}${suffix}` : branch();
    return `${pick(['', '', 'v', 'V', ' '])}${version}${pick(['', '', '', '+build', '@dev', '@RC', ' as 1.0'])}`;
  },
  nuget: (pick) => {
    const numbers = Array.from({ length: pick([1, 2, 3, 3, 4]) }, () =>
      pick(['0', '1', '01', '2', '10', '2147483647']),
    );
    const label = () => pick(['0', '1', '10', 'a', 'A', 'rc', 'RC1', '-', '-1', '0a', '2147483648']);
    const labels = Array.from({ length: pick([0, 0, 1, 2]) }, label);
    return `${numbers.join('.')}${labels.length > 0 ? '-' : ''}${labels.join('.')}${pick(['', '+build', '+01'])}`;
  },
};

/** Versions as they come in the wild and in attacks; the same for the same seed. */
export function versionMaker(ecosystem: Ecosystem, seed: number): VersionMaker {
  const random = createRandom(seed);
  const pick: Pick = (items) => random.pick(items);
  const valid = () => grammars[ecosystem](pick);

  function nearMiss(): string {
    const text = valid();
    const at = random.integer(text.length + 1);
    const junk = pick([...'.-+~:_!$% /\\^\'"é\t\n', 'a', '0', '..', '--', '']);
    return `${text.slice(0, at)}${junk}${text.slice(at + pick([0, 1]))}`;
  }

  return { valid, any: () => (random.chance(0.5) ? valid() : nearMiss()) };
}
