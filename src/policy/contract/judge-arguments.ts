import type { At, ImageStart, LaunchRequest } from '../../model/index.ts';
import type { InputContractSpec } from '../documents/input-contract-document.ts';
import { shown } from '../launch-rules/launch-rule.ts';
import { valueFault, type WantedValue } from './input-type.ts';
import type { ContractFault } from './judge-by-contract.ts';

type WantedArgument = NonNullable<NonNullable<InputContractSpec['arguments']>['allow']>[number];

/** Whether a flag has a value: one of which the contract says anything. */
export function takesValue({ type, pattern, enum: values, min, max }: WantedValue): boolean {
  return [type, pattern, values, min, max].some((said) => said !== undefined);
}

export function judgeArguments(
  request: LaunchRequest,
  { arguments: wanted }: InputContractSpec,
  start: ImageStart | undefined,
): readonly ContractFault[] {
  if (!wanted) return [];
  const { entrypoint = 'fixed', allow } = wanted;
  const faults: ContractFault[] = [];
  const asked = request.entrypoint;
  if (asked && entrypoint === 'fixed' && !isSame(asked, start?.entrypoint))
    faults.push({
      path: asked[0]?.path ?? request.path,
      subject: 'entrypoint',
      evidence: 'the image keeps its own',
    });
  const command = request.command ?? [];
  // A config.json shows the command of the image where none was asked for.
  if (!allow || isSame(command, start?.command)) return faults;
  return [...faults, ...judgeCommand(command, allow)];
}

function isSame(asked: readonly At<string>[], own: readonly string[] | undefined): boolean {
  return own !== undefined && asked.length === own.length && asked.every(({ value }, index) => value === own[index]);
}

function judgeCommand(command: readonly At<string>[], allow: readonly WantedArgument[]): readonly ContractFault[] {
  const flagsOf = Map.groupBy(allow, ({ flag = '' }) => flag);
  const positional = flagsOf.get('') ?? [];
  const faults: ContractFault[] = [];
  for (let index = 0; index < command.length; index++) {
    const { value, path } = command[index] as At<string>;
    const equals = value.indexOf('=');
    const name = equals > 0 ? value.slice(0, equals) : value;
    const flags = name.startsWith('-') ? flagsOf.get(name) : undefined;
    const subject = flags ? shown(name) : `argument ${index + 1}`;
    if (!flags) {
      // What begins with a dash is a flag to the program, whatever a pattern would take it for.
      const fits = isPlain(value) && positional.some((wanted) => valueFault(value, wanted) === undefined);
      if (!fits) faults.push({ path, subject, evidence: 'there is no such argument' });
      continue;
    }
    const [valued] = flags.filter(takesValue);
    const isAlone = equals <= 0 && flags.some((flag) => !takesValue(flag));
    if (isAlone) continue;
    if (!valued) {
      faults.push({ path, subject, evidence: 'it takes no value' });
      continue;
    }
    const next = equals > 0 ? { value: value.slice(equals + 1), path } : command[++index];
    const fault = next ? valueFault(next.value, valued) : 'it lacks its value';
    if (fault !== undefined) faults.push({ path: next?.path ?? path, subject, evidence: fault });
  }
  return faults;
}

/** A dash alone is the standard input, and a number may be negative. */
export function isPlain(value: string): boolean {
  return !value.startsWith('-') || value === '-' || /^-\d/.test(value);
}
