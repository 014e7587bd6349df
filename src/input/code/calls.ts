/** A call as Python, Perl, Ruby, PHP, JavaScript and PowerShell write it, freed of blanks, comments and the signs between names. */
export interface Call {
  /** `os.system`, `kernel.exec`, `sys.modules[].system`: in lower case, joined by dots. */
  readonly name: string;
  /** What is in the parentheses; an empty call is mostly prose that names a function. */
  readonly hasArguments: boolean;
}

const mostCalls = 500;
const longestChain = 200;
/** Longer ones are no strings: each quote would be looked for to the end. */
const longestString = 2048;
const opened: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * The calls in a text whose parentheses close, of names that are joined by `.`, `::`, `->` or `?.`, also through an index.
 * Strings and comments are passed over: what stands in them calls nothing. One pass over the text.
 */
export function* readCalls(text: string): Generator<Call> {
  const closes = closingPlaces(text);
  let count = 0;
  let chain = '';
  const outer: string[] = [];
  let isJoined = false;
  for (let at = 0; at < text.length && count < mostCalls; ) {
    const char = text[at] ?? '';
    const skipped = passedOver(text, at);
    if (skipped > at) {
      // A comment stands where a blank may; a string ends what is being named.
      if (/["'`]/.test(char)) chain = '';
      at = skipped;
      continue;
    }
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    word.lastIndex = at;
    const name = word.exec(text)?.[0];
    if (name !== undefined) {
      chain =
        isJoined && chain !== '' && chain.length < longestChain ? `${chain}.${name.toLowerCase()}` : name.toLowerCase();
      isJoined = false;
      at += name.length;
      continue;
    }
    joint.lastIndex = at;
    const sign = joint.exec(text)?.[0];
    if (sign !== undefined) {
      isJoined = true;
      at += sign.length;
      continue;
    }
    const close = closes.get(at);
    if (close !== undefined) {
      if (char === '(' && chain !== '') {
        count++;
        yield { name: chain, hasArguments: text.slice(at + 1, close).trim() !== '' };
      }
      // What is named goes on behind the parenthesis: `open(…).read()`.
      outer.push(chain === '' || char === '{' ? '' : `${chain.slice(0, longestChain)}${char}${opened[char]}`);
      chain = '';
    } else chain = char === ')' || char === ']' || char === '}' ? (outer.pop() ?? '') : '';
    isJoined = false;
    at++;
  }
}

const word = /[A-Za-z_$@][\w$]*/y;
const joint = /\?\.|::|->|\./y;

/** Where what begins here ends, if it is a string or a comment; otherwise where it begins. */
function passedOver(text: string, at: number): number {
  const char = text[at] ?? '';
  if (char === '"' || char === "'" || char === '`') {
    for (let end = at + 1; end < Math.min(text.length, at + longestString); end++) {
      if (text[end] === '\\') end++;
      else if (text[end] === char) return end + 1;
    }
    return at + 1;
  }
  if (text.startsWith('/*', at)) {
    const end = text.slice(at + 2, at + longestString).indexOf('*/');
    return end < 0 ? at + 2 : at + 2 + end + 2;
  }
  return at;
}

/** Of each opening parenthesis and bracket that is closed, where. */
function closingPlaces(text: string): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  const open: { readonly at: number; readonly close: string }[] = [];
  for (let at = 0; at < text.length; at++) {
    const end = passedOver(text, at);
    if (end > at) {
      at = end - 1;
      continue;
    }
    const char = text[at] ?? '';
    const close = opened[char];
    if (close !== undefined) open.push({ at, close });
    else if (open.at(-1)?.close === char) places.set(open.pop()?.at ?? 0, at);
  }
  return places;
}
