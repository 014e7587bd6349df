import { createReadStream } from 'node:fs';
import { decodeUtf8, messageOf, readBounded } from '../../base/index.ts';
import { type AddVerb, formatOption, storeOptions } from '../context.ts';
import { type ReportFormat, reportFormats } from '../report/report-formats.ts';
import { holdThreshold, type ThresholdOptions, thresholdOptions } from '../report/threshold.ts';

interface MatchVerbOptions extends ThresholdOptions {
  readonly bom: string;
  readonly format: ReportFormat;
}

const documentLimit = 256 * 2 ** 20;

export const addMatch: AddVerb = (program, context) => {
  const match = program
    .command('match')
    .description('judge a bill of materials that was made elsewhere')
    .requiredOption('--bom <file>', 'CycloneDX or SPDX in JSON; - reads standard input')
    .addOption(formatOption(...reportFormats))
    .addHelpText(
      'after',
      `
Example:
  syft nginx:1.27 -o cyclonedx-json | portwarden match --bom - --fail-on high`,
    )
    .action(async (options: MatchVerbOptions, command) => {
      const name = options.bom === '-' ? 'standard input' : options.bom;
      const text = await readDocument(options.bom, name);
      const report = await context.wiring.match({ name, text }, storeOptions(command));
      const { printReport } = await import('../report/print-report.ts');
      await printReport(context, report, options);
      holdThreshold(context, report.passport, options);
    });
  for (const option of thresholdOptions) match.addOption(option);
};

async function readDocument(file: string, name: string): Promise<string> {
  try {
    const stream = file === '-' ? process.stdin : createReadStream(file);
    return decodeUtf8(await readBounded(stream, documentLimit, name), name);
  } catch (cause) {
    const { ServiceError } = await import('../../service/index.ts');
    throw new ServiceError('bad-bom', `${name} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
