import { apparmor, seccomp, selinux } from './confinement.ts';
import { device } from './devices.ts';
import { image, pinned, registry } from './image.ts';
import { unseenInputs } from './inputs.ts';
import { launchCondition } from './launch-condition.ts';
import type { LaunchRule } from './launch-rule.ts';
import { cgroupParent, port, resource, runtime, sysctl } from './limits.ts';
import { engineSocket, hostPath, propagation, volumeDriver, volumesFrom } from './mounts.ts';
import { hostNamespace } from './namespaces.ts';
import { capability, maskedPaths, noNewPrivileges, privileged, readOnlyRoot } from './privileges.ts';
import { exec, unknownSetting } from './process.ts';
import { user } from './user.ts';

/** Every rule of launches, the worst first. One that is not here never runs. */
export const launchRules: readonly LaunchRule[] = [
  privileged,
  engineSocket,
  hostNamespace,
  hostPath,
  volumeDriver,
  capability,
  device,
  maskedPaths,
  seccomp,
  apparmor,
  selinux,
  image,
  registry,
  pinned,
  user,
  noNewPrivileges,
  readOnlyRoot,
  sysctl,
  resource,
  port,
  runtime,
  cgroupParent,
  volumesFrom,
  propagation,
  exec,
  unknownSetting,
  unseenInputs,
  launchCondition,
];
