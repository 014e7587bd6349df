import { type AddressSet, formatCidrs, noAddresses, parseCidr, subtractAddresses } from '../../../base/index.ts';

/** An ipBlock of NetworkPolicy. */
export interface PolicyBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** `written` without `holes`: as it was written and with exceptions, or in parts, whichever is shorter. */
export function compileBlocks(written: AddressSet, holes: AddressSet): readonly PolicyBlock[] {
  const families: readonly AddressSet[] = [
    { ...noAddresses, v4: written.v4 },
    { ...noAddresses, v6: written.v6 },
  ];
  return families.flatMap((set) => {
    const left = subtractAddresses(set, holes);
    const ways = [
      formatCidrs(left).map((cidr) => ({ cidr })),
      withExceptions(formatCidrs(set), left),
      withExceptions(formatCidrs(enclosingBlock(left)), left),
    ];
    return ways.reduce((best, next) => (countBlocks(next) < countBlocks(best) ? next : best));
  });
}

export function countBlocks(blocks: readonly PolicyBlock[]): number {
  return blocks.reduce((sum, { except }) => sum + 1 + (except?.length ?? 0), 0);
}

function withExceptions(cidrs: readonly string[], left: AddressSet): readonly PolicyBlock[] {
  return cidrs.flatMap((cidr): readonly PolicyBlock[] => {
    const except = formatCidrs(subtractAddresses(parseCidr(cidr) ?? noAddresses, left));
    if (except.length === 0) return [{ cidr }];
    return except[0] === cidr ? [] : [{ cidr, except }];
  });
}

/** The smallest block that has all of a set of one family. */
function enclosingBlock({ v4, v6 }: AddressSet): AddressSet {
  const [first4, last4] = [v4[0], v4.at(-1)];
  if (first4 !== undefined && last4 !== undefined) {
    let size = 1;
    while (Math.floor(first4.from / size) !== Math.floor((last4.end - 1) / size)) size *= 2;
    const from = first4.from - (first4.from % size);
    return { v4: [{ from, end: from + size }], v6: [] };
  }
  const [first6, last6] = [v6[0], v6.at(-1)];
  if (first6 === undefined || last6 === undefined) return noAddresses;
  let size = 1n;
  while (first6.from / size !== (last6.end - 1n) / size) size *= 2n;
  const from = first6.from - (first6.from % size);
  return { v4: [], v6: [{ from, end: from + size }] };
}
