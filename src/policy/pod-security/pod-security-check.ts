import type {
  PodSecurityContainer,
  PodSecurityContext,
  PodSecurityPodSpec,
  PodSecurityRuleId,
  PodSecuritySpec,
  Severity,
} from '../../model/index.ts';

/** What a check has against one place of a Pod. */
export interface PodSecurityOffence {
  readonly path: string;
  /** The Pod, or the name of a container or volume. */
  readonly subject: string;
  readonly evidence: string;
}

/** One check of the Pod Security Standards. Pure, synchronous and total. */
export interface PodSecurityCheck {
  readonly id: PodSecurityRuleId;
  readonly level: 'baseline' | 'restricted';
  readonly severity: Severity;
  readonly title: string;
  readonly remedy: string;
  /** From which minor version of Kubernetes 1 on it asks what; rising. Before the first it asks for nothing. */
  readonly versions: readonly PodSecurityCheckVersion[];
}

export interface PodSecurityCheckVersion {
  readonly from: number;
  /** Checks of the baseline that need not be asked any more where this one is. */
  readonly overrides?: readonly PodSecurityRuleId[];
  find(pod: PodSecuritySpec): readonly PodSecurityOffence[];
}

/** What has a security context: the Pod, or one of its containers. */
export interface PodSecurityHolder {
  readonly subject: string;
  readonly path: string;
  readonly securityContext?: PodSecurityContext;
}

/** In the order in which Kubernetes goes through them (policy/visitor.go). */
export function containersOf({
  initContainers,
  containers,
  ephemeralContainers,
}: PodSecurityPodSpec): readonly PodSecurityContainer[] {
  return [...initContainers, ...containers, ...ephemeralContainers];
}

export function containerHolders(spec: PodSecurityPodSpec): readonly PodSecurityHolder[] {
  return containersOf(spec).map((container) => ({ ...container, subject: `container ${quoted(container.name)}` }));
}

export function podHolder({ path, securityContext }: PodSecurityPodSpec): PodSecurityHolder {
  return { subject: 'the Pod', path, ...(securityContext ? { securityContext } : {}) };
}

/** The Pod before its containers. */
export function holdersOf(spec: PodSecurityPodSpec): readonly PodSecurityHolder[] {
  return [podHolder(spec), ...containerHolders(spec)];
}

/** Where a field of a security context stands, or would stand. */
export function contextPath({ path, securityContext }: PodSecurityHolder, field: string): string {
  return securityContext?.paths?.[field] ?? `${path === '' ? '' : `${path}.`}securityContext.${field}`;
}

/** Where a field of the Pod itself stands. */
export function podPath({ path, paths }: PodSecurityPodSpec, field: string): string {
  return paths?.[field] ?? (path === '' ? field : `${path}.${field}`);
}

/** What was asked, short enough for a line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

/** A few values of a list, as many as fit into a line. */
export function quotedList(texts: readonly string[]): string {
  const shown = [...new Set(texts)].slice(0, 10).map(quoted).join(', ');
  return texts.length > 10 ? `${shown} and others` : shown;
}

/** Kubernetes leaves what only Linux has to Linux, from 1.25 on. */
export function isWindows({ spec }: PodSecuritySpec): boolean {
  return spec.os === 'windows';
}

/** Root in a user namespace is nobody on the host (KEP-127). */
export function hasUserNamespace({ spec }: PodSecuritySpec): boolean {
  return spec.hostUsers === false;
}
