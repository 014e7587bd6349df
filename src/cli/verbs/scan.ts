import { parseSource } from '../../model/index.ts';
import { type AddVerb, formatOption, storeOptions } from '../context.ts';
import { createProgress } from '../progress.ts';
import { type ReportFormat, reportFormats } from '../report/report-formats.ts';
import { holdThreshold, type ThresholdOptions, thresholdOptions } from '../report/threshold.ts';

interface ScanVerbOptions extends ThresholdOptions {
  readonly format: ReportFormat;
  readonly platform?: string;
  readonly plainHttp: readonly string[];
  readonly content: boolean;
  readonly yara: readonly string[];
  readonly badDigests: readonly string[];
  readonly clamd?: string;
  readonly unwanted: readonly string[];
  readonly limit: readonly string[];
}

export const addScan: AddVerb = (program, context) => {
  const { output } = context;
  const scan = program
    .command('scan')
    .description('read an image and say what is in it and what is wrong with it')
    .argument('<source>', 'docker:NAME, podman:NAME, registry:REF, docker-archive:FILE, oci-layout:DIR[:TAG], …')
    .addOption(formatOption(...reportFormats))
    .option('--platform <os/arch>', 'which image of an index; the platform of this machine unless said')
    .option('--plain-http <host...>', 'registries to be reached without TLS', [])
    .option('--no-content', 'do not look into files for secrets and malware')
    .option('--yara <path...>', 'YARA rules to hold programs and scripts against: files or directories', [])
    .option('--bad-digests <file...>', 'lists of known-bad files: sha256 and name a line', [])
    .option('--clamd <address>', 'ClamAV daemon to show the files to: unix:PATH or tcp:HOST:PORT')
    .option('--unwanted <file...>', 'rules that say which packages are wanted nowhere: a name and a range a line', [])
    .option('--limit <name=value...>', 'bounds of the reading other than the usual: max-entries=3000000', [])
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
          content: options.content,
          yara: options.yara,
          badDigests: options.badDigests,
          ...(options.clamd ? { clamd: options.clamd } : {}),
          unwanted: options.unwanted,
          limits: options.limit,
          signal: context.signal,
          onNotice: (message) => output.err(message),
          onProgress: ({ bytes, totalBytes }) => progress.update(bytes, totalBytes),
        })
        .finally(() => progress.done());
      const { printReport } = await import('../report/print-report.ts');
      await printReport(context, report, options);
      holdThreshold(context, report.passport, options);
    });
  for (const option of thresholdOptions) scan.addOption(option);
};
