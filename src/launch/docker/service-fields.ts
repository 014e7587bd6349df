import { type Fields, fieldsOf, harmless, listOf, mapOf, objectOf, other, read } from '../body-shape.ts';
import { healthcheckFields } from './container-fields.ts';
import { logsLocally, mountFields, ulimits } from './mount-fields.ts';

const stream = 'what the client sees of it';
const schedule = 'when and where tasks run, not what they are';
const network = listOf(
  objectOf(
    fieldsOf({
      Target: read('text'),
      Aliases: harmless(listOf('text'), 'names in its own network'),
      // com.docker.network.endpoint.sysctls is one.
      DriverOpts: other(mapOf('text')),
    }),
  ),
);
const file = objectOf(
  fieldsOf({
    Name: read('text'),
    UID: harmless('text', 'its owner in the container'),
    GID: harmless('text', 'its owner in the container'),
    Mode: harmless('integer', 'permissions in the container'),
  }),
);

const containerFields = fieldsOf({
  Image: read('text'),
  Labels: read(mapOf('text')),
  Command: read(listOf('text')),
  Args: read(listOf('text')),
  Hostname: harmless('text', 'a name in its own namespace'),
  Env: read(listOf('text')),
  Dir: read('text'),
  User: read('text'),
  Groups: read(listOf('text')),
  Privileges: read(
    objectOf(
      fieldsOf({
        CredentialSpec: other(objectOf(fieldsOf({ Config: read('text'), File: read('text'), Registry: read('text') }))),
        SELinuxContext: read(
          objectOf(
            fieldsOf({
              Disable: read('flag'),
              User: read('text'),
              Role: read('text'),
              Type: read('text'),
              Level: read('text'),
            }),
          ),
        ),
        // The profile is base64 of JSON.
        Seccomp: read(objectOf(fieldsOf({ Mode: read('text'), Profile: read('text') }))),
        AppArmor: read(objectOf(fieldsOf({ Mode: read('text') }))),
        NoNewPrivileges: read('flag'),
      }),
    ),
  ),
  Init: harmless('flag', "the engine's own program waits for its children"),
  StopSignal: harmless('text', 'a signal to itself'),
  TTY: harmless('flag', stream),
  OpenStdin: harmless('flag', stream),
  ReadOnly: read('flag'),
  Mounts: read(listOf(objectOf(mountFields))),
  StopGracePeriod: harmless('integer', 'a time'),
  Healthcheck: read(objectOf(healthcheckFields)),
  Hosts: harmless(listOf('text'), 'its own /etc/hosts'),
  DNSConfig: harmless(
    objectOf(
      fieldsOf({ Nameservers: read(listOf('text')), Search: read(listOf('text')), Options: read(listOf('text')) }),
    ),
    'how it asks for names',
  ),
  Secrets: read(listOf(objectOf(fieldsOf({ File: read(file), SecretID: read('text'), SecretName: read('text') })))),
  Configs: read(
    listOf(
      objectOf(
        fieldsOf({
          File: read(file),
          Runtime: harmless('empty', 'says that it is for the engine'),
          ConfigID: read('text'),
          ConfigName: read('text'),
        }),
      ),
    ),
  ),
  Isolation: other('text', (value) => String(value).toLowerCase() === 'default'),
  Sysctls: read(mapOf('text')),
  CapabilityAdd: read(listOf('text')),
  CapabilityDrop: read(listOf('text')),
  Ulimits: ulimits,
  OomScoreAdj: other('integer', (value) => typeof value === 'number' && value > 0),
});

const limits = objectOf(fieldsOf({ NanoCPUs: read('integer'), MemoryBytes: read('integer'), Pids: read('integer') }));

const isLocalLog = (value: unknown): boolean => logsLocally((value as { Name?: unknown } | null)?.Name ?? '');

const taskFields = fieldsOf({
  ContainerSpec: read(objectOf(containerFields)),
  // Installs a plugin, with whatever it may do.
  PluginSpec: other('any'),
  NetworkAttachmentSpec: other('any'),
  Resources: read(
    objectOf(
      fieldsOf({
        Limits: read(limits),
        Reservations: harmless('any', 'room that is kept free for it'),
        SwapBytes: harmless('integer', 'a limit'),
        MemorySwappiness: harmless('integer', 'how soon its own pages are swapped'),
      }),
    ),
  ),
  RestartPolicy: harmless('any', schedule),
  Placement: harmless('any', schedule),
  ForceUpdate: harmless('integer', schedule),
  Runtime: other('text', (value) => value === 'container'),
  Networks: read(network),
  LogDriver: other(objectOf(fieldsOf({ Name: read('text'), Options: read(mapOf('text')) })), isLocalLog),
});

/** Body of POST /services/create and of an update of one: ServiceSpec of the Docker Engine API (moby api/types/swarm). */
export const serviceFields: Fields = fieldsOf({
  Name: read('text'),
  Labels: read(mapOf('text')),
  TaskTemplate: read(objectOf(taskFields)),
  Mode: harmless('any', schedule),
  UpdateConfig: harmless('any', schedule),
  RollbackConfig: harmless('any', schedule),
  Networks: read(network),
  EndpointSpec: read(
    objectOf(
      fieldsOf({
        Mode: harmless('text', 'how its name is found'),
        Ports: read(
          listOf(
            objectOf(
              fieldsOf({
                Name: harmless('text', 'a name'),
                Protocol: read('text'),
                TargetPort: read('integer'),
                PublishedPort: read('integer'),
                PublishMode: harmless('text', 'a port of one host or of all'),
              }),
            ),
          ),
        ),
      }),
    ),
  ),
});
