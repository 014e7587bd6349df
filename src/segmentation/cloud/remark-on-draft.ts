import type { CloudDraft } from './cloud-rules.ts';

export interface PlatformWords {
  /** How somebody comes to be in a group: `give its network tag to their instances`. */
  readonly membership: string;
  /** What no rule of the platform holds for; nothing where rules hold for all. */
  readonly unfiltered?: string;
}

/** What no cloud says of groups. */
export function remarkOnDraft({ platform, groups, remarks }: CloudDraft, words: PlatformWords): void {
  for (const { name, mode, isDefault } of groups) {
    const document = `SecurityGroup ${name}`;
    if (isDefault)
      remarks.push({
        kind: 'unsupported',
        source: { document, path: 'default' },
        message: `No rule holds for what has no group: ${words.membership} where it is meant`,
      });
    if (mode === 'observe')
      remarks.push({
        kind: 'unsupported',
        source: { document, path: 'mode' },
        message: 'There is no mode that only counts: what it does not list is refused at once',
      });
  }
  if (groups.length > 0)
    remarks.push({
      kind: 'unsupported',
      source: { document: platform, path: 'members' },
      message: `Who is in a group is not said by rules: ${words.membership}`,
    });
  if (words.unfiltered !== undefined)
    remarks.push({
      kind: 'out-of-reach',
      source: { document: platform, path: 'services' },
      message: `No rule holds for ${words.unfiltered}: they are reached whatever groups say`,
    });
}
