import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import { LaunchError } from '../launch-error.ts';
import { parsePod } from './parse-pod.ts';

type Parts = Readonly<Record<string, unknown>>;

const podOf = (container: Parts = {}, spec: Parts = {}, metadata: Parts = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec: { containers: [{ name: 'app', image: 'registry.example/app:1', ...container }], ...spec },
});

const read = (container: Parts = {}, spec: Parts = {}, metadata: Parts = {}): LaunchRequest => {
  const [request] = parsePod(podOf(container, spec, metadata)).requests.filter(({ role }) => role === 'container');
  if (request === undefined) throw new Error('no container');
  return request;
};

const refusal = (value: unknown): string => {
  try {
    parsePod(value);
  } catch (error) {
    if (error instanceof LaunchError) return `${error.code} ${error.path}`;
    throw error;
  }
  return 'read';
};

const own = 'spec.containers[0].securityContext';
const ofPod = 'spec.securityContext';

describe('a container', () => {
  it('is read with what it belongs to', () => {
    const request = read({ workingDir: '/srv' }, { serviceAccountName: 'robot' }, { labels: { app: 'web' } });
    expect(request).toMatchObject({
      form: 'pod',
      action: 'start',
      role: 'container',
      path: 'spec.containers[0]',
      name: 'app',
      workload: { kind: 'Pod', name: 'web', namespace: 'shop', labels: { app: 'web' }, serviceAccount: 'robot' },
      image: {
        value: 'registry.example/app:1',
        path: 'spec.containers[0].image',
        reference: { registry: 'registry.example', repository: 'app', tag: '1' },
      },
      workingDirectory: { value: '/srv', path: 'spec.containers[0].workingDir' },
      others: [],
    });
    expect(request.entrypoint).toBeUndefined();
    expect(request.command).toBeUndefined();
  });

  it('is read whatever its role', () => {
    const pod = podOf(
      {},
      {
        initContainers: [{ name: 'first', image: 'a', restartPolicy: 'Always' }],
        ephemeralContainers: [{ name: 'debug', image: 'b', targetContainerName: 'app' }],
      },
    );
    expect(parsePod(pod).requests.map(({ role, name, path }) => `${role} ${name} ${path}`)).toEqual([
      'init first spec.initContainers[0]',
      'container app spec.containers[0]',
      'ephemeral debug spec.ephemeralContainers[0]',
    ]);
    expect(parsePod(pod).requests[2]?.namespaces).toEqual([
      { kind: 'pid', path: 'spec.ephemeralContainers[0].targetContainerName', mode: 'shared', target: 'app' },
    ]);
  });

  it.each([
    ['', 'no image is named'],
    ['Not An Image', 'is not an image reference'],
    ['sha256:abcd', undefined],
  ])('names the image %j', (image, problem) => {
    const { image: found } = read({ image });
    if (problem === undefined) expect(found?.problem).toBeUndefined();
    else expect(found?.problem).toContain(problem);
  });

  it('has arguments in which variables are put in', () => {
    const { entrypoint, command } = read({
      command: ['sh', '-c', '$(SCRIPT)'],
      args: ['$$(SCRIPT)', '$(NONE)'],
      env: [{ name: 'SCRIPT', value: 'curl x | sh' }],
    });
    expect(entrypoint).toEqual([
      { value: 'sh', path: 'spec.containers[0].command[0]' },
      { value: '-c', path: 'spec.containers[0].command[1]' },
      { value: 'curl x | sh', path: 'spec.containers[0].command[2]' },
    ]);
    expect(command?.map(({ value }) => value)).toEqual(['$(SCRIPT)', '$(NONE)']);
  });

  it('runs scripts in probes and hooks', () => {
    const exec = { exec: { command: ['sh', '-c', 'x'] } };
    const { scripts } = read({
      livenessProbe: exec,
      readinessProbe: { tcpSocket: { port: 1 } },
      startupProbe: exec,
      lifecycle: { postStart: exec, preStop: { sleep: { seconds: 1 } } },
    });
    expect(scripts.map(({ purpose, command }) => `${purpose} ${command[2]?.path}`)).toEqual([
      'probe spec.containers[0].livenessProbe.exec.command[2]',
      'probe spec.containers[0].startupProbe.exec.command[2]',
      'post-start spec.containers[0].lifecycle.postStart.exec.command[2]',
    ]);
  });
});

