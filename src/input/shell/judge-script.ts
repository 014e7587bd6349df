import type { SyntaxNode } from 'unbash';
import { lazyLibrary } from '../../base/index.ts';
import { findDanger } from '../find-danger.ts';
import type { Mark } from '../mark.ts';
import { commandWord } from './command-words.ts';
import { findOptionInjection } from './option-injection.ts';

const unbash = lazyLibrary<typeof import('unbash')>('unbash');

/** Longer scripts, and those with more openings than anybody writes, are held against patterns alone: the parser takes long. */
const longest = 4096;
const mostOpenings = 48;
const mostNodes = 4000;

/** What is wrong with a script where a script is expected. Nothing is wrong with shell as such. */
export function judgeScript(text: string): readonly Mark[] {
  const direct = findDanger(text, 'script');
  if (direct.length > 0) return direct;
  const program = findOptionInjection(text);
  if (program !== undefined && program !== 'an engine of containers' && program !== 'a program')
    return [
      {
        rule: 'input/shell-injection',
        what: `an option by which ${program} starts something else`,
        confidence: 'likely',
      },
    ];
  const plain = plainScript(text);
  if (plain === undefined) return [];
  const found = findDanger(plain.text, 'script');
  if (found.length > 0 || !plain.hidden) return found;
  const what = 'a command that is written so that it does not show';
  return [{ rule: 'input/shell-injection', what, confidence: 'certain' }];
}

/**
 * The commands of a script as the shell will read them: without quotes and escapes, with the values of variables that it sets
 * itself. Undefined where it cannot be parsed within the bounds.
 */
export function plainScript(text: string): { readonly text: string; readonly hidden: boolean } | undefined {
  if (text.length > longest || openings(text) > mostOpenings) return undefined;
  const set = new Map<string, string>();
  const lines: string[] = [];
  let hidden = false;
  let nodes = 0;
  const visit = (node: SyntaxNode, depth: number): void => {
    if (++nodes > mostNodes || depth > 120) return;
    if (node.type === 'Assignment' && node.value.type === 'Word' && set.size < 100)
      set.set(node.name, resolved(node.value.value, set).slice(0, 200));
    if (node.type === 'Pipeline') lines.push(node.commands.map((command) => shown(command, set)).join(' | '));
    if (node.type === 'Command') {
      lines.push(shown(node, set));
      const { name } = node;
      if (
        name !== undefined &&
        name.text !== name.value &&
        /[\w]["'\\$]|\$'|^\\/.test(name.text) &&
        commandWord(name.value) !== undefined
      )
        hidden = !/^["'][^"']*["']$/.test(name.text);
    }
    unbash().forEachChild(node, (child) => visit(child, depth + 1));
  };
  try {
    visit(unbash().parse(text), 0);
  } catch {
    // The parser gives up on what is nested too deeply.
    return undefined;
  }
  return { text: lines.join('\n').slice(0, 4 * longest), hidden };
}

function shown(node: SyntaxNode, set: ReadonlyMap<string, string>): string {
  if (node.type !== 'Command') return '';
  const words = [node.name, ...node.args].flatMap((word) =>
    word === undefined ? [] : [word.type === 'Word' ? resolved(word.value, set) : word.text],
  );
  const redirects = node.redirects.map((redirect) =>
    redirect.type === 'Redirect' ? `${redirect.operator}${resolved(redirect.target?.value ?? '', set)}` : '',
  );
  return [...words, ...redirects].join(' ');
}

function resolved(word: string, set: ReadonlyMap<string, string>): string {
  return word
    .replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced, bare) => set.get(braced ?? bare) ?? whole)
    .slice(0, 2000);
}

function openings(text: string): number {
  return text.match(/\$\(|[<>]\(|`|\(|<<|\bif\b|\bcase\b|\{/g)?.length ?? 0;
}
