import { databaseLimits, isOverLimits, type LineProblem } from '../database-limits.ts';

export interface ApkPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly license?: string;
  /** The package that it was built with, whose name its advisories carry. */
  readonly origin: string;
  /** Absolute. */
  readonly files: readonly string[];
}

export interface ApkDatabase {
  readonly packages: readonly ApkPackage[];
  readonly problems: readonly LineProblem[];
}

const namePattern = /^[A-Za-z0-9_.][A-Za-z0-9_.+-]{0,254}$/;
const versionPattern = /^[A-Za-z0-9][A-Za-z0-9._~+:-]{0,254}$/;
const architecturePattern = /^[a-z0-9_-]{1,64}$/;

/**
 * Packages of apk's database of what is installed (apk-tools, "APKINDEX and installed database format": a letter, a
 * colon and a value on each line, an empty line after each package). Total: what is no package becomes a problem with
 * its line.
 */
export function parseApkDatabase(text: string): ApkDatabase {
  const packages: ApkPackage[] = [];
  const problems: LineProblem[] = [];
  let fields = new Map<string, string>();
  let files: string[] = [];
  let directory = '';
  let fileCount = 0;
  let started = 0;
  let line = 0;

  function finish(): void {
    if (started === 0) return;
    const name = fields.get('P') ?? '';
    const version = fields.get('V') ?? '';
    if (!namePattern.test(name)) problems.push({ line: started, reason: 'begins a package without a valid name' });
    else if (!versionPattern.test(version))
      problems.push({ line: started, reason: `begins package ${name}, which has no valid version` });
    else packages.push(describe(name, version, fields, files));
    [fields, files, directory, started] = [new Map(), [], '', 0];
  }

  for (let at = 0; at < text.length; ) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    line++;
    if (isOverLimits(packages.length, problems, line)) break;
    if (end === at) finish();
    else if (text[at + 1] !== ':') problems.push({ line, reason: 'is no field of a package' });
    else {
      if (started === 0) started = line;
      const key = text[at] as string;
      if (key === 'F') directory = end > at + 2 ? `/${text.slice(at + 2, end)}` : '';
      else if (key === 'R') {
        if (fileCount++ < databaseLimits.ownedFiles) files.push(`${directory}/${text.slice(at + 2, end)}`);
      } else if ('PVALo'.includes(key) && !fields.has(key)) fields.set(key, text.slice(at + 2, end));
    }
    at = end + 1;
  }
  finish();
  if (fileCount > databaseLimits.ownedFiles)
    problems.push({ line, reason: `ends a list of ${fileCount} files; only ${databaseLimits.ownedFiles} were read` });
  return { packages, problems };
}

function describe(
  name: string,
  version: string,
  fields: ReadonlyMap<string, string>,
  files: readonly string[],
): ApkPackage {
  const architecture = fields.get('A') ?? '';
  const license = fields.get('L') ?? '';
  const origin = fields.get('o') ?? '';
  return {
    name,
    version,
    ...(architecturePattern.test(architecture) ? { architecture } : {}),
    ...(license !== '' && license.length <= 1000 ? { license } : {}),
    origin: namePattern.test(origin) ? origin : name,
    files,
  };
}
