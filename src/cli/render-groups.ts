import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { type AddressSet, addressesOf, parseCidr } from '../base/index.ts';
import { type NamedService, namedServices, type ServiceAddress, trafficProtocols } from '../model/index.ts';
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
  readonly service?: readonly WrittenService[];
  readonly admin?: NonNullable<RenderOptions['kubernetes']>['admin'];
  readonly priority?: number;
}

interface WrittenService extends ServiceAddress {
  readonly service: NamedService;
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
    .option(
      '--namespace <name...>',
      'kubernetes: namespaces that policies are made for, beside those that groups name',
      parseNamespace,
    )
    .option('--pod-cidr <block...>', 'kubernetes: blocks of Pods, which no rule means by their addresses', parseBlock)
    .addOption(membersOption())
    .option(
      '--service <place...>',
      'kubernetes: where a named service is, as kubernetes-api=10.96.0.1/32:tcp/443; more of them for more places',
      parseService,
    )
    .addOption(
      new Option('--admin <kind>', 'kubernetes: policies of the whole cluster, too, of the kind that it has').choices([
        'AdminNetworkPolicy',
        'ClusterNetworkPolicy',
      ]),
    )
    .option('--priority <n>', 'kubernetes: of the first of these, 0 to 980; 100 unless said', parsePriority)
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
      if (rendered.files.length === 0) context.output.err('there is nothing to render');
      else if (flags.out === undefined)
        context.output.out(rendered.files.map(({ text }) => text.trimEnd()).join('\n---\n'));
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
    kubernetes: {
      namespaces: flags.namespace ?? [],
      podAddresses: addressesOf(flags.podCidr ?? []),
      services: Map.groupBy(flags.service ?? [], ({ service }) => service),
      ...(flags.admin === undefined ? {} : { admin: flags.admin }),
      ...(flags.priority === undefined ? {} : { priority: flags.priority }),
    },
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

function parseNamespace(text: string, previous: readonly string[] = []): readonly string[] {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text))
    throw new InvalidArgumentError('No namespace is called so.');
  return [...previous, text];
}

function parseBlock(text: string, previous: readonly AddressSet[] = []): readonly AddressSet[] {
  const block = parseCidr(text);
  if (block === undefined) throw new InvalidArgumentError('Write a block such as 10.244.0.0/16.');
  return [...previous, block];
}

function parseService(text: string, previous: readonly WrittenService[] = []): readonly WrittenService[] {
  const form = /^([a-z-]+)=([0-9a-f.:]+\/\d{1,3})(?::(tcp|udp|sctp)(?:\/(\d{1,5}))?)?$/;
  const [, name, addresses = '', protocolName, port] = form.exec(text) ?? [];
  const service = namedServices.find((one) => one === name);
  const protocol = trafficProtocols.find((one) => one === protocolName);
  const number = Number(port);
  if (service === undefined || parseCidr(addresses) === undefined || number > 65_535)
    throw new InvalidArgumentError('Write kubernetes-api=10.96.0.1/32:tcp/443, or host=10.0.0.0/24.');
  return [
    ...previous,
    {
      service,
      addresses,
      ...(protocol === undefined ? {} : { protocol }),
      ...(port === undefined ? {} : { ports: [number, number] as const }),
    },
  ];
}

function parsePriority(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 980) throw new InvalidArgumentError('Write 0 to 980.');
  return value;
}
