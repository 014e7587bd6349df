import { examineInputs, type FindLanguage } from '../input/index.ts';
import type { LaunchFinding, LaunchRequest } from '../model/index.ts';
import { type InputContractDocument, judgeContracts } from '../policy/index.ts';
import { readReview } from './read-review.ts';

export interface ContractTrial {
  readonly name: string;
  readonly container: string;
  readonly contract: string | null;
  /** `no-contract`: none of these speaks of its image. `unreadable`: it is no launch. */
  readonly state: 'good' | 'bad' | 'no-contract' | 'unreadable';
  readonly findings: readonly Pick<LaunchFinding, 'path' | 'subject' | 'evidence'>[];
}

/** Each launch of the files, held against the contract that speaks of its image. Pure. */
export function tryContracts(
  contracts: readonly InputContractDocument[],
  files: readonly { readonly name: string; readonly text: string }[],
  findLanguage: FindLanguage,
): readonly ContractTrial[] {
  return files.flatMap(({ name, text }) =>
    readReview(text, name).flatMap(({ name: item, set, problem }): readonly ContractTrial[] => {
      if (set) return set.requests.map((request) => tryOn(item, request, contracts, findLanguage));
      const { path = '', message: evidence = 'it is empty' } = problem ?? {};
      return [
        { name: item, container: '', contract: null, state: 'unreadable', findings: [{ path, subject: '', evidence }] },
      ];
    }),
  );
}

function tryOn(
  name: string,
  request: LaunchRequest,
  contracts: readonly InputContractDocument[],
  findLanguage: FindLanguage,
): ContractTrial {
  const container = request.name ?? request.image?.value ?? request.path;
  const report = examineInputs(request, { strictness: 1, findLanguage });
  const judged = judgeContracts(request, request.image?.reference, contracts, report);
  if (judged.state === 'none') return { name, container, contract: null, state: 'no-contract', findings: [] };
  const { name: contract, findings } = judged;
  return { name, container, contract, state: findings.length > 0 ? 'bad' : 'good', findings };
}
