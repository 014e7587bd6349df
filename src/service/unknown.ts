import { formatBytes } from '../base/index.ts';
import type { ListedFiles, Problem, Unexplained } from '../model/index.ts';
import type { UnknownView } from '../model/wire/index.ts';

/** What nothing accounts for and what could not be looked at. `unexplained` is undefined where nobody walked over the files. */
export function compileUnknown(unexplained: Unexplained | undefined, problems: readonly Problem[]): UnknownView {
  const { programs, unowned, archives, records = [] } = unexplained ?? {};
  const codes = [...Map.groupBy(problems, ({ code }) => code)];
  const isLeft = unexplained === undefined || (unowned?.files ?? 0) > 0 || (archives?.files ?? 0) > 0;
  return {
    state: problems.length > 0 || records.length > 0 ? 'unknown' : isLeft ? 'partly-known' : 'known',
    summary: summaryOf(unexplained, problems.length),
    programs: programs ? { ...programs } : null,
    unowned: unowned ? listView(unowned) : null,
    unownedPercent: programs && unowned ? percentOf(unowned.bytes, programs.bytes) : null,
    archives: archives ? listView(archives) : null,
    records: records.map((record) => ({ ...record })),
    problems: codes.map(([code, of]) => ({ code, count: of.length })),
  };
}

function listView({ files, bytes, largest }: ListedFiles) {
  return { files, bytes, largest: largest.map((file) => ({ ...file })) };
}

/** To one place; what is there at all is never 0. */
function percentOf(part: number, whole: number): number {
  return whole === 0 || part === 0 ? 0 : Math.max(0.1, Math.round((1000 * part) / whole) / 10);
}

function summaryOf(unexplained: Unexplained | undefined, problems: number): string {
  const { programs, unowned, archives, records } = unexplained ?? {};
  const parts: string[] = [];
  if (!programs || !unowned) parts.push('nobody looked at which programs belong to a package');
  else if (unowned.files > 0) {
    const share = `${percentOf(unowned.bytes, programs.bytes)} % of ${formatBytes(programs.bytes)}`;
    parts.push(`${share} of programs and libraries belong to no package`);
  }
  const removed = records?.filter(({ kind }) => kind === 'package-database-removed').length ?? 0;
  const changed = (records?.length ?? 0) - removed;
  if (removed > 0) parts.push(`package databases removed: ${removed}`);
  if (changed > 0) parts.push(`package databases or os-release replaced: ${changed}`);
  if (archives && archives.files > 0) parts.push(`archives that nobody opened: ${archives.files}`);
  if (problems > 0) parts.push(`could not be looked at: ${problems}`);
  return parts.join('; ') || 'every program and library belongs to a component';
}
