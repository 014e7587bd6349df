import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import { parseCompose } from './parse-compose.ts';

const at = (value: unknown, path: string) => ({ value, path });

/** The service `s` of a file with these lines as its fields. */
function service(fields: string): LaunchRequest {
  const text = `services:\n  s:\n    image: a\n${fields.replace(/^/gm, '    ')}`;
  const [request] = parseCompose(text, 'compose.yaml').requests;
  if (!request) throw new Error('no service s');
  return request;
}

describe('fields of a service', () => {
  it.each<[fields: string, wanted: Partial<Record<keyof LaunchRequest, unknown>>]>([
    [
      'command: sh -c "a && b" $$X',
      {
        command: ['sh', '-c', 'a && b', '$X'].map((word) => at(word, 'services.s.command')),
      },
    ],
    [
      'command: [sh, -c, 1]',
      {
        command: ['sh', '-c', '1'].map((word, index) => at(word, `services.s.command[${index}]`)),
      },
    ],
    ['command: ""\nentrypoint: []', { command: [], entrypoint: [] }],
    ['command:\n', {}],
    ['entrypoint: /x y', { entrypoint: [at('/x', 'services.s.entrypoint'), at('y', 'services.s.entrypoint')] }],
    [
      'environment: {A: 1, B: true, C: , D: ""}',
      {
        environment: [
          { name: 'A', value: '1', path: 'services.s.environment.A' },
          { name: 'B', value: 'true', path: 'services.s.environment.B' },
          { name: 'C', path: 'services.s.environment.C', from: { kind: 'host', name: 'C' } },
          { name: 'D', value: '', path: 'services.s.environment.D' },
        ],
      },
    ],
    [
      'environment: [A=1, B, "C=x=$$y"]',
      {
        environment: [
          { name: 'A', value: '1', path: 'services.s.environment[0]' },
          { name: 'B', path: 'services.s.environment[1]', from: { kind: 'host', name: 'B' } },
          { name: 'C', value: 'x=$y', path: 'services.s.environment[2]' },
        ],
      },
    ],
    [
      'environment: ["A=${SECRET}", "B=http://${SECRET}@h"]',
      {
        environment: [
          { name: 'A', path: 'services.s.environment[0]', from: { kind: 'host', name: 'SECRET' } },
          { name: 'B', value: 'http://@h', path: 'services.s.environment[1]', from: { kind: 'host', name: 'SECRET' } },
        ],
      },
    ],
    ['env_file: .env', { others: [{ name: 'env_file', value: '.env', path: 'services.s.env_file' }] }],
    [
      'env_file: [{path: x, required: false}]',
      {
        others: [{ name: 'env_file', value: 'x', path: 'services.s.env_file[0]' }],
      },
    ],
    [
      'healthcheck: {test: curl x, interval: 5s}',
      {
        scripts: [
          {
            purpose: 'healthcheck',
            command: ['/bin/sh', '-c', 'curl x'].map((word) => at(word, 'services.s.healthcheck.test')),
          },
        ],
      },
    ],
    [
      'healthcheck: {test: [CMD, curl, x]}',
      {
        scripts: [
          {
            purpose: 'healthcheck',
            command: [at('curl', 'services.s.healthcheck.test[1]'), at('x', 'services.s.healthcheck.test[2]')],
          },
        ],
      },
    ],
    [
      'healthcheck: {test: [CMD-SHELL, a | b]}',
      {
        scripts: [
          {
            purpose: 'healthcheck',
            command: ['/bin/sh', '-c', 'a | b'].map((word) => at(word, 'services.s.healthcheck.test[1]')),
          },
        ],
      },
    ],
    ['healthcheck: {test: [NONE]}', { scripts: [] }],
    ['healthcheck: {disable: true, test: x}', { scripts: [] }],
    [
      'post_start: [{command: a b, user: root, privileged: true}]',
      {
        scripts: [
          {
            purpose: 'post-start',
            command: [at('a', 'services.s.post_start[0].command'), at('b', 'services.s.post_start[0].command')],
          },
        ],
        security: { privileged: at(true, 'services.s.post_start[0].privileged') },
        others: [{ name: 'post-start user', value: 'root', path: 'services.s.post_start[0].user' }],
      },
    ],
    [
      'pre_stop: [{command: [a], environment: [X=1]}]',
      {
        scripts: [{ purpose: 'pre-stop', command: [at('a', 'services.s.pre_stop[0].command[0]')] }],
        environment: [{ name: 'X', value: '1', path: 'services.s.pre_stop[0].environment[0]' }],
      },
    ],
    [
      'privileged: yes\nread_only: "true"',
      {
        security: { privileged: at(true, 'services.s.privileged'), readOnlyRoot: at(true, 'services.s.read_only') },
      },
    ],
    [
      'security_opt: ["seccomp:unconfined", no-new-privileges]',
      {
        security: {
          seccomp: at('unconfined', 'services.s.security_opt[0]'),
          noNewPrivileges: at(true, 'services.s.security_opt[1]'),
        },
      },
    ],
    [
      'cap_drop: [ALL]\ncap_add: [CAP_CHOWN]',
      {
        security: { capabilities: [at('CHOWN', 'services.s.cap_add[0]')] },
      },
    ],
    [
      'user: "0:0"\ngroup_add: [docker, 998]',
      {
        user: at({ text: '0:0', uid: 0, gid: 0 }, 'services.s.user'),
        groups: [at('docker', 'services.s.group_add[0]'), at('998', 'services.s.group_add[1]')],
      },
    ],
    [
      'pid: host\nipc: "service:db"\nuts: host\ncgroup: host\nuserns_mode: host\nnetwork_mode: "container:x"',
      {
        namespaces: [
          { kind: 'pid', path: 'services.s.pid', mode: 'host' },
          { kind: 'ipc', path: 'services.s.ipc', mode: 'shared', target: 'db' },
          { kind: 'uts', path: 'services.s.uts', mode: 'host' },
          { kind: 'cgroup', path: 'services.s.cgroup', mode: 'host' },
          { kind: 'user', path: 'services.s.userns_mode', mode: 'host' },
          { kind: 'network', path: 'services.s.network_mode', mode: 'shared', target: 'x' },
        ],
      },
    ],
    ['pid: weird', { others: [{ name: 'pid namespace', value: 'weird', path: 'services.s.pid' }] }],
    ['network_mode: none\nipc: shareable', { namespaces: [] }],
    [
      'devices: ["/dev/fuse", {source: /dev/sda, target: /dev/x, permissions: r}]',
      {
        devices: [
          { path: 'services.s.devices[0]', device: '/dev/fuse', kind: 'path', permissions: 'rwm' },
          { path: 'services.s.devices[1]', device: '/dev/sda', kind: 'path', permissions: 'r' },
        ],
      },
    ],
    [
      'device_cgroup_rules: ["c 1:3 mr"]\ngpus: all',
      {
        devices: [
          { path: 'services.s.device_cgroup_rules[0]', device: 'c 1:3 mr', kind: 'cgroup-rule', permissions: 'mr' },
          { path: 'services.s.gpus', device: 'gpu=all', kind: 'request' },
        ],
      },
    ],
    [
      'deploy: {resources: {limits: {memory: 1g, cpus: "0.5", pids: 9}, reservations: {devices: [{capabilities: [gpu]}]}}}',
      {
        resources: {
          memoryBytes: at(1024 ** 3, 'services.s.deploy.resources.limits.memory'),
          cpus: at(0.5, 'services.s.deploy.resources.limits.cpus'),
          pids: at(9, 'services.s.deploy.resources.limits.pids'),
        },
        devices: [
          {
            path: 'services.s.deploy.resources.reservations.devices[0]',
            device: 'device,capabilities=gpu',
            kind: 'request',
          },
        ],
      },
    ],
    [
      'mem_limit: 512m\ncpus: 2\npids_limit: -1',
      {
        resources: { memoryBytes: at(512 * 1024 ** 2, 'services.s.mem_limit'), cpus: at(2, 'services.s.cpus') },
      },
    ],
    [
      'sysctls: {net.core.somaxconn: 1024}',
      {
        sysctls: [{ name: 'net.core.somaxconn', value: '1024', path: 'services.s.sysctls["net.core.somaxconn"]' }],
      },
    ],
    [
      'sysctls: [kernel.shm_rmid_forced=1]',
      {
        sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1', path: 'services.s.sysctls[0]' }],
      },
    ],
    [
      'ports: [8080, "80:80/udp", {target: 80, published: "8080", host_ip: "::1"}, {target: 81}]',
      {
        ports: [
          { path: 'services.s.ports[0]', container: 8080, host: 0, protocol: 'tcp' },
          { path: 'services.s.ports[1]', container: 80, host: 80, protocol: 'udp' },
          { path: 'services.s.ports[2]', container: 80, host: 8080, hostAddress: '::1', protocol: 'tcp' },
          { path: 'services.s.ports[3]', container: 81, host: 0, protocol: 'tcp' },
        ],
      },
    ],
    ['expose: [80]', { ports: [{ path: 'services.s.expose[0]', container: 80, protocol: 'tcp' }] }],
    [
      'tmpfs: "/run:size=64m"',
      {
        mounts: [{ type: 'tmpfs', path: 'services.s.tmpfs', target: '/run', readOnly: false }],
      },
    ],
    [
      'working_dir: /w\nruntime: runsc\ncgroup_parent: /x\nvolumes_from: ["a:ro"]',
      {
        workingDirectory: at('/w', 'services.s.working_dir'),
        runtime: at('runsc', 'services.s.runtime'),
        cgroupParent: at('/x', 'services.s.cgroup_parent'),
        volumesFrom: [at('a:ro', 'services.s.volumes_from[0]')],
      },
    ],
    [
      'use_api_socket: true',
      {
        mounts: [
          {
            type: 'bind',
            path: 'services.s.use_api_socket',
            target: '/var/run/docker.sock',
            source: '/var/run/docker.sock',
            readOnly: false,
          },
        ],
      },
    ],
    ['build: ./web', { others: [{ name: 'build', value: 'build:./web', path: 'services.s.build' }] }],
    [
      'logging: {driver: syslog}',
      {
        others: [{ name: 'logging', value: 'syslog', path: 'services.s.logging.driver' }],
      },
    ],
    ['Privileged: true', { others: [{ name: 'Privileged', value: 'true', path: 'services.s.Privileged' }] }],
    [
      'provider: {type: x}\nx-y: 1',
      {
        others: [{ name: 'provider', value: '{"type":"x"}', path: 'services.s.provider' }],
      },
    ],
    ['annotations: {a: b}', { others: [{ name: 'annotation', value: 'a=b', path: 'services.s.annotations.a' }] }],
    [
      'working_dir: /$U',
      {
        workingDirectory: at('/', 'services.s.working_dir'),
        others: [{ name: 'unset variable', value: 'U', path: 'services.s.working_dir' }],
      },
    ],
    ['restart: always\nhostname: h\nulimits: {nofile: 1}\nlogging: {driver: local}\nstdin_open: true', { others: [] }],
  ])('%s', (fields, wanted) => {
    expect(service(fields)).toMatchObject(wanted);
  });
});
