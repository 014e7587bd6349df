import { Option } from 'commander';
import { parseSource, type Severity, severities } from '../../model/index.ts';
import type { Passport } from '../../model/wire/index.ts';
import { type AddVerb, formatOption, storeOptions } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { printJson } from '../output.ts';
import { printPassport } from '../print-passport.ts';
import { createProgress } from '../progress.ts';

interface ScanVerbOptions {
  readonly format: string;
  readonly failOn?: Severity;
  readonly allowUnjudged?: true;
  readonly platform?: string;
  readonly plainHttp: readonly string[];
}

export const addScan: AddVerb = (program, context) => {
  const { output } = context;
  program
    .command('scan')
    .description('read an image and say what is in it and what is wrong with it')
    .argument('<source>', 'docker:NAME, podman:NAME, registry:REF, docker-archive:FILE, oci-layout:DIR[:TAG], …')
    .addOption(formatOption('table', 'json', 'cyclonedx'))
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 where a finding is that bad or worse').choices(
        severities.filter((severity) => severity !== 'unknown'),
      ),
    )
    .option('--allow-unjudged', 'with --fail-on: let pass what no feed covers and what nobody rated')
    .option('--platform <os/arch>', 'which image of an index; the platform of this machine unless said')
    .option('--plain-http <host...>', 'registries to be reached without TLS', [])
    .addHelpText(
      'after',
      `
Sources:
  docker:NAME|ID  podman:NAME|ID      from the engine on this machine
  registry:HOST/NAME:TAG|@DIGEST      from a registry; so is a bare reference
  docker-archive:FILE[:TAG]           what "docker save" writes
  oci-layout:DIR[:TAG]  oci-archive:FILE[:TAG]
  rootfs:DIR                          an unpacked root file system

Example:
  portwarden scan docker:nginx:1.27 --fail-on high`,
    )
    .action(async (text: string, options: ScanVerbOptions, command) => {
      const source = parseSource(text);
      const progress = createProgress(output, `reading ${text}`);
      const report = await context.wiring
        .scan(source, {
          ...storeOptions(command),
          ...(options.platform ? { platform: options.platform } : {}),
          plainHttp: options.plainHttp,
          signal: context.signal,
          onProgress: ({ bytes, totalBytes }) => progress.update(bytes, totalBytes),
        })
        .finally(() => progress.done());
      const { passport } = report;
      if (options.format === 'json') printJson(output, passport);
      else if (options.format === 'cyclonedx') {
        const { scanToCycloneDx } = await import('../../service/index.ts');
        output.out(scanToCycloneDx(report, Date.now(), context.wiring.version));
      } else await printPassport(output, passport);
      if (passport.problems.length > 0)
        output.err(`portwarden: could not look at ${passport.problems.length} things in it`);
      if (options.failOn === undefined) return;
      const refusals = refusalsOf(passport, options.failOn, options.allowUnjudged === true);
      for (const refusal of refusals) output.err(`portwarden: ${refusal}`);
      if (refusals.length > 0) context.end(exitCode.refused);
    });
};

/**
 * Why a passport does not pass a threshold. What was not judged, not rated or not read is no better than what was found,
 * unless the user says so. Programs that no ecosystem of packages knows are no reason: no feed could cover them.
 */
export function refusalsOf(passport: Passport, failOn: Severity, allowUnjudged: boolean): string[] {
  const refusals: string[] = [];
  const limit = severities.indexOf(failOn);
  const bad = passport.findings.filter(
    ({ severity }) => severity !== 'unknown' && severities.indexOf(severity) <= limit,
  ).length;
  if (bad > 0) refusals.push(`${bad} findings are ${failOn} or worse`);
  if (allowUnjudged) return refusals;
  const { judgement, undetermined, problems } = passport;
  const remedy = '(--allow-unjudged lets it pass)';
  const unrated = passport.findings.filter(({ severity }) => severity === 'unknown').length;
  if (unrated > 0) refusals.push(`${unrated} findings have no severity ${remedy}`);
  const unjudged = passport.components.filter(
    (component) => component.ownedBy === null && !component.judged && component.ecosystem !== 'generic',
  ).length;
  if (unjudged > 0) {
    const missing = judgement.notCovered.filter((key) => key !== 'generic').join(', ');
    refusals.push(`${unjudged} components are not judged: no feed covers ${missing} ${remedy}`);
  }
  if (undetermined.length > 0) refusals.push(`${undetermined.length} advisories cannot be compared ${remedy}`);
  if (problems.length > 0) refusals.push(`${problems.length} things in it could not be looked at ${remedy}`);
  return refusals;
}
