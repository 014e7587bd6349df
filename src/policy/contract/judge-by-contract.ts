import {
  globMatches,
  type ImageStart,
  type InputKind,
  type InputReport,
  type LaunchFinding,
  type LaunchRequest,
  type LaunchVariable,
  type Severity,
} from '../../model/index.ts';
import type { InputContractDocument, InputContractSpec } from '../documents/input-contract-document.ts';
import { compileHostPath, formatHostPath } from '../launch-rules/host-path.ts';
import { shown } from '../launch-rules/launch-rule.ts';
import { contractRule } from './contract-rule.ts';
import { parseInputFile } from './file-format.ts';
import { judgeBySchema } from './file-schema.ts';
import { valueFault } from './input-type.ts';
import { argumentWords, judgeArguments } from './judge-arguments.ts';

/** What is said of an input whatever its value is. */
const words = {
  variable: 'there is no such variable',
  store: 'it must be taken from a store of secrets',
  missing: 'it must be passed',
  file: 'there is no such file',
  ...argumentWords,
} as const;
/** Of a variable that is not there. */
export const mustBePassed = words.missing;

/** Whether the value of an input is what a contract has against it, by the words in which it says so. */
export function isOfValue(evidence: string): boolean {
  return !Object.values(words).some((each) => evidence.startsWith(each));
}

/** Whether what stood at a path is known to have been taken out of a record. */
export type IsHidden = (path: string) => boolean;
const nothingHidden: IsHidden = () => false;

/** What is wrong with one input; never its value. */
export interface ContractFault {
  readonly path: string;
  readonly subject: string;
  readonly evidence: string;
  readonly severity?: Severity;
}

/**
 * What a contract has against what is passed. Pure, total, linear in what is passed. A value that is not in the request is
 * held against nothing: `inputs.unread` is the place for those. The start of the image, where it is given, tells which
 * variables of a `config.json` are those of the image. Findings never have a value in them; of what is hidden nothing is
 * said that goes by its value.
 */
export function judgeByContract(
  request: LaunchRequest,
  contract: InputContractDocument,
  report: InputReport,
  start?: ImageStart,
  isHidden = nothingHidden,
): readonly LaunchFinding[] {
  const kinds = new Map(report.inputs.map(({ path, kind }) => [path, kind]));
  return contractFaults(request, contract.spec, start, isHidden).map((fault) => ({
    ...contractRule,
    ...fault,
    evidence: `${fault.evidence}, by the contract ${contract.metadata.name}${looksLike(kinds.get(fault.path))}`,
  }));
}

/** The same in its own words alone, as `judgeByContract` says it of a contract by name. */
export function contractFaults(
  request: LaunchRequest,
  spec: InputContractSpec,
  start?: ImageStart,
  isHidden = nothingHidden,
): readonly ContractFault[] {
  const isStart = request.action === 'start';
  return [
    ...judgeVariables(request, spec, start, isHidden),
    // A process in a container that runs has arguments of its own.
    ...(isStart ? judgeArguments(request, spec, start, isHidden) : []),
    ...judgeFiles(request, spec, isHidden),
    ...judgePlaces(request, spec),
  ];
}

function looksLike(kind: InputKind | undefined): string {
  return kind === undefined || kind === 'text' ? '' : `; it looks like: ${kind}`;
}

/** What engines put into a `config.json` by themselves. */
const engineVariables = new Set(['HOSTNAME', 'HOME', 'TERM', 'container']);

/** Whether nobody passed a variable that a `config.json` shows: the engine or the image did. */
export function isOwnVariable(
  { form }: LaunchRequest,
  { name, value }: LaunchVariable,
  start: ImageStart | undefined,
): boolean {
  if (form !== 'config') return false;
  return (
    engineVariables.has(name) || (value !== undefined && start?.environment?.includes(`${name}=${value}`) === true)
  );
}

function judgeVariables(
  request: LaunchRequest,
  { environment, unknown = 'refuse' }: InputContractSpec,
  start: ImageStart | undefined,
  isHidden: IsHidden,
): readonly ContractFault[] {
  if (!environment) return [];
  const faults: ContractFault[] = [];
  const isFinal = request.form === 'config';
  const passed = new Set<string>();
  for (const variable of request.environment) {
    const { name, path, value, from } = variable;
    const wanted = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (value !== undefined || from) passed.add(name);
    const subject = shown(name);
    if (!wanted) {
      if (!isOwnVariable(request, variable, start))
        faults.push({
          path,
          subject,
          evidence: words.variable,
          ...(unknown === 'report' ? { severity: 'low' } : {}),
        });
      continue;
    }
    // In a config.json references have become values.
    const isSecret = wanted.secret === 'reference-only' && !isFinal;
    if (
      isSecret &&
      (value !== undefined ? value !== '' : from !== undefined && from.kind !== 'secret' && from.kind !== 'file')
    )
      faults.push({ path, subject, evidence: words.store });
    const fault = value === undefined || isHidden(path) ? undefined : valueFault(value, wanted);
    if (fault !== undefined) faults.push({ path, subject, evidence: fault });
  }
  for (const [name, { required }] of Object.entries(environment)) {
    if (required && !passed.has(name) && request.action === 'start')
      faults.push({ path: request.path, subject: name, evidence: mustBePassed });
  }
  return faults;
}

function judgeFiles(
  { files }: LaunchRequest,
  { files: wanted }: InputContractSpec,
  isHidden: IsHidden,
): readonly ContractFault[] {
  if (!wanted) return [];
  return files.flatMap(({ target, path, content }): readonly ContractFault[] => {
    const subject = shown(target);
    const of = Object.hasOwn(wanted, target) ? wanted[target] : undefined;
    if (!of) return [{ path, subject, evidence: words.file }];
    if (content === undefined || isHidden(path)) return [];
    const { format, schema, maxBytes = 1_048_576 } = of;
    if (Buffer.byteLength(content) > maxBytes)
      return [{ path, subject, evidence: `it is larger than ${maxBytes} bytes` }];
    const parsed = parseInputFile(content, format);
    if (!parsed) return [{ path, subject, evidence: `it is no ${format} that has one reading alone` }];
    const fault = schema === undefined ? undefined : judgeBySchema(parsed.value, schema);
    return fault ? [{ path, subject, evidence: `${fault.at} ${fault.wants}` }] : [];
  });
}

function judgePlaces(request: LaunchRequest, spec: InputContractSpec): readonly ContractFault[] {
  const faults: ContractFault[] = [];
  const { mounts, ports, users } = spec;
  for (const { target, type, readOnly, path } of mounts ? request.mounts : []) {
    // What an engine mounts by itself in every container.
    if (request.form === 'config' && type === 'other') continue;
    const text = plainTarget(target);
    const fits = mounts?.some(
      (wanted) =>
        globMatches(plainTarget(wanted.target), text) &&
        (wanted.type === undefined || wanted.type === type) &&
        (!wanted.readOnly || readOnly),
    );
    if (!fits) faults.push({ path, subject: shown(text), evidence: 'no mount of that kind belongs there' });
  }
  for (const { container, path } of ports ? request.ports : [])
    if (container !== undefined && !ports?.includes(container))
      faults.push({ path, subject: `port ${container}`, evidence: 'it has no such port' });
  const { user } = request;
  // An empty one is that of the image.
  if (user && users && user.value.text !== '' && !users.includes(user.value.text))
    faults.push({ path: user.path, subject: 'user', evidence: 'it is none of the users of the contract' });
  return faults;
}

/** The path of a mount as contracts compare it. */
export function plainTarget(target: string): string {
  const path = compileHostPath(target);
  return path ? formatHostPath(path) : target;
}
