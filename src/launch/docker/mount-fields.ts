import { type Field, fieldsOf, harmless, listOf, mapOf, objectOf, other, read } from '../body-shape.ts';

const driverConfig = fieldsOf({ Name: read('text'), Options: read(mapOf('text')) });

/** Mount of the Docker Engine API 1.24 to 1.52 (moby api/types/mount): of HostConfig.Mounts and of swarm's ContainerSpec. */
export const mountFields = fieldsOf({
  Type: read('text'),
  Source: read('text'),
  Target: read('text'),
  ReadOnly: read('flag'),
  Consistency: harmless('text', 'a hint for virtual machines of desktops'),
  BindOptions: read(
    objectOf(
      fieldsOf({
        Propagation: read('text'),
        NonRecursive: harmless('flag', 'shows less of the host'),
        CreateMountpoint: harmless('flag', 'makes an empty folder, as Binds do without asking'),
        // What is mounted below stays writable although the mount says that it is not.
        ReadOnlyNonRecursive: other('flag'),
        ReadOnlyForceRecursive: harmless('flag', 'refuses where less could be made read-only'),
      }),
    ),
  ),
  VolumeOptions: read(
    objectOf(
      fieldsOf({
        NoCopy: harmless('flag', 'leaves out files of the image'),
        Labels: harmless(mapOf('text'), 'names for people'),
        Subpath: harmless('text', 'shows less of the volume'),
        DriverConfig: read(objectOf(driverConfig)),
      }),
    ),
  ),
  ImageOptions: read(objectOf(fieldsOf({ Subpath: harmless('text', 'shows less of the image') }))),
  TmpfsOptions: read(
    objectOf(
      fieldsOf({
        SizeBytes: harmless('integer', 'a limit'),
        Mode: harmless('integer', 'permissions inside of the container'),
        Options: other(listOf(listOf('text'))),
      }),
    ),
  ),
  ClusterOptions: harmless('empty', 'has no content'),
});

const weightDevice = objectOf(fieldsOf({ Path: read('text'), Weight: read('integer') }));
const rateDevice = objectOf(fieldsOf({ Path: read('text'), Rate: read('integer') }));
const ulimit = objectOf(fieldsOf({ Name: read('text'), Soft: read('integer'), Hard: read('integer') }));
const limit = 'a limit or weight of its own';
const windows = 'means nothing on Linux';

/** Ulimits reach no further than the process that has them, but for those that let it go before others on the host. */
const withoutPriority = (value: unknown): boolean =>
  Array.isArray(value) && !value.some((item) => ['rtprio', 'nice'].includes(String(item?.Name).toLowerCase()));

export const ulimits: Field = other(listOf(ulimit), withoutPriority);

const isNegative = (value: unknown): boolean => typeof value === 'number' && value < 0;

/** Resources of the Docker Engine API (moby api/types/container): inlined in HostConfig, and the body of an update. */
export const resourceFields: Readonly<Record<string, Field>> = {
  CpuShares: harmless('integer', limit),
  Memory: read('integer'),
  NanoCpus: read('integer'),
  CgroupParent: read('text'),
  BlkioWeight: harmless('integer', limit),
  BlkioWeightDevice: harmless(listOf(weightDevice), limit),
  BlkioDeviceReadBps: harmless(listOf(rateDevice), limit),
  BlkioDeviceWriteBps: harmless(listOf(rateDevice), limit),
  BlkioDeviceReadIOps: harmless(listOf(rateDevice), limit),
  BlkioDeviceWriteIOps: harmless(listOf(rateDevice), limit),
  CpuPeriod: read('integer'),
  CpuQuota: read('integer'),
  // Real-time tasks starve everything else on the host.
  CpuRealtimePeriod: other('integer'),
  CpuRealtimeRuntime: other('integer'),
  CpusetCpus: harmless('text', limit),
  CpusetMems: harmless('text', limit),
  Devices: read(
    listOf(
      objectOf(fieldsOf({ PathOnHost: read('text'), PathInContainer: read('text'), CgroupPermissions: read('text') })),
    ),
  ),
  DeviceCgroupRules: read(listOf('text')),
  DeviceRequests: read(
    listOf(
      objectOf(
        fieldsOf({
          Driver: read('text'),
          Count: read('integer'),
          DeviceIDs: read(listOf('text')),
          Capabilities: read(listOf(listOf('text'))),
          Options: other(mapOf('text')),
        }),
      ),
    ),
  ),
  DiskQuota: harmless('integer', windows),
  KernelMemory: harmless('integer', limit),
  KernelMemoryTCP: harmless('integer', limit),
  MemoryReservation: harmless('integer', limit),
  // -1 lifts the limit of swap.
  MemorySwap: other('integer', (value) => !isNegative(value)),
  MemorySwappiness: harmless('integer', 'how soon its own pages are swapped; clients send -1 for the default'),
  // With the killer off, a container without a limit brings the host to its knees.
  OomKillDisable: other('flag'),
  PidsLimit: read('integer'),
  Ulimits: ulimits,
  CpuCount: harmless('integer', windows),
  CpuPercent: harmless('integer', windows),
  IOMaximumIOps: harmless('integer', windows),
  IOMaximumBandwidth: harmless('integer', windows),
};

const localDrivers = ['', 'none', 'json-file', 'local', 'journald'];

/** A driver that writes to the host's own logs is harmless; any other sends what the container says to some address. */
export const logsLocally = (driver: unknown): boolean => typeof driver === 'string' && localDrivers.includes(driver);

export const restartPolicy: Field = harmless(
  objectOf(fieldsOf({ Name: read('text'), MaximumRetryCount: read('integer') })),
  'starts again what was allowed',
);
