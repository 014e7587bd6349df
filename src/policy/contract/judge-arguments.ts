import type { At, ImageStart, LaunchRequest } from '../../model/index.ts';
import type { InputContractSpec } from '../documents/input-contract-document.ts';
import { shown } from '../launch-rules/launch-rule.ts';
import { valueFault, type WantedValue } from './input-type.ts';
import type { ContractFault, IsHidden } from './judge-by-contract.ts';

type WantedArgument = NonNullable<NonNullable<InputContractSpec['arguments']>['allow']>[number];

/** What is said of an argument whatever its value is. */
export const argumentWords = {
  argument: 'there is no such argument',
  alone: 'it takes no value',
  lacking: 'it lacks its value',
  entrypoint: 'the image keeps its own',
} as const;

/** Whether a flag has a value: one of which the contract says anything. */
export function takesValue({ type, pattern, enum: values, min, max }: WantedValue): boolean {
  return [type, pattern, values, min, max].some((said) => said !== undefined);
}

export function judgeArguments(
  request: LaunchRequest,
  { arguments: wanted }: InputContractSpec,
  start: ImageStart | undefined,
  isHidden: IsHidden,
): readonly ContractFault[] {
  if (!wanted) return [];
  const { entrypoint = 'fixed', allow } = wanted;
  const faults: ContractFault[] = [];
  const asked = request.entrypoint;
  if (asked && entrypoint === 'fixed' && !isSame(asked, start?.entrypoint))
    faults.push({
      path: asked[0]?.path ?? request.path,
      subject: 'entrypoint',
      evidence: argumentWords.entrypoint,
    });
  const command = request.command ?? [];
  // A config.json shows the command of the image where none was asked for.
  if (!allow || isSame(command, start?.command)) return faults;
  return [...faults, ...readCommand(command, allow, isHidden).flatMap(({ fault }) => fault ?? [])];
}

/** Whether a command is the image's own, which a `config.json` shows as if it had been asked for. */
export function isSame(asked: readonly At<string>[], own: readonly string[] | undefined): boolean {
  return own !== undefined && asked.length === own.length && asked.every(({ value }, index) => value === own[index]);
}

/** An argument as a contract reads a command: what stands behind a flag that takes a value is that value. */
export interface CommandReading {
  /** Empty: it is none. */
  readonly flag: string;
  /** Of the argument, or of the flag; absent where a flag stands alone. */
  readonly value?: string;
  /** Of the value where there is one; what is against it stands there. */
  readonly path: string;
  readonly fault?: ContractFault;
}

/** A command by what a contract allows. Linear in the command. */
export function readCommand(
  command: readonly At<string>[],
  allow: readonly WantedArgument[],
  isHidden: IsHidden = () => false,
): readonly CommandReading[] {
  const flagsOf = Map.groupBy(allow, ({ flag = '' }) => flag);
  const positional = flagsOf.get('') ?? [];
  const readings: CommandReading[] = [];
  for (let index = 0; index < command.length; index++) {
    const { value, path } = command[index] as At<string>;
    const equals = value.indexOf('=');
    const name = equals > 0 ? value.slice(0, equals) : value;
    const flags = name.startsWith('-') ? flagsOf.get(name) : undefined;
    const subject = flags ? shown(name) : `argument ${index + 1}`;
    if (!flags) {
      // What begins with a dash is a flag to the program, whatever a pattern would take it for.
      const isFlag = !isPlain(value);
      const fits = !isFlag && positional.some((wanted) => isHidden(path) || valueFault(value, wanted) === undefined);
      readings.push({
        flag: isFlag ? name : '',
        path,
        ...(isFlag ? (equals > 0 ? { value: value.slice(equals + 1) } : {}) : { value }),
        ...(fits ? {} : { fault: { path, subject, evidence: argumentWords.argument } }),
      });
      continue;
    }
    const [valued] = flags.filter(takesValue);
    const isAlone = equals <= 0 && flags.some((flag) => !takesValue(flag));
    if (isAlone) {
      readings.push({ flag: name, path });
      continue;
    }
    if (!valued) {
      readings.push({ flag: name, path, fault: { path, subject, evidence: argumentWords.alone } });
      continue;
    }
    const next = equals > 0 ? { value: value.slice(equals + 1), path } : command[++index];
    const fault = next && !isHidden(next.path) ? valueFault(next.value, valued) : undefined;
    const wrong = next ? fault : argumentWords.lacking;
    readings.push({
      flag: name,
      path: next?.path ?? path,
      ...(next ? { value: next.value } : {}),
      ...(wrong === undefined ? {} : { fault: { path: next?.path ?? path, subject, evidence: wrong } }),
    });
  }
  return readings;
}

/** A dash alone is the standard input, and a number may be negative. */
export function isPlain(value: string): boolean {
  return !value.startsWith('-') || value === '-' || /^-\d/.test(value);
}
