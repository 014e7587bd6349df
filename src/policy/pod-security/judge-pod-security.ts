import type { LaunchFinding, PodSecurityLevel, PodSecuritySpec } from '../../model/index.ts';
import { PolicyError } from '../policy-error.ts';
import { parsePodSecurityVersion } from './parse-pod-security-set.ts';
import type { PodSecurityCheck, PodSecurityCheckVersion } from './pod-security-check.ts';
import { podSecurityChecks } from './pod-security-checks.ts';

/**
 * What the Pod Security Standards have against a Pod, as Kubernetes answers (k8s.io/pod-security-admission/policy, checks
 * of 1.37). Version: `latest`, or of Kubernetes, `1.24` or `v1.24`; one that is newer than is known here is judged as the
 * newest, as there. Each place where a check finds something is a finding; none: the Pod keeps to that level.
 * Throws PolicyError where the version is none.
 */
export function judgePodSecurity(
  pod: PodSecuritySpec,
  level: PodSecurityLevel,
  version: string,
): readonly LaunchFinding[] {
  const minor = parsePodSecurityVersion(version);
  if (minor === undefined)
    throw new PolicyError('bad-document', `"${version.slice(0, 50)}" is no version of the Pod Security Standards`);
  return checksOf(level, minor).flatMap(({ check, asked }) =>
    asked.find(pod).map((offence) => ({
      rule: check.id,
      severity: check.severity,
      title: check.title,
      remedy: check.remedy,
      confidence: 'certain',
      ...offence,
    })),
  );
}

interface AskedCheck {
  readonly check: PodSecurityCheck;
  readonly asked: PodSecurityCheckVersion;
}

/** Which checks a level asks in a version of Kubernetes, 1.MINOR: restricted asks those of the baseline as well. */
export function checksOf(level: PodSecurityLevel, minor: number): readonly AskedCheck[] {
  if (level === 'privileged') return [];
  const asked = podSecurityChecks
    .filter((check) => level === 'restricted' || check.level === 'baseline')
    .flatMap((check) => {
      const version = check.versions.findLast(({ from }) => from <= minor);
      return version ? [{ check, asked: version }] : [];
    });
  const overridden = new Set(asked.flatMap(({ asked: { overrides = [] } }) => overrides));
  return asked.filter(({ check }) => !overridden.has(check.id));
}
