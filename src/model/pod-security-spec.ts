/**
 * Those fields of a Pod that the Pod Security Standards look at, with Kubernetes' own names and its difference between absent
 * and false (k8s.io/api/core/v1 PodSpec).
 */
export interface PodSecuritySpec {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSecurityPodSpec;
}

export interface PodSecurityPodSpec {
  readonly os?: string;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly hostUsers?: boolean;
  readonly securityContext?: PodSecurityContext;
  readonly containers: readonly PodSecurityContainer[];
  readonly initContainers: readonly PodSecurityContainer[];
  readonly ephemeralContainers: readonly PodSecurityContainer[];
  readonly volumes: readonly { readonly name: string; readonly kinds: readonly string[] }[];
}

/** Of a Pod or of a container; each has some of the fields only. */
export interface PodSecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly capabilities?: { readonly add: readonly string[]; readonly drop: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
  readonly appArmorProfile?: { readonly type: string };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
  readonly sysctls?: readonly { readonly name: string }[];
}

export interface PodSecurityContainer {
  readonly name: string;
  readonly securityContext?: PodSecurityContext;
  readonly ports: readonly { readonly hostPort?: number }[];
  /** Hosts that its probes and lifecycle hooks speak to. */
  readonly probeHosts: readonly { readonly host: string; readonly path: string }[];
}
