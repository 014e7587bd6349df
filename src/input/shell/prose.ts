import type { Strictness } from '../mark.ts';
import type { CommandHead } from './command-head.ts';
import { commandWord } from './command-words.ts';

/** Blanks for examples of markup, behind prose, and for the labels of links and edges: `<https://a.example|view>`, `A -->|yes| B`. */
export function withoutMarkup(whole: string, strictness: Strictness): string {
  // References of Kubernetes: `$(SERVICE).$(NAMESPACE).svc`.
  const text = whole.replace(/\$\([A-Z][A-Z0-9_]{0,80}\)/g, (part) => '_'.repeat(part.length));
  const blank = (part: string): string => ' '.repeat(part.length);
  const plain = /[<>]/.test(text)
    ? text
        .replace(/<(?:https?:\/\/[^\s|<>`$]{1,400}|\s{3,200})\|[^|<>`$]{1,80}>/g, blank)
        .replace(/(?<=-->|---|==>|-\.->)\|[^|`$;&\n]{1,80}\|/g, blank)
    : text;
  if (strictness === 2 || !plain.includes('```')) return plain;
  return plain.replace(
    /(?<=[\w.:!?)*](?:\r?\n){1,2})```\w{0,20}\r?\n(?:(?!```)[\s\S]){0,2000}\n```(?=\r?\n|$)/g,
    blank,
  );
}

/** `(zip|gz|tar)`: one of several, in a pattern or in a list. */
export function isAlternative(text: string, at: number): boolean {
  return (
    /[\w)\]*.?+(]$/.test(text.slice(Math.max(0, at - 1), at)) &&
    /^\|[\w.*?+-]{1,40}(?:\)|\|(?=.))/s.test(text.slice(at, at + 44))
  );
}

/** Words before and behind, as in prose; with what looks like arguments behind it is looked at all the same. */
export function isSentence(text: string, at: number): boolean {
  const behind = text.slice(at + 1, at + 200);
  return (
    /[a-z]{2,}[ ,]+[a-z']{2,}$|^[a-z]{1,2} [a-z]{3,}$|^[A-Za-z]{3,}$/i.test(text.slice(Math.max(0, at - 60), at)) &&
    /^\s[a-z]+\s+[a-z]/i.test(behind) &&
    !looksLikeArguments(behind.replace(/^\s[a-z]+/i, ''))
  );
}

/** Code in a sentence: two words before it and two behind; what it would print stands between them by nobody's wish. */
export function isMarkup(before: string, inside: string, behind: string): boolean {
  return (
    /^[\w./ -]{1,60}$/.test(inside) &&
    /(?:^|[\s(])[A-Za-z]{2,}:?\s+[a-z]{2,}\s+$|(?:^|[\n])[ \t]{0,8}[-*+]\s+$/.test(before) &&
    /^\s[a-z]{2,}\s+[A-Za-z]{2,}\b/.test(behind)
  );
}

/** `Top | Bottom | Left`: words that each begin with a capital. */
export function isHeading(text: string): boolean {
  return text.length < 200 && /^\s*[A-Z][a-z]+(?:\s*[|&;]\s*[A-Z][a-z]+)+\s*$/.test(text);
}

/** `Press Ctrl+C to exit; type 'help' for commands`: words of English, in a sentence. */
export function isInstruction(name: string, before: string, rest: string): boolean {
  return (
    /^(?:type|find|help|watch|wait|read|look|view|see|look|source|open|cat|eval|id|at|dash|dig|ping|expr|tar)$/.test(
      name,
    ) &&
    /(?:^|\s)[A-Za-z]{2,}\s+[a-z]{2,}\s*[;]\s*$/.test(before) &&
    /^\s+(?:['"]\w{1,20}['"](?:\s+[a-z]{2,}\s+[a-z]|\s*$)|[a-z]{2,}\s+(?:\(\d|[a-z]{2,}\b(?!\.)))/.test(rest)
  );
}

/** `Read more at https://…`, ``Install with `pip install app` ``: a word of English with a capital, and one of its kind behind it. */
export function isHint({ word, hidden }: CommandHead, written: string, rest: string): boolean {
  return (
    (word === 'wordy' || word === 'windows-wordy') &&
    !hidden &&
    /^[A-Z][a-z]+$/.test(written) &&
    /^\s+(?:`[^`\n]{1,60}`\s+(?:to|in|as|for|and|or|before|after|on|is)\s|(?:with|more|at|from|on|in|our|the|to|this|that|and|for|it|your|all|a|an)\s)/.test(
      rest,
    )
  );
}

/** `upper(name) || '-' || id`, `Name & " " & Last`: a quoted text stands before, and no quote is open. */
export function isJoined(before: string): boolean {
  return (
    /['"]\s*\|\|\s*$|\w\s?&\s?"[^"]{0,80}" & $/.test(before) &&
    (before.match(/'/g)?.length ?? 0) % 2 === 0 &&
    (before.match(/"/g)?.length ?? 0) % 2 === 0
  );
}

/** `Tar & feather`, `test; please ignore`: words alone between separators, and none of them is a command but the first. */
export function isProse(text: string): boolean {
  if (text.length > 300 || !/^[A-Za-z][A-Za-z' ,]*(?:\s*[;|&]\s*[A-Za-z][A-Za-z' ,]*){1,10}[.!]?$/.test(text))
    return false;
  return text
    .split(/[;|&]/)
    .slice(1)
    .every((part) => commandWord(/[A-Za-z]+/.exec(part)?.[0] ?? '') === undefined);
}

const argument =
  /^\s+(?:[\w+.,:=@%-]+\s+){0,2}?(?:-{1,2}[a-z]|(?:\.{0,2}|~)\/|~(?:\s|$)|\$[\w({]|[`'"]|[<>|]{1,3}\s*[\w/&.$]|[a-z]+:\/\/|\*(?:\s|$|\.)|\d+\.\d+\.\d+\.\d+|\w[\w-]*\.(?:sh|txt|php|py|pl|rb|js|html?|conf|log|gz|zip|tar|bak|xml|json|c|exe|bat|com)\b|\w+=\$)|^[<>|&;]/i;

export function looksLikeArguments(rest: string): boolean {
  return argument.test(rest);
}
