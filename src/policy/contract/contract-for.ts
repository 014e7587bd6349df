import type { Digest } from '../../base/index.ts';
import {
  type ImageName,
  type ImageStart,
  type InputReport,
  imageMatches,
  type LaunchFacts,
  type LaunchFinding,
  type LaunchRequest,
} from '../../model/index.ts';
import type { InputContractDocument } from '../documents/input-contract-document.ts';
import { shown } from '../launch-rules/launch-rule.ts';
import { contractRule } from './contract-rule.ts';
import { type IsHidden, judgeByContract } from './judge-by-contract.ts';

/** What is known of the image's name; a digest is the most exact. */
export type ContractImage = ImageName & { readonly digest?: Digest };

export type ContractChoice =
  | { readonly state: 'none' }
  | { readonly state: 'one'; readonly contract: InputContractDocument }
  /** Several are as exact as each other; it cannot be told which is meant. */
  | { readonly state: 'conflict'; readonly contracts: readonly InputContractDocument[] };

/** Larger is more exact: a digest, an exact name, then by how much of the name is said, in parts and characters. */
function exactness(pattern: string): readonly number[] {
  if (/^sha\d+:/.test(pattern)) return [3, 0, 0];
  if (!pattern.includes('*')) return [2, 0, 0];
  const named = pattern.split('/').filter((part) => part !== '*' && part !== '**');
  const isOpen = pattern.endsWith('/**');
  return [isOpen ? 0 : 1, named.length, pattern.replaceAll('*', '').length];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}

/** The contract that speaks of an image: the most exact of all. */
export function contractFor(image: ContractImage, documents: readonly InputContractDocument[]): ContractChoice {
  let best: readonly number[] | undefined;
  let chosen: InputContractDocument[] = [];
  for (const document of documents) {
    for (const pattern of document.spec.images) {
      const isDigest = /^sha\d+:/.test(pattern);
      if (isDigest ? pattern !== image.digest : !imageMatches(pattern, image)) continue;
      const rank = exactness(pattern);
      const order = best ? compare(rank, best) : 1;
      if (order > 0) {
        best = rank;
        chosen = [document];
      } else if (order === 0 && !chosen.includes(document)) chosen.push(document);
    }
  }
  const [contract, ...others] = chosen;
  if (!contract) return { state: 'none' };
  return others.length > 0 ? { state: 'conflict', contracts: chosen } : { state: 'one', contract };
}

/** What `LaunchFacts.contract` is to be: the contract that speaks of the image, and what it has against the request. */
export function judgeContracts(
  request: LaunchRequest,
  image: ContractImage | undefined,
  documents: readonly InputContractDocument[],
  report: InputReport,
  start?: ImageStart,
  isHidden?: IsHidden,
): LaunchFacts['contract'] {
  const name = image ?? request.image?.reference;
  const choice: ContractChoice = name ? contractFor(name, documents) : { state: 'none' };
  if (choice.state === 'none') return choice;
  if (choice.state === 'one')
    return {
      state: 'judged',
      name: choice.contract.metadata.name,
      findings: judgeByContract(request, choice.contract, report, start, isHidden),
      ...(choice.contract.mode === 'observe' ? { isObserved: true } : {}),
    };
  const names = choice.contracts.map(({ metadata }) => metadata.name).sort();
  const conflict: LaunchFinding = {
    ...contractRule,
    remedy: 'Let one contract speak of the image more exactly than all others',
    path: request.image?.path ?? request.path,
    subject: shown(request.image?.value ?? 'image'),
    evidence: `${names.join(' and ')} speak of it equally`,
  };
  return { state: 'judged', name: names.join(', '), findings: [conflict] };
}
