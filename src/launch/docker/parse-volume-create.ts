import type { LaunchMount } from '../../model/index.ts';
import { BodyReader } from '../body-reader.ts';
import { checkBody } from '../body-shape.ts';
import type { JsonValue } from '../json-value.ts';
import { volumeFields } from './container-fields.ts';

/**
 * The mount that the body of POST /volumes/create makes possible: what the driver is told is in `options`, so that
 * `type=none,o=bind,device=/etc` of the driver `local` shows for what it is. It has no target yet. Throws LaunchError.
 */
export function parseVolumeCreate(body: JsonValue): LaunchMount {
  const volume = new BodyReader(checkBody(body, volumeFields), '');
  const source = volume.text('Name')?.value;
  const options = volume.record('DriverOpts');
  const isCluster = volume.raw('ClusterVolumeSpec') !== undefined;
  return {
    type: isCluster ? 'other' : 'volume',
    ...(isCluster ? { kind: 'cluster' } : {}),
    path: '',
    target: '',
    ...(source === undefined ? {} : { source }),
    readOnly: false,
    driver: volume.text('Driver')?.value ?? 'local',
    ...(options === undefined ? {} : { options }),
  };
}
