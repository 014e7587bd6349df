import { parseControl } from '../control-fields.ts';
import { isOverLimits, type LineProblem } from '../database-limits.ts';

/** A package whose files are on disk. */
export interface DpkgPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly source: { readonly name: string; readonly version: string };
  readonly maintainer?: string;
  readonly homepage?: string;
  /** The fields Origin or Vendor, which few packages have. */
  readonly vendor?: string;
}

export interface DpkgStatus {
  readonly packages: readonly DpkgPackage[];
  readonly problems: readonly LineProblem[];
}

const wanted: ReadonlySet<string> = new Set([
  'package',
  'status',
  'version',
  'architecture',
  'source',
  'maintainer',
  'homepage',
  'origin',
  'vendor',
]);

/** Third word of Status (dpkg(1), "Package states"): those in which the files of the package are unpacked. */
const present: ReadonlySet<string> = new Set([
  'installed',
  'unpacked',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
]);

/** dpkg allows no other characters in them (deb-version(7), Debian policy 5.6.1). */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,254}$/;
const versionPattern = /^[A-Za-z0-9][A-Za-z0-9.+~:_-]{0,254}$/;
const architecturePattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * Packages of dpkg's status file, or of a control file of distroless images, which has no Status. Half-installed and
 * removed ones are left out. Total: what is no package becomes a problem with its line.
 */
export function parseDpkgStatus(text: string): DpkgStatus {
  const packages: DpkgPackage[] = [];
  const problems: LineProblem[] = [];
  for (const { line, fields } of parseControl(text, wanted)) {
    if (isOverLimits(packages.length, problems, line)) break;
    if (!fields) {
      problems.push({ line, reason: 'is no field of a package' });
      continue;
    }
    const state = fields.get('status')?.split(/\s+/)[2];
    if (state !== undefined && !present.has(state)) continue;
    const name = fields.get('package') ?? '';
    const version = fields.get('version') ?? '';
    const architecture = fields.get('architecture') ?? '';
    if (!namePattern.test(name)) problems.push({ line, reason: 'begins a package without a valid name' });
    else if (fields.has('status') && state === undefined)
      problems.push({ line, reason: `begins package ${name}, whose status cannot be read` });
    else if (!versionPattern.test(version))
      problems.push({ line, reason: `begins package ${name}, which has no valid version` });
    else {
      packages.push({
        name,
        version,
        ...(architecturePattern.test(architecture) ? { architecture } : {}),
        source: parseSource(fields.get('source'), name, version),
        ...optional('maintainer', fields.get('maintainer')),
        ...optional('homepage', fields.get('homepage')),
        ...optional('vendor', fields.get('vendor') ?? fields.get('origin')),
      });
    }
  }
  return { packages, problems };
}

function optional<Key extends string>(key: Key, value: string | undefined): { readonly [key in Key]?: string } {
  return value === undefined || value.length > 1000 ? {} : ({ [key]: value } as { readonly [key in Key]: string });
}

/** `gcc-12 (12.2.0-14)`, or the name alone where the version is that of the package; absent where both are the same. */
function parseSource(field: string | undefined, name: string, version: string): DpkgPackage['source'] {
  const match = /^(\S{1,255})(?:\s+\(([^()\s]{1,255})\))?$/.exec(field ?? '');
  return {
    name: match?.[1] && namePattern.test(match[1]) ? match[1] : name,
    version: match?.[2] && versionPattern.test(match[2]) ? match[2] : version,
  };
}