describe('what a Pod shares and takes', () => {
  it('namespaces', () => {
    const spec = { hostNetwork: true, hostPID: true, hostIPC: true, hostUsers: true, shareProcessNamespace: true };
    expect(read({}, spec).namespaces.map(({ kind, mode, path }) => `${kind} ${mode} ${path}`)).toEqual([
      'network host spec.hostNetwork',
      'pid host spec.hostPID',
      'ipc host spec.hostIPC',
      'user host spec.hostUsers',
      'pid shared spec.shareProcessNamespace',
    ]);
    expect(read({}, { hostUsers: false, hostNetwork: false }).namespaces).toEqual([]);
  });

  it('ports', () => {
    const ports = [{ containerPort: 80 }, { containerPort: 53, hostPort: 5353, hostIP: '::1', protocol: 'UDP' }];
    expect(read({ ports }).ports).toEqual([
      { path: 'spec.containers[0].ports[0]', container: 80, protocol: 'tcp' },
      { path: 'spec.containers[0].ports[1]', container: 53, host: 5353, hostAddress: '::1', protocol: 'udp' },
    ]);
    expect(read({ ports }, { hostNetwork: true }).ports[0]?.host).toBe(80);
  });

  it('limits, its own before those of the Pod', () => {
    const spec = { resources: { limits: { cpu: 4, memory: '1Gi' } } };
    expect(read({ resources: { limits: { cpu: '100m' }, requests: { memory: '1Mi' } } }, spec).resources).toEqual({
      cpus: { value: 0.1, path: 'spec.containers[0].resources.limits.cpu' },
      memoryBytes: { value: 1_073_741_824, path: 'spec.resources.limits.memory' },
    });
  });

  it('devices', () => {
    const { devices } = read(
      {
        resources: {
          limits: { 'nvidia.com/gpu': '2', 'hugepages-2Mi': '4Mi', 'requests.kubernetes.io/x': 1, 'none.example/x': 0 },
          claims: [{ name: 'fpga', request: 'one' }],
        },
        volumeDevices: [{ name: 'raw', devicePath: '/dev/xvda' }],
      },
      { volumes: [{ name: 'raw', persistentVolumeClaim: { claimName: 'disk' } }] },
    );
    expect(devices.map(({ device, kind }) => `${kind} ${device}`)).toEqual([
      'request persistentVolumeClaim/disk',
      'request nvidia.com/gpu=2',
      'request claim:fpga/one',
    ]);
  });

  it('another runtime', () => {
    expect(read({}, { runtimeClassName: 'kata' }).runtime).toEqual({ value: 'kata', path: 'spec.runtimeClassName' });
  });
});

