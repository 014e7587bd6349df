import { type PodSecurityLevel, podSecurityLevels } from '../../model/index.ts';

/** A level of the Pod Security Standards as of a version of Kubernetes. */
export interface PodSecuritySet {
  readonly level: PodSecurityLevel;
  /** `latest`, or `1.24`. */
  readonly version: string;
}

/**
 * Reads `pss:baseline@1.24`, `pss:restricted@v1.30`, `pss:restricted@latest`; without a version it is the latest.
 * Undefined for anything else.
 */
export function parsePodSecuritySet(text: string): PodSecuritySet | undefined {
  const [, name, version = 'latest'] = /^pss:([a-z]{1,20})(?:@([a-z0-9.]{1,10}))?$/.exec(text) ?? [];
  const level = podSecurityLevels.find((known) => known === name);
  if (level === undefined || parsePodSecurityVersion(version) === undefined) return undefined;
  return { level, version: version.replace(/^v/, '') };
}

/** The minor version of Kubernetes 1 that `1.24`, `v1.24` or `latest` names; the latest is above all others. */
export function parsePodSecurityVersion(text: string): number | undefined {
  if (text === 'latest') return Number.POSITIVE_INFINITY;
  const [, minor] = /^v?1\.(0|[1-9]\d{0,3})$/.exec(text) ?? [];
  return minor === undefined ? undefined : Number(minor);
}
