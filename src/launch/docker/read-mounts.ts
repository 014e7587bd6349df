import type { LaunchMount, LaunchRequest } from '../../model/index.ts';
import type { BodyReader } from '../body-reader.ts';
import { quoteName } from '../json-value.ts';
import { LaunchError } from '../launch-error.ts';
import { parseBind, parseTarget } from '../mount-text.ts';

export interface ReadMounts {
  readonly mounts: readonly LaunchMount[];
  readonly others: LaunchRequest['others'];
}

/** Binds, Mounts and Tmpfs of a HostConfig. Throws LaunchError. */
export function readMounts(host: BodyReader): ReadMounts {
  const driver = host.text('VolumeDriver')?.value;
  const binds = host.texts('Binds').map(({ value, path }) => parseBind(value, path, driver));
  return {
    mounts: [
      ...binds.map(({ mount }) => mount),
      ...readMountList(host),
      ...host.pairs('Tmpfs').map(
        ({ name, value, path }): LaunchMount => ({
          type: 'tmpfs',
          path,
          target: parseTarget(name, path),
          readOnly: value.split(',').includes('ro'),
        }),
      ),
    ],
    others: binds.flatMap(({ others }) => others),
  };
}

const types = new Set<LaunchMount['type']>(['bind', 'volume', 'tmpfs', 'image']);
const propagations: ReadonlyMap<string, LaunchMount['propagation']> = new Map([
  ['private', undefined],
  ['rprivate', undefined],
  ['shared', 'shared'],
  ['rshared', 'shared'],
  ['slave', 'slave'],
  ['rslave', 'slave'],
]);

/** The list `Mounts` of a HostConfig, or of swarm's ContainerSpec. Throws LaunchError. */
export function readMountList(host: BodyReader): readonly LaunchMount[] {
  return host.objects('Mounts').map((mount) => {
    const asked = mount.text('Type')?.value;
    // npipe and cluster are known, and are no mounts of Linux, or none that a rule could look into.
    if (asked === undefined || !['bind', 'volume', 'tmpfs', 'image', 'npipe', 'cluster'].includes(asked))
      throw new LaunchError('bad-launch', mount.at('Type'), `${quoteName(asked ?? '')} is no type of a mount`);
    const type = [...types].find((each) => each === asked);
    const source = mount.text('Source')?.value;
    const config = mount.object('VolumeOptions')?.object('DriverConfig');
    const driver = config?.text('Name')?.value;
    const options = config?.record('Options');
    const propagation = readPropagation(mount.object('BindOptions'));
    return {
      type: type ?? 'other',
      ...(type ? {} : { kind: asked }),
      path: mount.path,
      target: parseTarget(mount.text('Target')?.value ?? '', mount.at('Target')),
      ...(source === undefined ? {} : { source }),
      readOnly: mount.flag('ReadOnly') !== undefined,
      ...(propagation === undefined ? {} : { propagation }),
      ...(driver === undefined ? {} : { driver }),
      ...(options === undefined ? {} : { options }),
    };
  });
}

function readPropagation(options: BodyReader | undefined): LaunchMount['propagation'] {
  const text = options?.text('Propagation');
  if (text && !propagations.has(text.value))
    throw new LaunchError('bad-launch', text.path, `${quoteName(text.value)} is no propagation`);
  return text && propagations.get(text.value);
}
