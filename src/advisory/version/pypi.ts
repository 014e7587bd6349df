import { badVersion } from './version-error.ts';
import { compareDigits, compareText, type Ordering, type VersionOrder } from './version-order.ts';

interface PypiVersion {
  readonly epoch: string;
  /** Without trailing zeros. */
  readonly release: readonly string[];
  /** Where it stands among the versions of one release: dev, then a, b, rc, then the release itself. */
  readonly stage: Stage;
  readonly stageNumber: string;
  readonly post: string | undefined;
  readonly dev: string | undefined;
  readonly local: readonly string[];
}

type Stage = (typeof stages)[number];
const stages = ['dev', 'a', 'b', 'rc', 'release'] as const;

const spellings: Readonly<Record<string, Stage>> = {
  a: 'a',
  alpha: 'a',
  b: 'b',
  beta: 'b',
  c: 'rc',
  rc: 'rc',
  pre: 'rc',
  preview: 'rc',
};

const grammar = new RegExp(
  [
    '^\\s*v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\\.[0-9]+)*)',
    '(?:[-_.]?(?<stage>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<stageNumber>[0-9]*))?',
    '(?<post>-(?<bare>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>[0-9]*))?',
    '(?<dev>[-_.]?dev[-_.]?(?<devNumber>[0-9]*))?',
    '(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\\s*$',
  ].join(''),
  'i',
);

/**
 * Versions of Python packages: PEP 440 with all the spellings that it normalizes, as the package `packaging` reads and
 * orders them. Legacy versions, which it no longer orders, are refused. Numbers are of any size.
 */
export const pypiOrder: VersionOrder<PypiVersion> = {
  parse(text) {
    const groups = grammar.exec(text)?.groups;
    if (!groups) throw badVersion('pypi', text, text.trim() === '' ? 'it is empty' : 'PEP 440 knows no such form');
    const release = (groups.release as string).split('.');
    while (release.length > 0 && /^0+$/.test(release.at(-1) as string)) release.pop();
    const post = groups.post === undefined ? undefined : groups.bare || groups.postNumber || '0';
    const dev = groups.dev === undefined ? undefined : groups.devNumber || '0';
    const named = groups.stage === undefined ? undefined : spellings[groups.stage.toLowerCase()];
    return {
      epoch: groups.epoch ?? '0',
      release,
      stage: named ?? (post === undefined && dev !== undefined ? 'dev' : 'release'),
      stageNumber: groups.stageNumber || '0',
      post,
      dev,
      local: groups.local?.toLowerCase().split(/[-_.]/) ?? [],
    };
  },

  compare(a, b) {
    return (
      compareDigits(a.epoch, b.epoch) ||
      compareLists(a.release, b.release, compareDigits) ||
      (Math.sign(stages.indexOf(a.stage) - stages.indexOf(b.stage)) as Ordering) ||
      compareDigits(a.stageNumber, b.stageNumber) ||
      compareOptional(a.post, b.post, -1) ||
      compareOptional(a.dev, b.dev, 1) ||
      compareLists(a.local, b.local, compareLocal)
    );
  },
};

/** `absent` is how a version without the part stands to one with it. */
function compareOptional(a: string | undefined, b: string | undefined, absent: -1 | 1): Ordering {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? absent : (-absent as Ordering);
  return compareDigits(a, b);
}

function compareLists(
  a: readonly string[],
  b: readonly string[],
  compare: (x: string, y: string) => Ordering,
): Ordering {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compare(a[i] as string, b[i] as string);
    if (order !== 0) return order;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

/** Words before numbers. */
function compareLocal(a: string, b: string): Ordering {
  const numericA = /^[0-9]+$/.test(a);
  const numericB = /^[0-9]+$/.test(b);
  if (numericA && numericB) return compareDigits(a, b);
  if (numericA !== numericB) return numericA ? 1 : -1;
  return compareText(a, b);
}
