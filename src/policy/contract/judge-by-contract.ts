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
import { judgeArguments } from './judge-arguments.ts';

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
 * variables of a `config.json` are those of the image. Findings never have a value in them.
 */
export function judgeByContract(
  request: LaunchRequest,
  contract: InputContractDocument,
  report: InputReport,
  start?: ImageStart,
): readonly LaunchFinding[] {
  const { spec, metadata } = contract;
  const isStart = request.action === 'start';
  const faults: readonly ContractFault[] = [
    ...judgeVariables(request, spec, start),
    // A process in a container that runs has arguments of its own.
    ...(isStart ? judgeArguments(request, spec, start) : []),
    ...judgeFiles(request, spec),
    ...judgePlaces(request, spec),
  ];
  const kinds = new Map(report.inputs.map(({ path, kind }) => [path, kind]));
  return faults.map((fault) => ({
    ...contractRule,
    ...fault,
    evidence: `${fault.evidence}, by the contract ${metadata.name}${looksLike(kinds.get(fault.path))}`,
  }));
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
          evidence: 'there is no such variable',
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
      faults.push({ path, subject, evidence: 'it must be taken from a store of secrets' });
    const fault = value === undefined ? undefined : valueFault(value, wanted);
    if (fault !== undefined) faults.push({ path, subject, evidence: fault });
  }
  for (const [name, { required }] of Object.entries(environment)) {
    if (required && !passed.has(name) && request.action === 'start')
      faults.push({ path: request.path, subject: name, evidence: 'it must be passed' });
  }
  return faults;
}

function judgeFiles({ files }: LaunchRequest, { files: wanted }: InputContractSpec): readonly ContractFault[] {
  if (!wanted) return [];
  return files.flatMap(({ target, path, content }): readonly ContractFault[] => {
    const subject = shown(target);
    const of = Object.hasOwn(wanted, target) ? wanted[target] : undefined;
    if (!of) return [{ path, subject, evidence: 'there is no such file' }];
    if (content === undefined) return [];
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

function plainTarget(target: string): string {
  const path = compileHostPath(target);
  return path ? formatHostPath(path) : target;
}
