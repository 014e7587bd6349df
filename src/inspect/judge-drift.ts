import { formatBytes } from '../base/index.ts';
import type { DriftFinding, LayerChange } from '../model/index.ts';
import { type InspectRuleId, inspectRules } from './rules.ts';

/** A program or library in the writable layer of a container. */
export interface DriftedProgram {
  readonly path: string;
  readonly size: number;
  /** Permission bits with setuid and setgid. */
  readonly mode: number;
  readonly change: LayerChange;
  readonly changedAt?: number;
}

/** A package in the writable layer that the image has not, in that version. */
export interface DriftedPackage {
  readonly purl: string;
  readonly name: string;
  readonly version: string;
  /** Versions of it that the image has. */
  readonly imageVersions: readonly string[];
  /** Programs that it lists as its own: they are told with it. */
  readonly programs: number;
  /** Where it was found. */
  readonly location?: string;
}

/** What a program says by being there; undefined for one that is as the image brought it. */
export function judgeProgram({ path, size, mode, change, changedAt }: DriftedProgram): DriftFinding | undefined {
  // Engines make empty files where they mount others; they may be executable.
  if (change === 'same' || (change === 'added' && size === 0)) return undefined;
  const rule: InspectRuleId = change === 'added' ? 'inspect/drift/added-program' : 'inspect/drift/changed-program';
  const rights = [...(mode & 0o4000 ? ['setuid'] : []), ...(mode & 0o2000 ? ['setgid'] : [])];
  const isCertain = change !== 'unknown';
  const what = [formatBytes(size), ...(rights.length > 0 ? [`runs as its owner (${rights.join(', ')})`] : [])];
  if (!isCertain) what.push('it was written to or touched; whether its bytes differ, the engine does not say');
  return {
    rule,
    subject: path,
    severity: !isCertain ? 'medium' : rights.length > 0 ? 'high' : inspectRules[rule].severity,
    confidence: isCertain ? 'certain' : 'guess',
    detail: what.join('; '),
    ...(changedAt === undefined ? {} : { changedAt }),
  };
}

export function judgePackage({ purl, name, version, imageVersions, programs, location }: DriftedPackage): DriftFinding {
  const rule: InspectRuleId = 'inspect/drift/added-package';
  const had = imageVersions.length > 0 ? `the image has ${imageVersions.slice(0, 5).join(', ')}` : 'the image has none';
  const brought = programs > 0 ? `; with ${programs} ${programs === 1 ? 'program' : 'programs'}` : '';
  const where = location === undefined ? '' : `, in ${location}`;
  return {
    rule,
    subject: purl,
    severity: inspectRules[rule].severity,
    confidence: 'certain',
    detail: `${name} ${version}${where}; ${had}${brought}`,
  };
}
