import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import { LaunchError } from '../launch-error.ts';
import { type ComposeOptions, parseCompose } from './parse-compose.ts';

const at = (value: unknown, path: string) => ({ value, path });

/** The service `s` of a file with these lines as its fields, and what follows at the top. */
function service(fields: string, top = '', options: ComposeOptions = {}): LaunchRequest {
  const text = `services:\n  s:\n    image: a\n${fields.replace(/^/gm, '    ')}\n${top}`;
  const request = parseCompose(text, 'compose.yaml', options).requests.find(({ name }) => name === 's');
  if (!request) throw new Error('no service s');
  return request;
}

function refusal(run: () => unknown): LaunchError {
  try {
    run();
  } catch (error) {
    if (error instanceof LaunchError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a compose file', () => {
  it('gives each service, with its place', () => {
    const { form, requests } = parseCompose(
      'name: shop\nx-a: 1\nservices:\n  web: {image: nginx:1.27, labels: [a=b]}\n  "db.1": {image: postgres}',
      'f',
    );
    expect(form).toBe('compose');
    expect(requests.map(({ path, name }) => [path, name])).toEqual([
      ['services.web', 'web'],
      ['services["db.1"]', 'db.1'],
    ]);
    expect(requests[0]?.workload).toEqual({ name: 'web', project: 'shop', labels: { a: 'b' } });
    expect(requests[0]?.image).toMatchObject({ path: 'services.web.image', reference: { tag: '1.27' } });
  });

  it('takes a value in place of a text', () => {
    expect(parseCompose({ services: { s: { image: 'a' } } }, 'f').requests).toHaveLength(1);
  });

  it('adds nothing that was not asked', () => {
    expect(service('')).toEqual({
      form: 'compose',
      action: 'start',
      path: 'services.s',
      role: 'container',
      name: 's',
      workload: { name: 's', labels: {} },
      image: expect.objectContaining({ value: 'a' }),
      scripts: [],
      environment: [],
      files: [],
      mounts: [],
      groups: [],
      security: {},
      namespaces: [],
      devices: [],
      sysctls: [],
      ports: [],
      resources: {},
      volumesFrom: [],
      others: [],
    });
  });

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

  it('gives a service without image its place of building, and why that is no image', () => {
    const [request] = parseCompose('services: {s: {build: {context: ./web}}}', 'f').requests;
    expect(request?.image).toEqual({
      value: 'build:./web',
      path: 'services.s.build',
      problem: expect.stringContaining('built'),
    });
    expect(parseCompose('services: {s: {}}', 'f').requests[0]?.image?.problem).toBe('no image is named');
  });

  it.each<[item: string, top: string, mount: object]>([
    ['/etc:/e:ro', '', { type: 'bind', source: '/etc', target: '/e', readOnly: true }],
    ['./a:/b', '', { type: 'bind', source: './a', target: '/b' }],
    ['data:/b', 'volumes: {data: }', { type: 'volume', source: 'data', target: '/b' }],
    [
      'data:/b',
      'volumes: {data: {driver: local, driver_opts: {type: none, o: bind, device: /etc}}}',
      { type: 'volume', source: 'data', driver: 'local', options: { type: 'none', o: 'bind', device: '/etc' } },
    ],
    ['data:/b', 'volumes: {data: {name: other}}', { type: 'volume', source: 'other' }],
    ['{type: bind, source: /a, target: /b, bind: {propagation: rshared}}', '', { type: 'bind', propagation: 'shared' }],
    ['{type: volume, source: /a, target: /b}', '', { type: 'bind', source: '/a' }],
    ['{type: tmpfs, target: /b, tmpfs: {size: 1m}}', '', { type: 'tmpfs', target: '/b' }],
    ['{type: image, source: "a:1", target: /b, read_only: true}', '', { type: 'image', source: 'a:1', readOnly: true }],
    ['/only', '', { type: 'volume', target: '/only' }],
  ])('mounts %s', (item, top, mount) => {
    const request = service(`volumes:\n- ${item}`, top);
    expect(request.mounts).toEqual([expect.objectContaining({ path: 'services.s.volumes[0]', ...mount })]);
    expect(request.others).toEqual([]);
  });

  it('reads files whose content it is given, and says of others where they come from', () => {
    const request = service(
      'env_file: [a.env]\nenvironment: {B: own}\nsecrets: [pw, {source: ext, target: /x}, env]\nconfigs: [inline, {source: f, target: c.conf}]',
      [
        'secrets: {pw: {file: ./pw.txt}, ext: {external: true}, env: {environment: TOKEN}}',
        'configs: {inline: {content: "a=${A}"}, f: {file: ./f}}',
      ].join('\n'),
      {
        variables: new Map([['A', '1']]),
        files: new Map([
          ['a.env', 'A=$A\nB=2\n'],
          ['./f', 'text'],
        ]),
      },
    );
    expect(request.environment).toEqual([
      { name: 'A', value: '1', path: 'services.s.env_file[0]' },
      { name: 'B', value: 'own', path: 'services.s.environment.B' },
    ]);
    expect(request.files).toEqual([
      { target: '/run/secrets/pw', path: 'services.s.secrets[0]', from: { kind: 'file', name: './pw.txt' } },
      { target: '/x', path: 'services.s.secrets[1]', from: { kind: 'secret', name: 'ext' } },
      { target: '/run/secrets/env', path: 'services.s.secrets[2]', from: { kind: 'host', name: 'TOKEN' } },
      { target: '/inline', path: 'services.s.configs[0]', content: 'a=1' },
      { target: '/c.conf', path: 'services.s.configs[1]', content: 'text', from: { kind: 'file', name: './f' } },
    ]);
    expect(request.mounts).toMatchObject([
      { type: 'secret', source: './pw.txt', target: '/run/secrets/pw', readOnly: true },
      { type: 'config', source: './f', target: '/c.conf', readOnly: true },
    ]);
  });

  it('sees the network of the host behind another name', () => {
    const top = 'networks: {n: {external: true, name: host}, m: {driver: macvlan}, o: {}}';
    const request = service('networks: [n, m, o]', top);
    expect(request.namespaces).toEqual([{ kind: 'network', path: 'services.s.networks[0]', mode: 'host' }]);
    expect(request.others).toEqual([{ name: 'network driver', value: 'macvlan', path: 'services.s.networks[1]' }]);
  });

  it('follows extends in the file and merge keys, the nearer one first', () => {
    const [, , request] = parseCompose(
      [
        'x-all: &all {privileged: true, hostname: h}',
        'services:',
        '  root: {image: a, cap_add: [SYS_ADMIN], environment: {A: 1, B: 1}, volumes: ["/a:/x", "/b:/y"]}',
        '  base: {extends: root, <<: *all, environment: [B=2]}',
        '  web: {extends: {service: base}, image: b, cap_add: [NET_ADMIN], environment: {A: 3}, volumes: ["/c:/x"]}',
      ].join('\n'),
      'f',
    ).requests;
    expect(request?.image?.value).toBe('b');
    expect(request?.security.privileged).toEqual(at(true, 'services.base.privileged'));
    expect(request?.environment).toMatchObject([
      { name: 'A', value: '3', path: 'services.web.environment.A' },
      { name: 'B', value: '2', path: 'services.base.environment[0]' },
    ]);
    expect(request?.mounts.map(({ source }) => source)).toEqual(['/c', '/b']);
    const added = request?.security.capabilities?.map(({ value }) => value);
    expect(added).toEqual(expect.arrayContaining(['SYS_ADMIN', 'NET_ADMIN']));
  });

  it.each([
    ['services: []', 'services'],
    ['{}', 'services'],
    ['services: {s: []}', 'services.s'],
    ['services: {s: {image: [a]}}', 'services.s.image'],
    ['services: {s: {image: a, privileged: maybe}}', 'services.s.privileged'],
    ['services: {s: {image: a, cap_add: SYS_ADMIN}}', 'services.s.cap_add'],
    ['services: {s: {image: a, cap_add: [SYS_X]}}', 'services.s.cap_add[0]'],
    ['services: {s: {image: a, environment: [[A]]}}', 'services.s.environment[0]'],
    ['services: {s: {image: a, environment: {A: {}}}}', 'services.s.environment.A'],
    ['services: {s: {image: a, ports: [x]}}', 'services.s.ports[0]'],
    ['services: {s: {image: a, ports: [{target: 80, hostport: 1}]}}', 'services.s.ports[0].hostport'],
    ['services: {s: {image: a, volumes: [{type: bind, source: /a}]}}', 'services.s.volumes[0]'],
    ['services: {s: {image: a, volumes: [{type: hole, target: /a}]}}', 'services.s.volumes[0]'],
    ['services: {s: {image: a, healthcheck: {test: [curl]}}}', 'services.s.healthcheck.test[0]'],
    ['services: {s: {image: a, command: "a \\"b"}}', 'services.s.command'],
    ['services: {s: {image: a, command: "a $"}}', 'services.s.command'],
    ['services: {s: {image: a, mem_limit: much}}', 'services.s.mem_limit'],
    ['services: {s: {image: a, deploy: {resources: {limits: {x: 1}}}}}', 'services.s.deploy.resources.limits.x'],
    ['services: {s: {extends: s}}', 'services.s'],
    ['services: {s: {extends: t}, t: {extends: s}}', 'services.s'],
    ['services: {s: {extends: none}}', 'services.none'],
    ['services: {s: {extends: {file: a, service: b}}}', 'services.s.extends.file'],
    ['include: [a.yaml]\nservices: {}', 'include'],
    ['Services: {}', 'Services'],
    ['service: {}', 'service'],
  ])('refuses %s', (text, path) => {
    expect(refusal(() => parseCompose(text, 'f.yaml')).path).toBe(path);
  });

  it('names the file and line of what is no YAML', () => {
    expect(refusal(() => parseCompose('services:\n  a: *b', 'f.yaml')).message).toContain('f.yaml:2:6');
    expect(refusal(() => parseCompose('', 'f.yaml')).path).toBe('f.yaml');
    expect(refusal(() => parseCompose('a: 1\n---\nb: 1', 'f.yaml')).path).toBe('f.yaml:3');
  });

  it('requires variables where it knows all that are set', () => {
    const text = 'services: {s: {image: "${U:?must}"}}';
    expect(parseCompose(text, 'f').requests[0]?.image?.problem).toBeDefined();
    expect(refusal(() => parseCompose(text, 'f', { variables: new Map() })).path).toBe('services.s.image');
  });

  it('keeps names that every object has apart', () => {
    const text = 'services: {__proto__: {image: a}, constructor: {image: b, environment: {__proto__: x}}}';
    const { requests } = parseCompose(text, 'f');
    expect(requests.map(({ name, image }) => [name, image?.value])).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(requests[1]?.environment).toMatchObject([{ name: '__proto__', value: 'x' }]);
    expect(refusal(() => parseCompose('services: {s: {extends: toString}}', 'f')).path).toBe('services.toString');
  });

  it('is bounded', () => {
    const many = Array.from({ length: 501 }, (_, index) => `  s${index}: {image: a}`).join('\n');
    expect(refusal(() => parseCompose(`services:\n${many}`, 'f')).code).toBe('launch-limit');
    expect(refusal(() => service('ports: ["1-65535:1-65535", "1-65535:1-65535/udp"]')).code).toBe('launch-limit');
  });
});
