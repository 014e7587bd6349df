import { createHmac, type KeyObject } from 'node:crypto';
import type { Digest } from '../base/index.ts';
import type { At, LaunchFingerprint, LaunchRequest } from '../model/index.ts';

/** What engines make up anew for each container: its ID as host name, names of anonymous volumes. */
const madeUp = /^[0-9a-f]{12,64}$/;

/**
 * What names a launch for whoever may admit the same again: the image, what is passed to it and every setting, but neither the
 * name of the container nor its labels, nor where things stand in what was asked. Keyed, since passwords are in it that could
 * be guessed. `image` is the digest that the image's name leads to, where that is known. Each form has fingerprints of its own.
 */
export function launchFingerprint(
  request: LaunchRequest,
  image: Digest | undefined,
  key: Uint8Array | KeyObject,
): LaunchFingerprint {
  const { security } = request;
  const parts = [
    request.form,
    request.action,
    request.role,
    request.workload.namespace ?? null,
    image ?? request.image?.id ?? request.image?.value ?? null,
    valuesOf(request.entrypoint),
    valuesOf(request.command),
    request.scripts.map(({ purpose, command }) => [purpose, valuesOf(command)]),
    sorted(request.environment.flatMap(variableOf)),
    sorted(request.files.map(({ target, content, from }) => [target, content ?? null, from ?? null])),
    sorted(request.mounts.map(mountOf)),
    request.workingDirectory?.value ?? null,
    request.user?.value.text ?? null,
    sorted(request.groups.map(({ value }) => value)),
    [
      security.privileged?.value ?? false,
      security.capabilities ? sorted(security.capabilities.map(({ value }) => value)) : null,
      security.seccomp?.value ?? null,
      security.apparmor?.value ?? null,
      security.selinux?.value ?? null,
      security.noNewPrivileges?.value ?? false,
      security.readOnlyRoot?.value ?? false,
      security.unmasked?.value ?? null,
      security.nonRoot?.value ?? null,
    ],
    sorted(request.namespaces.map(({ kind, mode, target }) => [kind, mode, target ?? null])),
    sorted(request.devices.map(({ kind, device, permissions }) => [kind, device, permissions ?? null])),
    sorted(request.sysctls.map(({ name, value }) => [name, value])),
    sorted(request.ports.map(({ container, host, hostAddress, protocol }) => [container, host, hostAddress, protocol])),
    [request.resources.memoryBytes, request.resources.cpus, request.resources.pids].map(
      (limit) => limit?.value ?? null,
    ),
    request.runtime?.value ?? null,
    request.cgroupParent?.value ?? null,
    sorted(request.volumesFrom.map(({ value }) => value)),
    sorted(request.others.map(({ name, value }) => [name, value])),
  ];
  return `sha256:${createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex')}`;
}

function valuesOf(values: readonly At<string>[] | undefined): readonly string[] | null {
  return values ? values.map(({ value }) => value) : null;
}

function variableOf({ name, value, from }: LaunchRequest['environment'][number]) {
  return name === 'HOSTNAME' && madeUp.test(value ?? '') ? [] : [[name, value ?? null, from ?? null]];
}

function mountOf({
  type,
  source,
  resolved,
  target,
  readOnly,
  propagation,
  driver,
  options,
  kind,
}: LaunchRequest['mounts'][number]) {
  const named = type === 'volume' && madeUp.test(source ?? '') ? null : (source ?? null);
  const told = Object.entries(options ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return [type, named, resolved ?? null, target, readOnly, propagation ?? null, driver ?? null, told, kind ?? null];
}

/** Order has no meaning in these. */
function sorted(items: readonly unknown[]): readonly string[] {
  return items.map((item) => JSON.stringify(item)).sort();
}
