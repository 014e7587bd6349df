import type { CelInput, parse } from '@bufbuild/cel';
import { lazyLibrary, messageOf } from '../base/index.ts';
import { type BudgetedSteps, celInput, conditionLimits } from './condition-input.ts';
import { nearestName } from './nearest-name.ts';

const cel = lazyLibrary<typeof import('@bufbuild/cel')>('@bufbuild/cel');

type Expression = ReturnType<typeof parse>['expr'];

/** What a condition may name, by where it stands. docs/reference/documents.md says what each is. */
export const conditionVariables = {
  image: ['image', 'passport', 'signers', 'attestations', 'now'],
  predicate: ['predicate', 'image', 'signers', 'now'],
  launch: ['request', 'image', 'inputs', 'now'],
} as const;
export type ConditionScope = keyof typeof conditionVariables;

const types = ['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type'];
const functions = (
  'size int uint double bool bytes string timestamp duration type dyn contains endsWith startsWith matches getFullYear ' +
  'getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds getMilliseconds'
).split(' ');
const macros = ['has', 'all', 'exists', 'exists_one', 'map', 'filter'];

/** Why a text is no condition in CEL that would be evaluated; undefined where it is one. */
export function conditionFault(text: string, scope: ConditionScope): string | undefined {
  if (text.length > conditionLimits.characters) return `is longer than ${conditionLimits.characters} characters`;
  let expression: Expression;
  try {
    expression = cel().parse(text).expr;
  } catch (thrown) {
    // Beside what the grammar says, deep nesting ends here as an overflow of the stack.
    return thrown instanceof RangeError ? 'nests too deep' : `cannot be read: ${messageOf(thrown).slice(0, 200)}`;
  }
  return faultOf(expression, new Set<string>(conditionVariables[scope]), 0, 0);
}

function faultOf(node: Expression, names: ReadonlySet<string>, depth: number, folds: number): string | undefined {
  if (depth > conditionLimits.depth) return `nests deeper than ${conditionLimits.depth} levels`;
  const { exprKind: kind } = node;
  const look = (inner: Expression | undefined, known = names, within = folds): string | undefined => {
    if (inner === undefined) return undefined;
    // A long chain of "a && b && c" leans to one side and is no nesting for a reader.
    const isChain =
      kind.case === 'callExpr' &&
      /^_(?:&&|\|\||\+)_$/.test(kind.value.function) &&
      inner.exprKind.case === 'callExpr' &&
      inner.exprKind.value.function === kind.value.function;
    return faultOf(inner, known, isChain ? depth : depth + 1, within);
  };
  const first = (inner: readonly (Expression | undefined)[]): string | undefined => {
    for (const each of inner) {
      const fault = look(each);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  switch (kind.case) {
    case 'constExpr':
      return undefined;
    case 'identExpr':
      return nameFault(kind.value.name, [...names, ...types]);
    case 'selectExpr':
      return look(kind.value.operand);
    case 'callExpr': {
      const called = kind.value.function;
      if (/^[a-z]/i.test(called) && !functions.includes(called)) return nameFault(called, [...functions, ...macros]);
      return first([kind.value.target, ...kind.value.args]);
    }
    case 'listExpr':
      return first(kind.value.elements);
    case 'structExpr':
      if (kind.value.messageName !== '') return 'makes a message, which no condition needs';
      return first(
        kind.value.entries.flatMap(({ keyKind, value }) => [
          keyKind.case === 'mapKey' ? keyKind.value : undefined,
          value,
        ]),
      );
    case 'comprehensionExpr': {
      if (folds >= conditionLimits.comprehensions)
        return `goes through lists within lists within lists, and ${conditionLimits.comprehensions} is the most`;
      const { iterVar, accuVar, iterRange, accuInit, loopCondition, loopStep, result } = kind.value;
      const known = new Set([...names, iterVar, accuVar]);
      return (
        look(iterRange) ??
        look(accuInit) ??
        look(loopCondition, known, folds + 1) ??
        look(loopStep, known, folds + 1) ??
        look(result, known, folds + 1)
      );
    }
    default:
      return 'has a part that is not known here';
  }
}

function nameFault(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined;
  const near = nearestName(
    name,
    known.filter((each) => !each.startsWith('@')),
  );
  return `names ${JSON.stringify(name.slice(0, 60))}, which there is not${near === undefined ? '' : `; did you mean "${near}"?`}`;
}

type Program = (bindings: Record<string, CelInput>) => unknown;
const programs = new Map<string, Program>();
const mostPrograms = 1000;

/**
 * Whether a condition holds. Total: what cannot be evaluated, takes more steps than are allowed or gives no truth value is
 * `undecided`, with the reason; it is never taken for true. Whole numbers of JSON are doubles, as all its numbers are.
 */
export function evaluateCondition(
  text: string,
  scope: ConditionScope,
  variables: Readonly<Record<string, unknown>>,
): boolean | { readonly undecided: string } {
  try {
    const program = programOf(text, scope);
    const steps: BudgetedSteps = { left: conditionLimits.steps };
    const bindings = Object.fromEntries(
      conditionVariables[scope].map((name) => [name, celInput(cel(), variables[name], steps)] as const),
    );
    const value = program(bindings);
    // An error within may have been passed over by "||"; whatever came of it, it did not see all.
    if (steps.left < 0) return { undecided: `it takes more than ${conditionLimits.steps} steps` };
    if (typeof value === 'boolean') return value;
    if (cel().isCelError(value)) return { undecided: messageOf(value).slice(0, 300) };
    return { undecided: 'it gives neither true nor false' };
  } catch (thrown) {
    return { undecided: messageOf(thrown).slice(0, 300) };
  }
}

function programOf(text: string, scope: ConditionScope): Program {
  const key = `${scope}:${text}`;
  const known = programs.get(key);
  if (known) return known;
  const fault = conditionFault(text, scope);
  if (fault !== undefined) throw new TypeError(`the condition ${fault}`);
  const { celEnv, plan, parse: parseCel, CelScalar } = cel();
  const variables = Object.fromEntries(conditionVariables[scope].map((name) => [name, CelScalar.DYN]));
  const program = plan(celEnv({ variables }), parseCel(text)) as Program;
  if (programs.size >= mostPrograms) programs.clear();
  programs.set(key, program);
  return program;
}
