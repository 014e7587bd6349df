import {
  type ContractPlace,
  globMatches,
  type ImageStart,
  type LaunchReference,
  type LaunchRequest,
} from '../../model/index.ts';
import type { InputContractSpec } from '../documents/input-contract-document.ts';
import { isSame, readCommand } from './judge-arguments.ts';
import { isOwnVariable, plainTarget } from './judge-by-contract.ts';

/** One input of a start by the name under which a contract has it, or would have it. */
export interface PassedInput {
  readonly place: ContractPlace;
  /** Of a variable its name, of an argument its flag (empty: it is none), of a mount the path that the contract says. */
  readonly name: string;
  /** Where it stands in what was asked; what a contract has against it names the same. */
  readonly path: string;
  readonly value?: string;
  readonly from?: LaunchReference;
  /** Of a mount: `bind, read-only`. */
  readonly how?: string;
  /** The contract has a line for it, whether it fits or not; false too where its list is not there and any may be passed. */
  readonly isListed: boolean;
}

/**
 * What a start passes, as the lists of a contract name it; what the image or an engine puts there by itself is left out where
 * no list names it. Pure and total.
 */
export function listInputs(
  request: LaunchRequest,
  spec: Partial<InputContractSpec>,
  start?: ImageStart,
): readonly PassedInput[] {
  return [
    ...variablesOf(request, spec, start),
    ...commandOf(request, spec, start),
    ...mountsOf(request, spec),
    ...request.files.map(
      ({ target, path, from }): PassedInput => ({
        place: 'file',
        name: target,
        path,
        isListed: spec.files !== undefined && Object.hasOwn(spec.files, target),
        ...(from ? { from } : {}),
      }),
    ),
    ...request.ports.flatMap(({ container, path }): readonly PassedInput[] =>
      container === undefined
        ? []
        : [{ place: 'port', name: String(container), path, isListed: spec.ports?.includes(container) === true }],
    ),
    ...(request.user && request.user.value.text !== '' ? [userOf(request.user, spec)] : []),
  ];
}

function variablesOf(
  request: LaunchRequest,
  { environment = {} }: Partial<InputContractSpec>,
  start: ImageStart | undefined,
): readonly PassedInput[] {
  return request.environment.flatMap((variable): readonly PassedInput[] => {
    const { name, path, value, from } = variable;
    const isListed = Object.hasOwn(environment, name);
    if (!isListed && isOwnVariable(request, variable, start)) return [];
    // One that is unset is not passed.
    if (value === undefined && !from) return [];
    return [
      {
        place: 'variable',
        name,
        path,
        isListed,
        ...(value === undefined ? {} : { value }),
        ...(from ? { from } : {}),
      },
    ];
  });
}

function commandOf(
  request: LaunchRequest,
  { arguments: wanted = {} }: Partial<InputContractSpec>,
  start: ImageStart | undefined,
): readonly PassedInput[] {
  const { entrypoint, command = [] } = request;
  const own: readonly PassedInput[] =
    entrypoint && !isSame(entrypoint, start?.entrypoint)
      ? [
          {
            place: 'entrypoint',
            name: 'entrypoint',
            path: entrypoint[0]?.path ?? request.path,
            value: entrypoint.map(({ value }) => value).join(' '),
            isListed: wanted.entrypoint === 'any',
          },
        ]
      : [];
  if (isSame(command, start?.command)) return own;
  const { allow = [] } = wanted;
  const flags = new Set(allow.map(({ flag = '' }) => flag));
  return [
    ...own,
    ...readCommand(command, allow).map(
      ({ flag, value, path }): PassedInput => ({
        place: 'argument',
        name: flag,
        path,
        isListed: flags.has(flag),
        ...(value === undefined ? {} : { value }),
      }),
    ),
  ];
}

function mountsOf(request: LaunchRequest, { mounts: wanted = [] }: Partial<InputContractSpec>): readonly PassedInput[] {
  return request.mounts.flatMap(({ target, type, readOnly, path }): readonly PassedInput[] => {
    // What an engine mounts by itself in every container.
    if (request.form === 'config' && type === 'other') return [];
    const text = plainTarget(target);
    const line = wanted.find((each) => globMatches(plainTarget(each.target), text));
    const how = `${type}, ${readOnly ? 'read-only' : 'writable'}`;
    return [{ place: 'mount', name: line?.target ?? text, path, how, isListed: line !== undefined }];
  });
}

function userOf(
  { value: { text }, path }: NonNullable<LaunchRequest['user']>,
  { users }: Partial<InputContractSpec>,
): PassedInput {
  return { place: 'user', name: text, path, isListed: users?.includes(text) === true };
}

/** Whether a contract can name it at all: a variable without a proper name has no line in a document. */
export function canBeListed({ place, name }: Pick<PassedInput, 'place' | 'name'>): boolean {
  if (place === 'variable') return /^[A-Za-z_][A-Za-z0-9_.-]{0,255}$/.test(name) && name !== '__proto__';
  if (place === 'argument') return name === '' || /^-[^=\x00-\x1f\x7f]{1,199}$/.test(name);
  if (place === 'mount') return /^(?:\/(?!\.{0,2}(?:\/|$))[^\0/]{1,250}){1,50}$/.test(name);
  if (place === 'file') return /^\/[^\0]{1,500}$/.test(name);
  if (place === 'port') return Number(name) >= 1 && Number(name) <= 65_535;
  return place === 'user' ? name.length <= 100 : false;
}
