import { Command, CommanderError } from 'commander';
import { CodedError } from '../base/index.ts';
import type { AddVerb, Context } from './context.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { type Output, printError, processOutput } from './output.ts';
import { addAttackTest } from './verbs/attack-test.ts';
import { addCertify } from './verbs/certify.ts';
import { addChanges } from './verbs/changes.ts';
import { addCompareVersions } from './verbs/compare-versions.ts';
import { addContainers } from './verbs/containers.ts';
import { addContract } from './verbs/contract.ts';
import { addDoctor } from './verbs/doctor.ts';
import { addDocuments } from './verbs/documents.ts';
import { addDrift } from './verbs/drift.ts';
import { addFeeds } from './verbs/feeds.ts';
import { addGroups } from './verbs/groups.ts';
import { addImages } from './verbs/images.ts';
import { addImpact } from './verbs/impact.ts';
import { addKubernetes } from './verbs/kubernetes.ts';
import { addLaunches } from './verbs/launches.ts';
import { addLogin } from './verbs/login.ts';
import { addMatch } from './verbs/match.ts';
import { addNotify } from './verbs/notify.ts';
import { addRegistries } from './verbs/registries.ts';
import { addReview } from './verbs/review.ts';
import { addRuntime } from './verbs/runtime.ts';
import { addScan } from './verbs/scan.ts';
import { addTokens } from './verbs/tokens.ts';
import { addUp } from './verbs/up.ts';
import { addVerify } from './verbs/verify.ts';
import { addVex } from './verbs/vex.ts';
import { addWhoRuns } from './verbs/who-runs.ts';
import type { Wiring } from './wiring.ts';

const verbs: readonly AddVerb[] = [
  addUp,
  addScan,
  addMatch,
  addVerify,
  addReview,
  addLaunches,
  addContract,
  addDocuments,
  addCertify,
  addRegistries,
  addWhoRuns,
  addImpact,
  addChanges,
  addImages,
  addContainers,
  addDrift,
  addKubernetes,
  addGroups,
  addFeeds,
  addVex,
  addNotify,
  addLogin,
  addTokens,
  addCompareVersions,
  addRuntime,
  addAttackTest,
  addDoctor,
];

/** Codes of errors that mean "you asked wrongly": everything else could not be read. */
const usageCodes: ReadonlySet<string> = new Set([
  'bad-source',
  'bad-reference',
  'bad-query',
  'ambiguous-container',
  'bad-notification',
  'bad-range',
  'bad-platform',
  'unknown-feed',
  'feed-exists',
  'token-exists',
  'bad-certificates',
  'bad-identity',
  'bad-key',
  'bad-trust-root',
  'bad-document',
  'bad-document-reference',
  'unknown-registry',
  'ticket-answered',
  'bad-launch',
  'unknown-attack',
  'no-local-image',
  'bad-manifest-option',
  'unknown-host',
]);

/** Runs one command line (without node and script) and gives its exit status. Never throws. */
export async function runCli(
  argv: readonly string[],
  wiring: Wiring,
  signal: AbortSignal,
  output: Output = processOutput,
): Promise<ExitCode> {
  let code: ExitCode = exitCode.done;
  const context: Context = {
    wiring,
    output,
    signal,
    end: (ended) => {
      code = ended;
    },
  };
  // Not an option of the program: `who-runs --version RANGE` must not be mistaken for it.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    output.out(wiring.version);
    return exitCode.done;
  }
  try {
    await createProgram(context).parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
    printError(output, error);
    return error instanceof CodedError && usageCodes.has(error.code) ? exitCode.usage : exitCode.unreadable;
  }
}

export function createProgram(context: Context): Command {
  const program = new Command('portwarden')
    .description('Knows which containers run, what is inside them, how old it is and what is wrong with it.')
    .option('--data <dir>', 'where the embedded store lies ($PORTWARDEN_DATA)')
    .option('--database <url>', 'a PostgreSQL store instead ($PORTWARDEN_DATABASE)')
    .configureOutput({
      writeOut: (text) => context.output.out(text.trimEnd()),
      writeErr: (text) => context.output.err(text.trimEnd()),
    })
    .showHelpAfterError('(portwarden --help lists the verbs)')
    .addHelpText(
      'after',
      '\nportwarden --version prints the version.\nExit status: 0 done, 1 a policy says no, 2 wrong usage, 3 could not read.',
    )
    .exitOverride();
  for (const add of verbs) add(program, context);
  // Verbs that commander creates do not inherit what was set after them; each must answer errors as the program does.
  for (const verb of program.commands) inheritSettings(verb, program);
  return program;
}

function inheritSettings(verb: Command, from: Command): void {
  verb.copyInheritedSettings(from);
  for (const inner of verb.commands) inheritSettings(inner, verb);
}
