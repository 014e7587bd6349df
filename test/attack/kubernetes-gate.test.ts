import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog, systemClock } from '../../src/base/index.ts';
import {
  createKubernetesGate,
  type KubernetesGateServer,
  ownCertificates,
  serveKubernetesGate,
} from '../../src/gate/index.ts';
import {
  container,
  digestOne,
  digestTwo,
  pinnedImage,
  pod,
  type ReviewChanges,
  review,
  reviewBytes,
  workloads,
} from '../fakes/admission-reviews.ts';
import { answerOf, forever, gateWith, mutate, validate } from '../fakes/asked-gate.ts';
import { allow, deny, fakeLaunches } from '../fakes/scripted-launches.ts';
import { type WebhookClient, webhookClient } from '../fakes/webhook-client.ts';

/**
 * Attacks on admission, as reviews that an API server would send. There is no cluster here: what an API server makes of a
 * request before it asks is taken from its source, and is not tested.
 */

const evil = 'registry.example/evil/miner:1';
/** Refuses whatever runs the evil image, enters a container or may do everything; lets the rest pass. */
const judge: Parameters<typeof fakeLaunches>[0] = ({ set }) => {
  const isBad = set.requests.some(
    ({ image, mounts, security, action, workload }) =>
      image?.value.startsWith('registry.example/evil/') ||
      mounts.some(({ type, source }) => type === 'image' && source?.startsWith('registry.example/evil/')) ||
      security.privileged?.value === true ||
      action === 'exec' ||
      workload.namespace === undefined,
  );
  return isBad ? deny() : allow();
};
const bad = container({ name: 'bad', image: evil });

describe('something bad in a Pod', () => {
  const places: readonly (readonly [string, object])[] = [
    ['as its only container', { containers: [bad] }],
    ['behind a good one', { containers: [container(), bad] }],
    ['as an init container', { initContainers: [bad] }],
    ['as a sidecar', { initContainers: [{ ...bad, restartPolicy: 'Always' }] }],
    [
      'as an image volume that is mounted',
      {
        volumes: [{ name: 'm', image: { reference: evil } }],
        containers: [container({ volumeMounts: [{ name: 'm', mountPath: '/m' }] })],
      },
    ],
    ['as an image volume that nobody mounts', { volumes: [{ name: 'm', image: { reference: evil } }] }],
    ['under a privileged flag', { containers: [container({ securityContext: { privileged: true } })] }],
  ];
  it.each(places)('%s is refused in every kind', async (_title, spec) => {
    const { gate } = gateWith({}, judge);
    expect((await validate({ object: pod(spec) }, gate)).allowed).toBe(false);
    for (const { kind, resource, make } of workloads) {
      expect((await validate({ kind, resource, object: make(spec) }, gate)).allowed, kind.kind).toBe(false);
      expect(
        (await validate({ kind, resource, operation: 'UPDATE', object: make(spec), oldObject: make() }, gate)).allowed,
        kind.kind,
      ).toBe(false);
    }
  });

  const running = pod({}, { name: 'web-1' });
  it.each([
    ['as an ephemeral container', { subResource: 'ephemeralcontainers' }, { ephemeralContainers: [bad] }, {}],
    ['by way of its status', { subResource: 'status' }, { containers: [bad] }, {}],
    ['by way of its size', { subResource: 'resize' }, { containers: [bad] }, {}],
    [
      'while it is being deleted',
      {},
      { containers: [bad] },
      { deletionTimestamp: '2026-11-28T00:00:00Z', deletionGracePeriodSeconds: 30 },
    ],
    [
      'with an owner that is trusted',
      {},
      { containers: [bad] },
      { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'a', controller: true }] },
    ],
    [
      'with the verdict of a gate in its annotations',
      {},
      { containers: [bad] },
      {
        annotations: {
          'portwarden/verdict': 'allow',
          'validate.gate.portwarden/decision': 'decision-1',
          'kyverno.io/verify-images': '{"x":"pass"}',
        },
      },
    ],
    [
      'as a mirror Pod, which only a node may make',
      {},
      { containers: [bad] },
      { annotations: { 'kubernetes.io/config.mirror': 'x' } },
    ],
    [
      'with labels that ask to be left alone',
      {},
      { containers: [bad] },
      { labels: { 'admission.portwarden/ignore': 'true' } },
    ],
  ] as const)('is refused %s', async (_title, more, spec, metadata) => {
    const { gate } = gateWith({}, judge);
    const object = pod(spec, { name: 'web-1', ...metadata });
    const changes: ReviewChanges = { operation: 'UPDATE', object, oldObject: running, ...more };
    expect((await validate(changes, gate)).allowed).toBe(false);
    expect((await validate({ object }, gate)).allowed).toBe(false);
  });
});

