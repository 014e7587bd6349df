import { type Fields, fieldsOf, harmless, listOf, mapOf, objectOf, other, read, refused } from '../body-shape.ts';
import { logsLocally, mountFields, resourceFields, restartPolicy } from './mount-fields.ts';

const stream = 'what the client sees of it';
const inHostConfig = 'its place is HostConfig';
const address = 'an address or name in its own network';
const operational = 'the engine writes it and reads it from nobody';

export const healthcheckFields = fieldsOf({
  Test: read(listOf('text')),
  Interval: harmless('integer', 'a time'),
  Timeout: harmless('integer', 'a time'),
  StartPeriod: harmless('integer', 'a time'),
  StartInterval: harmless('integer', 'a time'),
  Retries: harmless('integer', 'a count'),
});

/** Config of the Docker Engine API 1.24 to 1.52 (moby api/types/container): of a create body at its top, and of a commit. */
export const configFields = {
  Hostname: harmless('text', 'a name in its own namespace; engines refuse it in that of the host'),
  Domainname: harmless('text', 'as the host name'),
  User: read('text'),
  AttachStdin: harmless('flag', stream),
  AttachStdout: harmless('flag', stream),
  AttachStderr: harmless('flag', stream),
  ExposedPorts: read(mapOf('empty')),
  Tty: harmless('flag', stream),
  OpenStdin: harmless('flag', stream),
  StdinOnce: harmless('flag', stream),
  Env: read(listOf('text')),
  Cmd: read('words'),
  Healthcheck: read(objectOf(healthcheckFields)),
  ArgsEscaped: harmless('flag', 'means nothing on Linux'),
  Image: read('text'),
  Volumes: read(mapOf('empty')),
  WorkingDir: read('text'),
  Entrypoint: read('words'),
  NetworkDisabled: harmless('flag', 'takes its network away'),
  MacAddress: other('text'),
  OnBuild: other(listOf('text')),
  Labels: read(mapOf('text')),
  StopSignal: harmless('text', 'a signal to itself'),
  StopTimeout: harmless('integer', 'a time'),
  // The shell that runs a health check.
  Shell: read('words'),
};

const networkingFields = fieldsOf({
  EndpointsConfig: read(
    mapOf(
      objectOf(
        fieldsOf({
          IPAMConfig: harmless(
            objectOf(
              fieldsOf({ IPv4Address: read('text'), IPv6Address: read('text'), LinkLocalIPs: read(listOf('text')) }),
            ),
            address,
          ),
          // Brings the environment of another container.
          Links: other(listOf('text')),
          Aliases: harmless(listOf('text'), address),
          NetworkID: harmless('text', operational),
          EndpointID: harmless('text', operational),
          Gateway: harmless('text', operational),
          IPAddress: harmless('text', operational),
          IPPrefixLen: harmless('integer', operational),
          IPv6Gateway: harmless('text', operational),
          GlobalIPv6Address: harmless('text', operational),
          GlobalIPv6PrefixLen: harmless('integer', operational),
          DNSNames: harmless(listOf('text'), operational),
          MacAddress: other('text'),
          // com.docker.network.endpoint.sysctls is one.
          DriverOpts: other(mapOf('text')),
          GwPriority: harmless('integer', 'which of its networks is asked first'),
        }),
      ),
    ),
  ),
});

const isLocalLog = (value: unknown): boolean => logsLocally((value as { Type?: unknown } | null)?.Type ?? '');

