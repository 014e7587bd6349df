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
    ['data:/b', 'volumes: {data: {external: {name: other}}}', { type: 'volume', source: 'other' }],
    ['data:/b', 'volumes: {data: {external: true}}', { type: 'volume', source: 'data' }],
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
    expect(request?.mounts.map(({ source }) => source)).toEqual(['/b', '/c']);
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
