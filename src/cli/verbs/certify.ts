import type { CertificateView, ResolveAnswer } from '../../model/wire/index.ts';
import { type AddVerb, formatOption, limitOption, withServices } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { type Output, printJson, printTable } from '../output.ts';

/** `certify`, `certificates` and `resolve`. */
export const addCertify: AddVerb = (program, context) => {
  const { output } = context;
  program
    .command('certify')
    .argument('<source>', 'an image in a registry')
    .description('judge an image and, where it passes, promote it by digest into a trusted repository')
    .requiredOption('--to <repository>', 'where it is to be trusted: registry/repository')
    .option('--tag <tag>', 'the tag that it gets there; that of the source unless said')
    .option('--dry-run', 'judge, and neither promote nor remember', false)
    .addOption(formatOption('table', 'json'))
    .addHelpText(
      'after',
      '\nExit status: 0 certified, 1 refused or not decided, 3 a registry could not be read or written.',
    )
    .action((source: string, options: { to: string; tag?: string; dryRun: boolean; format: string }, command) =>
      withServices(context, command, async ({ certification }) => {
        const input = { source, to: options.to, dryRun: options.dryRun, ...(options.tag ? { tag: options.tag } : {}) };
        const certificate = await certification.certify(input, context.signal);
        if (options.format === 'json') printJson(output, certificate);
        else await printCertificate(output, certificate);
        if (certificate.state !== 'certified') context.end(exitCode.refused);
      }),
    );
  program
    .command('certificates')
    .description('what was judged, the newest first; of one image where it is named by its digest')
    .argument('[image]', 'registry/repository@sha256:…: every judgement of it')
    .option('--registry <host>')
    .option('--repository <path>')
    .addOption(limitOption(100))
    .addOption(formatOption('table', 'json'))
    .action((image: string | undefined, options: ListOptions, command) =>
      withServices(context, command, async ({ certification }) => {
        const { registry, repository, limit } = options;
        const query = { limit, ...(registry ? { registry } : {}), ...(repository ? { repository } : {}) };
        const items =
          image === undefined ? (await certification.list(query)).items : ((await certification.history(image)) ?? []);
        if (options.format === 'json') return printJson(output, { items });
        const rows = items.map(({ image: name, tags, state, policy, judgedAt, expires, findings, cause }) => {
          return [name, tags.join(' '), state, policy, judgedAt, expires, reasonOf({ findings, cause })];
        });
        await printTable(output, ['IMAGE', 'TAGS', 'STATE', 'POLICY', 'JUDGED', 'EXPIRES', 'BECAUSE'], rows);
      }),
    );
  program
    .command('resolve')
    .argument('<repository>', 'registry/repository')
    .description('the latest certified image of a repository, and why no newer one was picked')
    .option('--channel <name>', "one of the registry's channels")
    .option('--platform <os/arch>', 'this machine by default')
    .option('--history', 'what was picked when instead')
    .addOption(formatOption('table', 'json', 'image'))
    .addHelpText(
      'after',
      '\nExit status: 0 picked, 1 nothing is certified. --format image prints the pinned reference alone.',
    )
    .action((repository: string, options: ResolveOptions, command) =>
      withServices(context, command, async ({ certification }) => {
        if (options.history) {
          const { items } = await certification.resolutions({ repository });
          if (options.format === 'json') return printJson(output, { items });
          const rows = items.map(({ at, channel, platform, tag, digest }) => [at, channel, platform, tag, digest]);
          return printTable(output, ['SINCE', 'CHANNEL', 'PLATFORM', 'TAG', 'DIGEST'], rows);
        }
        const { channel, platform } = options;
        const query = { repository, ...(channel ? { channel } : {}), ...(platform ? { platform } : {}) };
        const answer = await certification.resolve(query);
        if (options.format === 'json') printJson(output, answer);
        else if (options.format === 'image') output.out(answer.picked?.image ?? '');
        else await printAnswer(output, answer);
        if (!answer.picked) context.end(exitCode.refused);
      }),
    );
};

interface ListOptions {
  readonly registry?: string;
  readonly repository?: string;
  readonly limit: number;
  readonly format: string;
}

interface ResolveOptions {
  readonly channel?: string;
  readonly platform?: string;
  readonly history?: boolean;
  readonly format: string;
}

async function printCertificate(output: Output, certificate: CertificateView): Promise<void> {
  const { image, tags, state, policy, expires, findings, cause, signers } = certificate;
  output.out(`${image}${tags.length > 0 ? ` (${tags.join(', ')})` : ''}`);
  output.out(
    state === 'certified' ? `certified by the policy ${policy} until ${expires}` : `${state} by the policy ${policy}`,
  );
  if (cause !== null) output.out(`not decided: ${cause}`);
  for (const { identity, scheme, trustRoot } of signers) output.out(`signed by ${identity} (${scheme}, ${trustRoot})`);
  if (findings.length === 0) return;
  const rows = findings.map(({ rule, severity, subject, evidence, excepted }) => {
    return [rule, severity, subject, evidence, excepted ? `until ${excepted.expires} (${excepted.name})` : ''];
  });
  await printTable(output, ['RULE', 'SEVERITY', 'SUBJECT', 'EVIDENCE', 'EXCEPTED'], rows);
  const remedies = new Set(findings.filter(({ excepted }) => !excepted).map(({ remedy }) => remedy));
  for (const remedy of remedies) output.out(`- ${remedy}`);
}

function reasonOf({ findings, cause }: Pick<CertificateView, 'findings' | 'cause'>): string {
  const [first] = findings.filter(({ excepted }) => !excepted);
  return first ? `${first.rule}: ${first.evidence || first.subject}` : (cause ?? '');
}

async function printAnswer(output: Output, { picked, channel, platform, rejected }: ResolveAnswer): Promise<void> {
  if (picked) output.out(`${picked.image} (${picked.tag}; channel ${channel}, ${platform})`);
  else output.out(`nothing is certified for ${platform} in channel ${channel}`);
  if (rejected.length > 0) {
    await printTable(
      output,
      ['REJECTED', 'DIGEST', 'BECAUSE'],
      rejected.map(({ tag, digest, reason }) => [tag, digest.slice(0, 19), reason]),
    );
  }
}
