import { type ScanReport, writeScanBom } from '../../service/index.ts';
import type { Context } from '../context.ts';
import { printJson } from '../output.ts';
import { printPassport } from '../print-passport.ts';
import { compileJunit } from './compile-junit.ts';
import { compileSarif } from './compile-sarif.ts';
import type { ReportFormat } from './report-formats.ts';
import type { FailOn } from './threshold.ts';

/** What was read and judged, in the format that was asked for. */
export async function printReport(
  { output, wiring }: Pick<Context, 'output' | 'wiring'>,
  report: ScanReport,
  { format, failOn }: { readonly format: ReportFormat; readonly failOn?: FailOn },
): Promise<void> {
  const { passport } = report;
  switch (format) {
    case 'table':
      return printPassport(output, passport);
    case 'json':
      return printJson(output, passport);
    case 'sarif':
      return printJson(output, compileSarif(passport, wiring.version));
    case 'junit':
      return output.out(compileJunit(passport, failOn?.findings === 'known-exploited' ? 'critical' : failOn?.findings));
    default:
      return output.out(writeScanBom(report, format, Date.now(), wiring.version));
  }
}
