import { engineActions, inputRuleIds } from '../../model/index.ts';
import type { SchemaBuilders } from '../document-kind.ts';

const closed = { additionalProperties: false };
const namespaceKinds = ['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'];

/** What is done with what a rule finds: refuse it, tell it alone, or say nothing. */
const choices = (t: SchemaBuilders) => (initial: Choice, description: string) =>
  t.Optional(t.Enum(['refuse', 'observe', 'allow'], { default: initial, description }));
export type Choice = 'refuse' | 'observe' | 'allow';

/** A list that is closed once it is there. */
const lists =
  (t: SchemaBuilders) =>
  (description: string, text: object = {}) =>
    t.Optional(t.Array(t.String({ minLength: 1, maxLength: 500, ...text }), { description }));

const demands = (t: SchemaBuilders) => (description: string) =>
  t.Optional(t.Enum(['require', 'ignore'], { default: 'ignore', description }));

/** Who the container is. */
export const identitySettings = (t: SchemaBuilders) => {
  const choice = choices(t);
  const list = lists(t);
  return {
    image: t.Optional(
      t.Object(
        {
          notCertified: choice(
            'observe',
            'Images without a certificate that holds; with "refuse", one of which nobody knows is not decided',
          ),
          registries: list('No others; registry.example/team/**; volumes that are images too. Default: any', {
            accepts: 'image-pattern',
          }),
          notPinned: choice('allow', 'Images that are named by neither digest nor whole ID'),
        },
        closed,
      ),
    ),
    user: t.Optional(
      t.Object(
        {
          root: choice('observe', 'User 0; with "refuse", a user of which nobody knows the number is not decided'),
          remapped: t.Optional(
            t.Boolean({
              default: false,
              description:
                'The engines of this scope give containers a user namespace of their own: user 0 is no root there, unless the host namespace is asked for',
            }),
          ),
          uids: list('No others: "1000-65535", "33". Default: any', { accepts: 'number-range' }),
          gids: list('No others, supplementary groups too. Default: any', { accepts: 'number-range' }),
          named: list('Names of users and groups that are taken for allowed ones. Default: none'),
        },
        closed,
      ),
    ),
  };
};

/** What it may do to its host. */
export const privilegeSettings = (t: SchemaBuilders) => {
  const choice = choices(t);
  const list = lists(t);
  const demand = demands(t);
  return {
    privileged: choice('refuse', 'Privileged containers and processes'),
    capabilities: t.Optional(
      t.Object(
        {
          allow: list(
            'No others beside the default set of engines, without CAP_. Default: any but those that are as good as root on the host, which are refused; others beside the default set are observed',
            { accepts: 'capability' },
          ),
          defaults: t.Optional(
            t.Enum(['allow', 'refuse'], {
              default: 'allow',
              description: 'refuse: those of the default set too must be listed, so all others have to be dropped',
            }),
          ),
        },
        closed,
      ),
    ),
    seccomp: t.Optional(
      t.Object(
        {
          unconfined: choice('refuse', 'No filter of system calls, where that was asked for'),
          unsaid: choice('observe', 'A Pod that says nothing, and has no filter by that'),
          profile: choice('allow', 'A profile of its own'),
        },
        closed,
      ),
    ),
    apparmor: t.Optional(
      t.Object(
        {
          unconfined: choice('refuse', 'No profile, where that was asked for'),
          profiles: list('No other profile beside the default, with *. Default: any'),
        },
        closed,
      ),
    ),
    selinux: t.Optional(
      t.Object(
        {
          disable: choice('observe', 'No confinement: "disable", and types such as spc_t'),
          types: list('No other type, with *. Default: any'),
        },
        closed,
      ),
    ),
    noNewPrivileges: demand('That no process gains privileges by setuid programs'),
    readOnlyRoot: demand('That the root file system is read-only'),
    maskedPaths: choice('refuse', 'Paths of /proc and /sys that are not hidden or not read-only'),
    devices: list(
      'No others: /dev/fuse, "nvidia=*", a rule of the device cgroup such as "c 10:229 rwm"; with *. Default: none, all are refused',
    ),
    namespaces: t.Optional(
      t.Object(
        {
          host: t.Optional(
            t.Array(t.Enum(namespaceKinds), {
              description:
                'Of the host, or named by a path: no others. Default: pid, network, ipc and uts are refused, user and cgroup observed',
            }),
          ),
          shared: t.Optional(
            t.Array(t.Enum(namespaceKinds), {
              description: 'With another container: no others. Default: all, observed',
            }),
          ),
        },
        closed,
      ),
    ),
    sysctls: list('No others, with *. Default: any; beside those that Kubernetes calls safe they are observed'),
    runtimes: list('No other runtime beside the default, with *. Default: any but a path, which is refused'),
    cgroupParent: choice('observe', 'A cgroup of its choice, and so the limits of another'),
  };
};