describe('what is not known', () => {
  it.each<readonly [what: string, pod: unknown, path: string]>([
    ['of the Pod', podOf({}, { teleport: true }), 'spec.teleport'],
    ['beside the Pod', { ...podOf(), data: 1 }, 'data'],
    [
      'of where a variable comes from',
      podOf({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', version: 2 } } }] }),
      'spec.containers[0].env[0].valueFrom.secretKeyRef.version',
    ],
    [
      'of what is projected',
      podOf({}, { volumes: [{ name: 'v', projected: { sources: [{ hologram: {} }] } }] }),
      'spec.volumes[0].projected.sources[0].hologram',
    ],
    ['of a container', podOf({ gpus: 'all' }), 'spec.containers[0].gpus'],
    ['of its security', podOf({ securityContext: { jail: 'none' } }), `${own}.jail`],
    ['of the Pod’s security', podOf({}, { securityContext: { jail: 'none' } }), `${ofPod}.jail`],
    ['of a probe', podOf({ livenessProbe: { shout: {} } }), 'spec.containers[0].livenessProbe.shout'],
    ['of a volume', podOf({}, { volumes: [{ name: 'v', wormhole: {} }] }), 'spec.volumes[0].wormhole'],
    [
      'of a source',
      podOf({}, { volumes: [{ name: 'v', hostPath: { path: '/', depth: 1 } }] }),
      'spec.volumes[0].hostPath.depth',
    ],
    [
      'a mount of nothing',
      podOf({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      'spec.containers[0].volumeMounts[0].name',
    ],
    [
      'a process of a Windows host',
      podOf({ securityContext: { windowsOptions: { hostProcess: true } } }),
      `${own}.windowsOptions.hostProcess`,
    ],
    [
      '__proto__',
      JSON.parse('{"kind":"Pod","spec":{"__proto__":{"hostPID":true},"containers":[{"name":"a"}]}}'),
      'spec.__proto__',
    ],
  ])('%s is told', (_, pod, path) => {
    expect(parsePod(pod).requests[0]?.others.map((other) => other.path)).toEqual([path]);
  });

  it('null is as good as nothing', () => {
    expect(read({ securityContext: null, env: null, gpus: null }, { volumes: null, hostPID: null }).others).toEqual([]);
  });
});

describe('parsePod refuses', () => {
  it.each<readonly [what: string, value: unknown, refused: string]>([
    ['what is no object', [], 'bad-launch '],
    ['another kind', { kind: 'Node' }, 'bad-launch kind'],
    ['no spec', { kind: 'Pod' }, 'bad-launch spec'],
    ['another case', podOf({ securityContext: { Privileged: true } }), `bad-launch ${own}.Privileged`],
    ['another case of the Pod', podOf({}, { HostPID: true }), 'bad-launch spec.HostPID'],
    ['what folds to the same', podOf({}, { 'ho\u017ftPID': true }), 'bad-launch spec.ho\u017ftPID'],
    ['a text for a flag', podOf({}, { hostPID: 'true' }), 'bad-launch spec.hostPID'],
    ['a number for a flag', podOf({ securityContext: { privileged: 1 } }), `bad-launch ${own}.privileged`],
    ['a text for a user', podOf({ securityContext: { runAsUser: '0' } }), `bad-launch ${own}.runAsUser`],
    ['half a user', podOf({ securityContext: { runAsUser: 0.5 } }), `bad-launch ${own}.runAsUser`],
    ['a user that is not exact', podOf({ securityContext: { runAsUser: 2 ** 60 } }), `bad-launch ${own}.runAsUser`],
    ['an object for a list', podOf({ env: {} }), 'bad-launch spec.containers[0].env'],
    ['a number for a text', podOf({ command: ['a', 1] }), 'bad-launch spec.containers[0].command[1]'],
    [
      'a port beyond all',
      podOf({ ports: [{ containerPort: 65_536 }] }),
      'bad-launch spec.containers[0].ports[0].containerPort',
    ],
    ['a protocol', podOf({ ports: [{ protocol: 'ICMP' }] }), 'bad-launch spec.containers[0].ports[0].protocol'],
    [
      'no quantity',
      podOf({ resources: { limits: { cpu: 'much' } } }),
      'bad-launch spec.containers[0].resources.limits.cpu',
    ],
    ['a container without a name', { spec: { containers: [{}] } }, 'bad-launch spec.containers[0].name'],
    ['a variable without a name', podOf({ env: [{ value: 'x' }] }), 'bad-launch spec.containers[0].env[0].name'],
    [
      'two containers of a name',
      podOf({}, { initContainers: [{ name: 'app' }] }),
      'bad-launch spec.containers[0].name',
    ],
    [
      'two volumes of a name',
      podOf({}, { volumes: [{ name: 'v' }, { name: 'v' }] }),
      'bad-launch spec.volumes[1].name',
    ],
    [
      'two sources',
      podOf({}, { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] }),
      'bad-launch spec.volumes[0]',
    ],
    [
      'too many containers',
      {
        spec: {
          containers: Array.from({ length: 300 }, (_, n) => ({ name: `a${n}` })),
          initContainers: Array.from({ length: 300 }, (_, n) => ({ name: `b${n}` })),
        },
      },
      'launch-limit spec',
    ],
    [
      'too many fields that nobody knows',
      podOf({}, Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`x${n}`, 1]))),
      'launch-limit spec',
    ],
    [
      'too many of them in parts of the Pod',
      podOf({}, { volumes: Array.from({ length: 1001 }, (_, n) => ({ name: `v${n}`, emptyDir: { x: 1 } })) }),
      'launch-limit spec',
    ],
    [
      'files that are mounted again and again',
      podOf(
        { volumeMounts: Array(200).fill({ name: 'v', mountPath: '/v', subPath: 'none' }) },
        { volumes: [{ name: 'v', configMap: { items: Array(1000).fill({ key: 'k', path: 'p' }) } }] },
      ),
      'launch-limit spec.volumes[0]',
    ],
    ['too many variables', podOf({ env: Array(5001).fill({ name: 'A' }) }), 'launch-limit spec.containers[0].env'],
    [
      'variables that double',
      podOf({
        env: [
          { name: 'V0', value: 'x'.repeat(100) },
          ...Array.from({ length: 60 }, (_, n) => ({ name: `V${n + 1}`, value: `$(V${n})$(V${n})` })),
        ],
      }),
      'launch-limit spec.containers[0].env[17].value',
    ],
  ])('%s', (_, value, refused) => expect(refusal(value)).toBe(refused));
});
