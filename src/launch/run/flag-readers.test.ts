import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import { parseRunLine } from './parse-run-line.ts';

const at = (value: unknown, path: string) => ({ value, path });

function only(line: string | readonly string[]): LaunchRequest {
  const { form, requests } = parseRunLine(line);
  expect([form, requests.length]).toEqual(['run', 1]);
  return requests[0] as LaunchRequest;
}

function run(flags: string): LaunchRequest {
  return only(`docker run ${flags} img`);
}

describe('flags', () => {
  it.each<[flags: string, wanted: Partial<Record<keyof LaunchRequest, unknown>>]>([
    ['', { security: {}, environment: [], mounts: [], others: [] }],
    [
      '-e A=1 --env B= -e C',
      {
        environment: [
          { name: 'A', value: '1', path: '--env[0]' },
          { name: 'B', value: '', path: '--env[1]' },
          { name: 'C', path: '--env[2]', from: { kind: 'host', name: 'C' } },
        ],
      },
    ],
    [
      '-e A=$X -e "B=a-${Y:-z}" -e C=$(cat s) -e D=\'$X\'',
      {
        environment: [
          { name: 'A', path: '--env[0]', from: { kind: 'host', name: 'X' } },
          { name: 'B', value: 'a-${Y:-z}', path: '--env[1]', from: { kind: 'host', name: 'Y' } },
          { name: 'C', path: '--env[2]', from: { kind: 'host', name: 'cat s' } },
          { name: 'D', value: '$X', path: '--env[3]' },
        ],
        others: [],
      },
    ],
    [
      '-v /a:/b:ro --volume d:/d -v /e',
      {
        mounts: [
          { type: 'bind', path: '--volume[0]', source: '/a', target: '/b', readOnly: true },
          { type: 'volume', path: '--volume[1]', source: 'd', target: '/d', readOnly: false },
          { type: 'volume', path: '--volume[2]', target: '/e', readOnly: false },
        ],
      },
    ],
    [
      '-v "$PWD":/b -v ${A:-/x}:/c',
      {
        mounts: [
          { type: 'bind', source: '$PWD', target: '/b' },
          { type: 'bind', source: '${A}', target: '/c' },
        ],
        others: [
          { name: 'shell expansion', value: 'PWD', path: '--volume[0]' },
          { name: 'shell expansion', value: 'A', path: '--volume[1]' },
        ],
      },
    ],
    [
      '-v $PWD:$PWD --mount type=bind,src=$PWD,dst=$PWD/x -v <your data>:/c',
      {
        mounts: [
          { source: '$PWD', target: '/$PWD' },
          { source: '$PWD', target: '/$PWD/x' },
          { type: 'bind', source: '<your data>', target: '/c' },
        ],
      },
    ],
    [
      '--volume-driver nfs -v d:/d -v /a:/a',
      {
        mounts: [{ source: 'd', driver: 'nfs' }, { source: '/a' }],
      },
    ],
    [
      '--mount type=bind,src=/a,dst=/b,bind-propagation=rslave --tmpfs /t:size=1m',
      {
        mounts: [
          { type: 'bind', path: '--mount[0]', source: '/a', target: '/b', readOnly: false, propagation: 'slave' },
          { type: 'tmpfs', path: '--tmpfs[0]', target: '/t', readOnly: false },
        ],
      },
    ],
    [
      '--privileged --read-only --security-opt seccomp=unconfined --cap-drop all --cap-add SYS_ADMIN',
      {
        security: {
          privileged: at(true, '--privileged'),
          readOnlyRoot: at(true, '--read-only'),
          seccomp: at('unconfined', '--security-opt[0]'),
          capabilities: [at('SYS_ADMIN', '--cap-add[0]')],
        },
      },
    ],
    [
      '--pid host --ipc=host --uts host --userns=host --cgroupns host --net host',
      {
        namespaces: ['pid', 'ipc', 'uts', 'user', 'cgroup', 'network']
          .map((kind) => ({
            kind,
            mode: 'host',
            path: `--${kind === 'user' ? 'userns' : kind === 'cgroup' ? 'cgroupns' : kind}`,
          }))
          .map((namespace) => (namespace.kind === 'network' ? { ...namespace, path: '--network[0]' } : namespace)),
      },
    ],
    ['--network name=host,alias=x', { namespaces: [{ kind: 'network', mode: 'host', path: '--network[0]' }] }],
    [
      '--network container:x --pid container:y',
      {
        namespaces: [
          { kind: 'network', mode: 'shared', target: 'x', path: '--network[0]' },
          { kind: 'pid', mode: 'shared', target: 'y', path: '--pid' },
        ],
      },
    ],
    ['--network host --network other', { namespaces: [{ kind: 'network', mode: 'host', path: '--network[0]' }] }],
    ['--network none', { namespaces: [] }],
    [
      '--device /dev/fuse:r --gpus \'"device=0,1"\' --device-cgroup-rule "c 1:3 rwm"',
      {
        devices: [
          { path: '--device[0]', device: '/dev/fuse', kind: 'path', permissions: 'r' },
          { path: '--gpus', device: 'gpu=device=0,1', kind: 'request' },
          { path: '--device-cgroup-rule[0]', device: 'c 1:3 rwm', kind: 'cgroup-rule', permissions: 'rwm' },
        ],
      },
    ],
    ['--sysctl net.core.somaxconn=1', { sysctls: [{ name: 'net.core.somaxconn', value: '1', path: '--sysctl[0]' }] }],
    [
      '-p 127.0.0.1:80:8080/udp -P --expose 9 -p $P:80 -p published=1,target=2',
      {
        ports: [
          { path: '--publish[0]', container: 8080, host: 80, hostAddress: '127.0.0.1', protocol: 'udp' },
          { path: '--publish-all', host: 0, protocol: 'tcp' },
          { path: '--expose[0]', container: 9, protocol: 'tcp' },
          { path: '--publish[1]', host: 0, protocol: 'tcp' },
          { path: '--publish[2]', container: 2, host: 1, protocol: 'tcp' },
        ],
      },
    ],
    [
      '-m 512m --cpus 1.5 --pids-limit 100',
      {
        resources: {
          memoryBytes: at(512 * 1024 ** 2, '--memory'),
          cpus: at(1.5, '--cpus'),
          pids: at(100, '--pids-limit'),
        },
      },
    ],
    [
      '--health-cmd "curl x || exit 1" --health-interval 5s',
      {
        scripts: [
          {
            purpose: 'healthcheck',
            command: ['/bin/sh', '-c', 'curl x || exit 1'].map((word) => at(word, '--health-cmd')),
          },
        ],
      },
    ],
    ['--entrypoint /bin/sh', { entrypoint: [at('/bin/sh', '--entrypoint')] }],
    ['--entrypoint ""', { entrypoint: [] }],
    ['-u $(id -u):$(id -g)', { user: at({ text: '$(id -u):$(id -g)' }, '--user') }],
    [
      '-u 0 --group-add docker',
      {
        user: at({ text: '0', uid: 0 }, '--user'),
        groups: [at('docker', '--group-add[0]')],
      },
    ],
    [
      '--runtime runsc --cgroup-parent /x --volumes-from a:ro --name n -l a=b=c -l d',
      {
        runtime: at('runsc', '--runtime'),
        cgroupParent: at('/x', '--cgroup-parent'),
        volumesFrom: [at('a:ro', '--volumes-from[0]')],
        name: 'n',
        workload: { labels: { a: 'b=c', d: '' } },
      },
    ],
    [
      '--use-api-socket',
      {
        mounts: [{ type: 'bind', source: '/var/run/docker.sock', target: '/var/run/docker.sock' }],
        others: [{ name: 'use-api-socket', value: 'true', path: '--use-api-socket' }],
      },
    ],
    [
      '--env-file .env --oom-score-adj -500 --annotation a=b --log-driver syslog --oom-kill-disable',
      {
        others: [
          { name: 'env-file', value: '.env', path: '--env-file[0]' },
          { name: 'oom-score-adj', value: '-500', path: '--oom-score-adj' },
          { name: 'annotation', value: 'a=b', path: '--annotation[0]' },
          { name: 'log-driver', value: 'syslog', path: '--log-driver' },
          { name: 'oom-kill-disable', value: 'true', path: '--oom-kill-disable' },
        ],
      },
    ],
    [
      '-itd --rm --init --restart always --ulimit nofile=1 --link a:b --shm-size 1g --add-host a:b --log-driver local',
      {
        others: [],
      },
    ],
  ])('%s', (flags, wanted) => {
    expect(run(flags)).toMatchObject(wanted);
  });

  it('takes zero for no limit', () => {
    expect(run('-m 1g --cpus 1 --pids-limit 1 -m 0 --cpus 0 --pids-limit -1').resources).toEqual({});
  });

  it('keeps what is there twice: which one counts differs', () => {
    const request = run('-e LD_PRELOAD=/x -e LD_PRELOAD= -v /etc:/x --tmpfs /x');
    expect(request.environment.map(({ value }) => value)).toEqual(['/x', '']);
    expect(request.mounts.map(({ type }) => type)).toEqual(['bind', 'tmpfs']);
  });

  it('reads those of podman its own way', () => {
    const request = only(
      `podman run --cap-add SYS_TIME,NET_ADMIN --entrypoint '["a","b"]' --secret s,type=env,target=T --secret f --rootfs --tls-verify=false /root`,
    );
    const names = request.security.capabilities?.map(({ value }) => value);
    expect(names).toContain('SYS_TIME');
    expect(names).toContain('NET_ADMIN');
    expect(names).not.toContain('NET_RAW');
    expect(request.entrypoint).toEqual([at('a', '--entrypoint'), at('b', '--entrypoint')]);
    expect(request.environment).toEqual([{ name: 'T', path: '--secret[0]', from: { kind: 'secret', name: 's' } }]);
    expect(request.files).toMatchObject([{ target: '/run/secrets/f', from: { kind: 'secret', name: 'f' } }]);
    expect(request.others.map(({ name }) => name)).toEqual(['rootfs', 'tls-verify']);
    expect(only(`docker run --entrypoint '["a"]' i`).entrypoint).toEqual([at('["a"]', '--entrypoint')]);
  });
});