/** What of its host and network it gets. */
export const resourceSettings = (t: SchemaBuilders) => {
  const choice = choices(t);
  const list = lists(t);
  return {
    hostPaths: t.Optional(
      t.Array(
        t.Object(
          {
            path: t.String({
              accepts: 'plain-path',
              description:
                'This and all below it; * is any one part of it. An engine is never let in by it: see engineSockets',
            }),
            readOnly: t.Optional(t.Boolean({ default: false, description: 'Only where it is mounted read-only' })),
          },
          closed,
        ),
        {
          description:
            'No other path of the host. Default: any, observed, but /proc, /sys, /dev, /boot, /root, /usr and the like, and what is secret or writable below /etc, which are refused',
        },
      ),
    ),
    engineSockets: choice(
      'refuse',
      'Sockets and state of container engines and of Portwarden, and every directory that has one below it, / and /var too',
    ),
    volumes: t.Optional(
      t.Object(
        {
          disguised: choice('refuse', 'Volumes whose options mount a path or a device of the host'),
          drivers: list('No other driver beside "local", with *. Default: any'),
        },
        closed,
      ),
    ),
    volumesFrom: choice('observe', 'The mounts of another container'),
    propagation: choice('observe', 'Mounts that are passed on to the host or from it'),
    resources: t.Optional(
      t.Object(
        {
          require: t.Optional(
            t.Array(t.Enum(['memory', 'cpus', 'pids']), { description: 'Limits that must be there. Default: none' }),
          ),
          maxMemory: t.Optional(t.String({ accepts: 'size', description: '2GiB; no limit is more. Default: any' })),
          maxCpus: t.Optional(t.Number({ minimum: 0.001, maximum: 100_000, description: 'In cores. Default: any' })),
          maxPids: t.Optional(t.Integer({ minimum: 1, maximum: 10_000_000, description: 'Default: any' })),
        },
        closed,
      ),
    ),
    ports: t.Optional(
      t.Object(
        {
          host: list('Ports of the host, no others: "8000-8999", "443"; "0" is any free one. Default: any', {
            accepts: 'number-range',
          }),
          addresses: list('Of the host, no others: 127.0.0.1; "*" is what is published on all of them. Default: any'),
        },
        closed,
      ),
    ),
  };
};

/** What is passed to it, and what is left. */
/** What an engine is asked for besides starting containers. */
export const engineSettings = (t: SchemaBuilders) => ({
  engine: t.Optional(
    t.Record(t.String({ pattern: `^(?:${engineActions.join('|')})$` }), t.Enum(['refuse', 'allow']), {
      description: `Of the engines of the hosts in scope: ${engineActions.join(', ')}. Default: all but push are refused`,
    }),
  ),
});

export const inputSettings = (t: SchemaBuilders) => ({
  inputs: t.Optional(
    t.Object(
      {
        strictness: t.Optional(
          t.Integer({
            minimum: 1,
            maximum: 2,
            default: 1,
            description: '2: what is no more than a guess counts as well',
          }),
        ),
        rules: t.Optional(
          t.Record(t.String({ pattern: `^(?:${inputRuleIds.join('|')})$` }), t.Enum(['refuse', 'observe', 'allow']), {
            description: 'By rule: input/code: allow',
          }),
        ),
        otherRules: t.Optional(
          t.Enum(['refuse', 'observe', 'allow'], {
            description:
              'Rules that are not named. Default: refuse from severity high on, observe the rest. Where a rule may refuse, inputs that nobody could read are not decided',
          }),
        ),
        contract: t.Optional(
          t.Enum(['require', 'use', 'ignore'], {
            default: 'use',
            description: 'require: an image of which no InputContract speaks is refused',
          }),
        ),
        unseen: t.Optional(
          t.Enum(['allow', 'hold'], {
            default: 'allow',
            description:
              'hold: inputs that nobody has seen before are refused until somebody lets them pass by a ticket',
          }),
        ),
      },
      closed,
    ),
  ),
  exec: t.Optional(
    t.Enum(['refuse', 'allow', 'judge'], {
      default: 'judge',
      description: 'Processes in a container that runs: judge them by user, privileges and inputs',
    }),
  ),
  others: t.Optional(
    t.Enum(['refuse', 'undecided', 'observe', 'allow'], {
      default: 'undecided',
      description: 'Settings that no rule knows',
    }),
  ),
});