describe('who is asked for is not who asks', () => {
  it.each([
    ['the object', pod({ containers: [bad] }, { namespace: 'kube-system' })],
    ['another kind of object', { ...pod({ containers: [bad] }), kind: 'Event' }],
    ['another version', { ...pod({ containers: [bad] }), apiVersion: 'v1beta1' }],
    ['no object', null],
    ['a list of one', { kind: 'PodList', apiVersion: 'v1', items: [pod({ containers: [bad] })] }],
    ['a spec in another case', { ...pod(), spec: undefined, Spec: { containers: [bad] } }],
  ])('%s says otherwise, and is refused', async (_title, object) => {
    const { gate } = gateWith({}, judge);
    expect((await validate({ object }, gate)).allowed).toBe(false);
  });

  it('a template that says another namespace is judged in that of the request', async () => {
    const { gate, launches } = gateWith({}, judge);
    for (const { kind, resource, make } of workloads) {
      await validate({ kind, resource, object: make({}, { namespace: 'kube-system', name: 'coredns' }) }, gate);
    }
    expect(new Set(launches.asked.map(({ set }) => set.requests[0]?.workload.namespace))).toEqual(new Set(['shop']));
  });
});

describe('ways into what runs', () => {
  const nodes = { group: '', version: 'v1', resource: 'nodes' };
  it.each([
    ['exec', { subResource: 'exec', object: { command: ['sh'] } }],
    ['attach', { subResource: 'attach', object: { stdin: true } }],
    ['port-forward', { subResource: 'portforward', object: {} }],
    ...[
      'exec/a/b/c',
      '/exec/a/b/c',
      '//exec/a',
      'EXEC/a',
      'run/a/b/c',
      'cri/exec/x',
      'attach/a',
      'portForward/a',
      'checkpoint/a/b/c',
      'pods/../exec',
      './exec',
      'pods/%2e%2e/exec',
      'logs/..%2fexec',
      'debug/pprof',
    ].map(
      (path) =>
        [`the kubelet's ${path}`, { resource: nodes, namespace: '', subResource: 'proxy', object: { path } }] as const,
    ),
  ] as readonly (readonly [string, ReviewChanges])[])('%s is refused', async (_title, changes) => {
    const { gate } = gateWith({}, judge);
    const asked = { operation: 'CONNECT', kind: { group: '', version: 'v1', kind: 'Options' }, name: 'x', ...changes };
    expect((await validate(asked, gate)).allowed).toBe(false);
  });
});

describe('a tag that moves', () => {
  const tagged = (image: string) => pod({ containers: [container({ image })] });
  it('between the two calls brings nothing in that was not judged', async () => {
    const answers = [digestOne, digestTwo, digestTwo];
    const { gate, launches } = gateWith({ resolveImage: async () => ({ digest: answers.shift() ?? '' }) }, judge);
    const { patch } = await mutate({ object: tagged('registry.example/shop/web:1.0') }, gate);
    expect(patch[1].value).toBe(pinnedImage);
    expect((await validate({ object: tagged(patch[1].value) }, gate)).allowed).toBe(true);
    expect(launches.asked[0]?.set.requests[0]?.image?.reference?.digest).toBe(digestOne);
    // The mutating webhook was left out, or another one undid it.
    expect((await validate({ object: tagged('registry.example/shop/web:1.0') }, gate)).allowed).toBe(false);
  });

  it.each([
    ['a digest that is none', 'sha256:abc'],
    ['a digest with something behind it', `${digestOne}\n`],
    ['a patch', `${digestOne}","op":"add`],
  ])('to %s is not written', async (_title, digest) => {
    const { gate } = gateWith({ resolveImage: async () => ({ digest }) });
    expect((await mutate({ object: tagged('registry.example/shop/web:1.0') }, gate)).patch).toBeUndefined();
  });
});

