import { badVersion } from './version-error.ts';
import { compareDigits, compareText, type Ordering, type VersionOrder } from './version-order.ts';

type Item =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string }
  | ItemList;

interface ItemList {
  readonly kind: 'list';
  readonly items: Item[];
}

/** In their order; '' is the release. Any other word comes after all of them, in the order of its letters. */
const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const aliases: Readonly<Record<string, string>> = { ga: '', final: '', release: '', cr: 'rc' };
const beforeDigits: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', m: 'milestone' };

/** Where one of two kinds stands against another, the later in this list is the newer: `1-sp < 1-1 < 1.1`. */
const kinds = ['word', 'list', 'number'] as const;

/**
 * Versions of Maven artifacts, as ComparableVersion of Maven 3.9 reads and orders them (maven-artifact, package
 * org.apache.maven.artifact.versioning). It takes any text; refused is what Maven takes in no place where one version
 * stands: ranges, expressions, blanks, and characters that no file name may have.
 */
export const mavenOrder: VersionOrder<ItemList> = {
  parse(text) {
    if (text === '') throw badVersion('maven', text, 'it is empty');
    if (/[[\](),]/.test(text)) throw badVersion('maven', text, 'it is a range, not one version');
    if (/[${}]/.test(text)) throw badVersion('maven', text, 'it is an expression that was not filled in');
    const illegal = /[^!-~]|[\\/:"<>|?*]/u.exec(text)?.[0];
    if (illegal !== undefined) throw badVersion('maven', text, `${JSON.stringify(illegal)} may not be in it`);
    return parseItems(text.toLowerCase());
  },
  compare: compareLists,
};

/** A hyphen, and a change between letters and digits, open a list within the one before. */
function parseItems(text: string): ItemList {
  const outermost: ItemList = { kind: 'list', items: [] };
  const lists = [outermost];
  let list = outermost;

  function nest(): void {
    const inner: ItemList = { kind: 'list', items: [] };
    list.items.push(inner);
    lists.push(inner);
    list = inner;
  }

  for (const match of text.matchAll(/([0-9]+|[^-.0-9]+|(?=[-.]))([-.]?)/g)) {
    const [whole, part = '', separator] = match;
    const isLast = match.index + whole.length === text.length;
    if (part === '' || isDigits(part)) list.items.push({ kind: 'number', text: part });
    else {
      // Before digits, or at the end, the dot before a word is as a hyphen: `1.0.rc1` is `1.0-rc1`.
      if (separator === '' && list.items.length > 0) nest();
      const word = separator === '' && !isLast ? lookUp(beforeDigits, part) : part;
      list.items.push({ kind: 'word', text: lookUp(aliases, word) });
    }
    if (separator === '-' || (separator === '' && !isLast)) nest();
  }
  for (const inner of lists.reverse()) dropTrailingNothing(inner.items);
  return outermost;
}

function lookUp(words: Readonly<Record<string, string>>, word: string): string {
  return Object.hasOwn(words, word) ? (words[word] as string) : word;
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

function dropTrailingNothing(items: Item[]): void {
  for (let at = items.length - 1; at >= 0; at--) {
    const item = items[at] as Item;
    if (isNothing(item)) items.splice(at, 1);
    else if (item.kind !== 'list') return;
  }
}

function isNothing(item: Item): boolean {
  if (item.kind === 'list') return item.items.length === 0;
  return item.kind === 'number' ? /^0*$/.test(item.text) : item.text === '';
}

function compareItems(a: Item, b: Item): Ordering {
  if (a.kind === 'list' && b.kind === 'list') return compareLists(a, b);
  if (a.kind === 'number' && b.kind === 'number') return compareDigits(a.text, b.text);
  if (a.kind === 'word' && b.kind === 'word') return compareWords(a.text, b.text);
  return kinds.indexOf(a.kind) < kinds.indexOf(b.kind) ? -1 : 1;
}

function compareLists(a: ItemList, b: ItemList): Ordering {
  for (let i = 0; i < a.items.length || i < b.items.length; i++) {
    const order = compareOptional(a.items[i], b.items[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareOptional(a: Item | undefined, b: Item | undefined): Ordering {
  if (a && b) return compareItems(a, b);
  if (a) return compareToNothing(a);
  return b ? ((0 - compareToNothing(b)) as Ordering) : 0;
}

function compareToNothing(item: Item): Ordering {
  if (item.kind === 'word') return compareWords(item.text, '');
  if (item.kind === 'number') return isNothing(item) ? 0 : 1;
  for (const inner of item.items) {
    const order = compareToNothing(inner);
    if (order !== 0) return order;
  }
  return 0;
}

function compareWords(a: string, b: string): Ordering {
  const difference = rankOf(a) - rankOf(b);
  if (difference !== 0) return difference < 0 ? -1 : 1;
  return rankOf(a) < qualifiers.length ? 0 : compareText(a, b);
}

function rankOf(word: string): number {
  const index = qualifiers.indexOf(word);
  return index < 0 ? qualifiers.length : index;
}
