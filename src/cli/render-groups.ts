import { Argument, type Command, InvalidArgumentError } from 'commander';
import { type AddressSet, addressesOf, parseCidr } from '../base/index.ts';
import type { RenderOptions, RenderPlatform } from '../service/index.ts';
import { type Context, formatOption, storeOptions, withServices } from './context.ts';
import { type MemberBlocks, membersOption } from './member-blocks.ts';
import { printJson } from './output.ts';

interface RenderFlags {
  readonly format: 'table' | 'json';
  readonly host?: string;
  readonly file?: readonly string[];
  readonly out?: string;
  readonly namespace?: readonly string[];
  readonly podCidr?: readonly AddressSet[];
  readonly members?: MemberBlocks;
}

const platforms: readonly ('nftables' | RenderPlatform)[] = ['nftables', 'kubernetes', 'aws', 'google', 'azure'];

/** `groups render`. */
export function addRenderGroups(groups: Command, context: Context): void {
  groups
    .command('render')
    .addArgument(new Argument('<platform>', 'what to make of the groups').choices(platforms))
    .option('--host <name>', 'nftables: of a host; this one unless said')
    .option('-f, --file <path...>', 'of these documents; nftables: in the place of those that are applied')
    .option('--out <dir>', 'writes files there, instead of to standard output')
    .option('--namespace <name...>', 'kubernetes: namespaces that policies are made for, beside those that groups name')
    .option('--pod-cidr <block...>', 'kubernetes: blocks of Pods, which no rule means by their addresses', parseBlock)
    .addOption(membersOption())
    .description('the rules as a platform has them; changes nothing')
    .addOption(formatOption('table', 'json'))
    .addHelpText(
      'after',
      '\nWhat a platform cannot say is left out or closed, and told on standard error; the exit status is 0 then, too.',
    )
    .action(async (platform: 'nftables' | RenderPlatform, flags: RenderFlags, command: Command) => {
      const { readFiles } = await import('./read-files.ts');
      const files = flags.file ? await readFiles(flags.file) : undefined;
      const rendered =
        platform === 'nftables'
          ? await renderHost(context, command, flags, files)
          : await renderDocuments(context, command, { platform, flags, files });
      if (flags.out !== undefined) await writeFiles(context, flags.out, rendered.files);
      if (flags.format === 'json') return printJson(context.output, rendered);
      (await import('./report/print-groups.ts')).printRemarks(context.output, rendered.remarks);
      if (flags.out === undefined) context.output.out(rendered.files.map(({ text }) => text.trimEnd()).join('\n---\n'));
    });
}

type Files = readonly { readonly name: string; readonly text: string }[] | undefined;

async function renderHost({ wiring }: Context, command: Command, { host }: RenderFlags, files: Files) {
  const { text } = await wiring.segmentation.render({
    ...storeOptions(command),
    ...(host === undefined ? {} : { host }),
    ...(files ? { files } : {}),
  });
  return { files: [{ path: 'portwarden.nft', text }], remarks: [] };
}

async function renderDocuments(
  context: Context,
  command: Command,
  { platform, flags, files }: { readonly platform: RenderPlatform; readonly flags: RenderFlags; readonly files: Files },
) {
  const { renderGroupFiles, renderGroups } = await import('../service/index.ts');
  const options: RenderOptions = {
    kubernetes: { namespaces: flags.namespace ?? [], podAddresses: addressesOf(flags.podCidr ?? []) },
    cloud: flags.members ? { members: flags.members } : {},
  };
  if (files) return renderGroupFiles(platform, files, options);
  const scene = await withServices(context, command, ({ groups }) => groups.scene());
  return renderGroups(platform, scene, options);
}

async function writeFiles(
  { output }: Context,
  folder: string,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<void> {
  const [{ mkdir, writeFile }, { dirname, join }] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
  ]);
  for (const { path, text } of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    output.err(`wrote ${target}`);
  }
}

function parseBlock(text: string, previous: readonly AddressSet[] = []): readonly AddressSet[] {
  const block = parseCidr(text);
  if (block === undefined) throw new InvalidArgumentError('Write a block such as 10.244.0.0/16.');
  return [...previous, block];
}