describe('over the wire', () => {
  let directory: string;
  let server: KubernetesGateServer;
  let client: WebhookClient;
  let ca: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'portwarden-attack-'));
    const certificates = ownCertificates({ directory, names: ['localhost', '127.0.0.1'], clock: systemClock });
    ca = (await certificates.read()).caBundle;
    const slow: Parameters<typeof fakeLaunches>[0] = async (asked) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return judge(asked);
    };
    const gate = createKubernetesGate({
      launches: fakeLaunches(slow),
      cluster: 'x',
      mostInWork: 20,
      clock: systemClock,
      log: silentLog,
    });
    server = await serveKubernetesGate({ host: '127.0.0.1', port: 0, certificates, gate, log: silentLog });
    client = webhookClient(server.address, { ca });
  });
  afterAll(async () => {
    client.close();
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const stillAnswers = async () => {
    const answer = await client.post('/validate', reviewBytes({ object: pod({ containers: [bad] }) }));
    expect(answerOf({ status: answer.status, body: answer.text }).allowed).toBe(false);
  };

  it.each([
    [
      'an environment of 100,000 variables',
      { containers: [container({ env: Array.from({ length: 100_000 }, (_, at) => ({ name: `A${at}` })) })] },
    ],
    ['5,000 containers', { containers: Array.from({ length: 5000 }, (_, at) => container({ name: `c${at}` })) }],
    [
      'variables that double each other',
      {
        containers: [
          container({
            env: Array.from({ length: 60 }, (_, at) => ({
              name: `A${at}`,
              value: at === 0 ? 'x'.repeat(1000) : `$(A${at - 1})$(A${at - 1})`,
            })),
          }),
        ],
      },
    ],
    ['an argument of 5 MiB', { containers: [container({ args: ['x'.repeat(5 * 2 ** 20)] })] }],
  ])('%s is answered in time, and not waved through', async (_title, spec) => {
    const answer = await client.post(
      '/validate?timeout=10s',
      reviewBytes({ object: pod({ ...spec, hostPID: true, volumes: [{ name: 'm', image: { reference: evil } }] }) }),
    );
    expect(answerOf({ status: answer.status, body: answer.text }).allowed).toBe(false);
    await stillAnswers();
  });

  it('a flood is turned away at once, each by its uid, and none of it allowed', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, at) =>
        client.post('/validate', reviewBytes({ uid: `u${at}`, object: pod({ containers: [bad] }) })),
      ),
    );
    const responses = answers.map(({ status, text }) => answerOf({ status, body: text }));
    expect(responses.map(({ uid }) => uid)).toEqual(answers.map((_, at) => `u${at}`));
    expect(responses.every(({ allowed }) => !allowed)).toBe(true);
    await stillAnswers();
  });

  it('connections that say nothing, or a byte at a time, do not keep others waiting', async () => {
    const { port } = new URL(server.address);
    const silent = Array.from({ length: 100 }, () => connect(Number(port), '127.0.0.1'));
    const slow = Array.from({ length: 50 }, () => {
      const socket = connectTls({ host: '127.0.0.1', port: Number(port), ca, servername: 'localhost' }, () => {
        socket.write(
          'POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
        );
      });
      return socket.on('error', () => {});
    });
    await stillAnswers();
    for (const socket of [...silent, ...slow]) socket.on('error', () => {}).destroy();
  });

  it.each([
    ['a second request behind the review', '{}GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['another document behind the review', `${JSON.stringify(review())}${JSON.stringify(review())}`],
    ['a nest of 100,000 levels', '['.repeat(100_000)],
  ])('%s is no review', async (_title, body) => {
    const { status } = await client.post('/validate', body);
    expect([400, 413]).toContain(status);
    await stillAnswers();
  });

  it('nothing from a review is repeated to a terminal, and no secret is', async () => {
    const text = '\u001b]0;owned\u0007\u202e';
    const secret = 'AKIAIOSFODNN7EXAMPLE';
    const object = {
      ...pod({ containers: [container({ env: [{ name: 'KEY', value: secret }], [text]: 1, Image: 'x' })] }),
      [text]: secret,
    };
    const answer = await client.post('/validate', reviewBytes({ object }));
    const { status } = answerOf({ status: answer.status, body: answer.text });
    expect(status.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(answer.text).not.toContain(secret);
  });

  it('a review that nobody finishes is not judged', async () => {
    const { gate, launches } = gateWith({}, judge);
    const bytes = reviewBytes();
    const reply = await gate.validate(bytes.subarray(0, bytes.length - 1), forever);
    expect([reply.status, launches.asked.length]).toEqual([400, 0]);
  });
});