/** HostConfig of the Docker Engine API 1.24 to 1.52 (moby api/types/container), with what is only in older ones. */
export const hostConfigFields: Fields = fieldsOf({
  ...resourceFields,
  Binds: read(listOf('text')),
  ContainerIDFile: harmless('text', 'a file that the client writes'),
  LogConfig: other(objectOf(fieldsOf({ Type: read('text'), Config: read(mapOf('text')) })), isLocalLog),
  NetworkMode: read('text'),
  PortBindings: read(mapOf(listOf(objectOf(fieldsOf({ HostIp: read('text'), HostPort: read('text') }))))),
  RestartPolicy: restartPolicy,
  AutoRemove: harmless('flag', 'removes what has ended'),
  VolumeDriver: read('text'),
  VolumesFrom: read(listOf('text')),
  ConsoleSize: harmless(listOf('integer'), stream),
  // Some runtimes take orders from them: run.oci.*, io.katacontainers.config.*, dev.gvisor.*.
  Annotations: other(mapOf('text')),
  CapAdd: read('words'),
  CapDrop: read('words'),
  CgroupnsMode: read('text'),
  Dns: harmless(listOf('text'), 'whom it asks for names'),
  DnsOptions: harmless(listOf('text'), 'how it asks for names'),
  DnsSearch: harmless(listOf('text'), 'how it asks for names'),
  ExtraHosts: harmless(listOf('text'), 'its own /etc/hosts'),
  GroupAdd: read(listOf('text')),
  IpcMode: read('text'),
  Cgroup: read('text'),
  // Brings the environment of another container.
  Links: other(listOf('text')),
  LxcConf: other('any'),
  OomScoreAdj: other('integer', (value) => typeof value === 'number' && value > 0),
  PidMode: read('text'),
  Privileged: read('flag'),
  PublishAllPorts: read('flag'),
  ReadonlyRootfs: read('flag'),
  SecurityOpt: read(listOf('text')),
  StorageOpt: other(mapOf('text'), (value) => Object.keys(value as object).join() === 'size'),
  Tmpfs: read(mapOf('text')),
  UTSMode: read('text'),
  UsernsMode: read('text'),
  ShmSize: harmless('integer', 'memory that counts as its own'),
  Sysctls: read(mapOf('text')),
  Runtime: read('text'),
  Isolation: other('text', (value) => String(value).toLowerCase() === 'default'),
  Mounts: read(listOf(objectOf(mountFields))),
  MaskedPaths: read(listOf('text')),
  ReadonlyPaths: read(listOf('text')),
  Init: harmless('flag', "the engine's own program waits for its children"),
  InitPath: other('text'),
});

/** Body of POST /containers/create. */
export const createFields: Fields = fieldsOf({
  ...configFields,
  HostConfig: read(objectOf(hostConfigFields)),
  NetworkingConfig: read(objectOf(networkingFields)),
  // Before API 1.18 at the top; dockerd 20.10 still takes every field of HostConfig there where HostConfig is absent.
  Memory: refused(inHostConfig),
  MemorySwap: refused(inHostConfig),
  CpuShares: refused(inHostConfig),
  Cpuset: refused(inHostConfig),
  CpusetCpus: refused(inHostConfig),
  VolumeDriver: refused(inHostConfig),
  VolumesFrom: refused(inHostConfig),
  Dns: refused(inHostConfig),
  SecurityOpt: refused(inHostConfig),
  Runtime: refused(inHostConfig),
  Privileged: refused(inHostConfig),
  PortSpecs: refused('it is PortBindings now'),
});

/** Body of POST /containers/NAME/exec. */
export const execFields: Fields = fieldsOf({
  User: read('text'),
  Privileged: read('flag'),
  Tty: harmless('flag', stream),
  ConsoleSize: harmless(listOf('integer'), stream),
  AttachStdin: harmless('flag', stream),
  AttachStdout: harmless('flag', stream),
  AttachStderr: harmless('flag', stream),
  Detach: harmless('flag', stream),
  DetachKeys: harmless('text', stream),
  Env: read(listOf('text')),
  WorkingDir: read('text'),
  Cmd: read('words'),
  Container: harmless('text', 'the engine takes the one that the path names'),
});

/** Body of POST /containers/NAME/update. */
export const updateFields: Fields = fieldsOf({ ...resourceFields, RestartPolicy: restartPolicy });

/** Body of POST /volumes/create. */
export const volumeFields: Fields = fieldsOf({
  Name: read('text'),
  Driver: read('text'),
  DriverOpts: read(mapOf('text')),
  Labels: harmless(mapOf('text'), 'names for people'),
  ClusterVolumeSpec: read('any'),
});
