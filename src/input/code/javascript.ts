import type { Program } from 'acorn';
import { lazyLibrary } from '../../base/index.ts';
import type { Mark, Strictness } from '../mark.ts';

const acorn = lazyLibrary<typeof import('acorn')>('acorn');

/** Longer and deeper texts are held against patterns alone. */
const longest = 8192;
const deepest = 60;

const hints =
  /\b(?:function|require|import|eval|process|window|document|console|globalThis|constructor|fetch|setTimeout|new|async|return|var|let|const)\b|=>|\bwhile\s*\(/;

/** What parses as JavaScript and does something: calls, functions, assignments to what is global. */
export function findJavaScript(text: string, strictness: Strictness): readonly Mark[] {
  if (text.length > longest || !hints.test(text) || !/[(={]/.test(text) || depthOf(text) > deepest) return [];
  const body = parseProgram(text);
  if (body === undefined) return [];
  const doing = body.filter((statement) => does(statement, strictness));
  return doing.length === 0 ? [] : [{ rule: 'input/code', what: 'code in JavaScript', confidence: 'likely' }];
}

function parseProgram(text: string): Program['body'] | undefined {
  for (const sourceType of ['script', 'module'] as const) {
    try {
      return acorn().parse(text, { ecmaVersion: 'latest', sourceType, allowReturnOutsideFunction: true }).body;
    } catch {
      // Not of this kind.
      continue;
    }
  }
  return undefined;
}

function does(statement: Program['body'][number], strictness: Strictness): boolean {
  if (/^(?:Function|Class|Variable|Import|Export|For|While|Do|Try|Throw)/.test(statement.type)) return true;
  if (statement.type !== 'ExpressionStatement') return false;
  const { type } = statement.expression;
  if (/^(?:Call|New|Await|Import|ArrowFunction|Function|TaggedTemplate)/.test(type)) return true;
  return type === 'AssignmentExpression' && strictness === 2;
}

function depthOf(text: string): number {
  let depth = 0;
  let deep = 0;
  for (const char of text) {
    if ('([{`'.includes(char)) deep = Math.max(deep, ++depth);
    else if (')]}'.includes(char)) depth--;
  }
  return deep;
}
