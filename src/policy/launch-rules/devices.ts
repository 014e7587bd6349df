import { globMatches, type LaunchDevice } from '../../model/index.ts';
import { compileHostPath, formatHostPath } from './host-path.ts';
import { type LaunchRule, shown } from './launch-rule.ts';

/** As it is compared with the list; undefined where it may be any. */
function nameOf({ device, kind }: LaunchDevice): string | undefined {
  if (kind !== 'path') return device.trim().replace(/\s+/g, ' ');
  const path = compileHostPath(device);
  return path && !path.climbs && !path.throughProcess ? formatHostPath(path) : undefined;
}

export const device: LaunchRule = {
  id: 'launch/device',
  title: 'It gets a device of the host',
  remedy: 'Leave the device out, or have it listed in the policy',
  evaluate({ request }, { devices: allowed = [] }) {
    const findings = request.devices.flatMap((asked) => {
      const name = nameOf(asked);
      if (name !== undefined && allowed.some((pattern) => globMatches(pattern, name))) return [];
      return [
        {
          severity: asked.kind === 'request' ? ('medium' as const) : ('high' as const),
          path: asked.path,
          subject: shown(name ?? asked.device),
          evidence: `${shown(asked.device)}${asked.permissions === undefined ? '' : `, ${shown(asked.permissions)}`}`,
        },
      ];
    });
    return { findings };
  },
};
