import { describe, expect, it } from 'vitest';
import {
  container,
  digestTwo,
  pinnedImage,
  pod,
  type ReviewChanges,
  workloads,
} from '../../../test/fakes/admission-reviews.ts';
import { gateWith, validate } from '../../../test/fakes/asked-gate.ts';
import { allow, deny, finding } from '../../../test/fakes/scripted-launches.ts';

const created = { kind: { group: '', version: 'v1', kind: 'Pod' } };
const running = (spec: object = {}, metadata: object = {}) => pod(spec, { name: 'web-1', uid: 'u', ...metadata });
const update = (object: object, oldObject: object, more: ReviewChanges = {}): ReviewChanges => ({
  ...created,
  operation: 'UPDATE',
  name: 'web-1',
  object,
  oldObject,
  ...more,
});

describe('an answer', () => {
  it('has the uid of its review, and the decision for the audit log', async () => {
    const { gate } = gateWith();
    const answer = await validate({ uid: 'e0d1-7' }, gate);
    expect(answer).toEqual({
      uid: 'e0d1-7',
      allowed: true,
      auditAnnotations: { decision: 'decision-1', outcome: 'allow' },
    });
  });

  it('tells who asks, in which cluster and namespace, and what for', async () => {
    const { gate, launches } = gateWith();
    await validate({ username: 'system:serviceaccount:ci:deployer' }, gate);
    const [asked] = launches.asked;
    expect(asked).toMatchObject({ gate: 'kubernetes', who: 'system:serviceaccount:ci:deployer', host: 'harbor-1' });
    expect(asked?.dryRun).toBe(false);
    expect(asked?.set.requests.map(({ image }) => image?.value)).toEqual([pinnedImage]);
    expect(asked?.set.requests[0]?.workload).toMatchObject({ kind: 'Pod', name: 'web-7d4b9c6f5-', namespace: 'shop' });
  });

  it('refuses with the message of the decision', async () => {
    const { gate } = gateWith({}, () => deny());
    const { allowed, status, patch } = await validate({}, gate);
    expect({ allowed, patch }).toEqual({ allowed: false, patch: undefined });
    expect(status).toMatchObject({ status: 'Failure', code: 403, reason: 'Forbidden' });
    expect(status.message).toMatch(/^launch\/privileged: spec\.containers\[0\].*Leave privileged out$/);
  });

  it('warns of what is allowed with findings: short, on one line, without what was seen, and not without end', async () => {
    const title = `${'very '.repeat(60)}long\nand\u001b[31mred`;
    const findings = [finding({ evidence: 'hunter2' }), ...Array.from({ length: 30 }, () => finding({ title }))];
    const { gate } = gateWith({}, () => allow(findings));
    const { allowed, warnings } = await validate({}, gate);
    expect(allowed).toBe(true);
    expect(warnings).toHaveLength(15);
    expect(warnings.at(-1)).toBe('portwarden: and 17 more');
    for (const warning of warnings) expect(warning).toMatch(/^portwarden: [^\p{Cc}]{1,200}$/u);
    expect(JSON.stringify(warnings)).not.toContain('hunter2');
  });

  it('says that a dry run is one', async () => {
    const { gate, launches } = gateWith();
    await validate({ dryRun: true }, gate);
    expect(launches.asked[0]?.dryRun).toBe(true);
  });
});

describe('what cannot be decided', () => {
  const undecided = () => ({ outcome: 'undecided', cause: 'the store is away', findings: [] }) as const;
  it.each([
    ['by default', {}, false],
    ['where it shall be denied', { whenUndecided: 'deny' }, false],
    ['where it shall be allowed', { whenUndecided: 'allow' }, true],
    ['while observing', { mode: 'observe' }, true],
  ] as const)('is answered %s', async (_title, settings, isAllowed) => {
    const answer = await validate({}, gateWith(settings, undecided).gate);
    expect(answer.allowed).toBe(isAllowed);
    const told = isAllowed ? answer.warnings[0] : answer.status.message;
    expect(told?.match(/not decided/g)).toHaveLength(1);
    expect(told).toContain('not decided: the store is away');
    expect(answer.auditAnnotations.outcome).toBe('undecided');
  });

  it('is so when the time is over, and says it in time', async () => {
    const { gate } = gateWith({}, () => new Promise(() => {}));
    const late = new AbortController();
    const answer = validate({ uid: 'u-1' }, gate, late.signal);
    late.abort();
    expect(await answer).toMatchObject({ uid: 'u-1', allowed: false, status: { code: 503 } });
  });

  it('is so when the service fails, which says nothing of the inside', async () => {
    const { gate } = gateWith({}, () => Promise.reject(new Error('secret path /var/x')));
    const answer = await validate({}, gate);
    expect(answer).toMatchObject({ allowed: false, status: { code: 503 } });
    expect(JSON.stringify(answer)).not.toContain('/var/x');
  });
});

describe('while observing', () => {
  it('nothing is refused: what would have been is told', async () => {
    const { gate } = gateWith({ mode: 'observe' }, () => deny());
    const answer = await validate({}, gate);
    expect(answer).toMatchObject({ allowed: true, auditAnnotations: { outcome: 'deny', mode: 'observe' } });
    expect(answer.warnings[0]).toMatch(/^portwarden: launch\/privileged: /);
  });

  it('what cannot be read is told as well', async () => {
    const { gate } = gateWith({ mode: 'observe' });
    const answer = await validate({ object: { kind: 'Pod', apiVersion: 'v1', metadata: {}, spec: 7 } }, gate);
    expect(answer.allowed).toBe(true);
    expect(answer.warnings[0]).toMatch(/^portwarden would refuse it: /);
  });
});

describe('every kind of workload', () => {
  it.each(workloads.map((made) => [made.kind.kind, made] as const))(
    '%s is judged when it is made',
    async (kind, made) => {
      const { gate, launches } = gateWith({}, () => deny());
      const { kind: reviewed, resource } = made;
      const answer = await validate({ kind: reviewed, resource, object: made.make() }, gate);
      expect(answer.allowed).toBe(false);
      expect(launches.asked[0]?.set.requests[0]?.workload).toMatchObject({ kind, namespace: 'shop' });
    },
  );

  it.each(workloads.map((made) => [made.kind.kind, made] as const))(
    '%s is not in another namespace than the request, whatever its template says',
    async (_kind, made) => {
      const { gate, launches } = gateWith();
      const { kind, resource } = made;
      await validate({ kind, resource, object: made.make({}, { namespace: 'exempt' }) }, gate);
      expect(launches.asked[0]?.set.requests[0]?.workload.namespace).toBe('shop');
    },
  );

  it.each(workloads.map((made) => [made.kind.kind, made] as const))(
    '%s is judged again only when its template changes',
    async (_kind, made) => {
      const { gate, launches } = gateWith();
      const { kind, resource } = made;
      const at = { kind, resource, operation: 'UPDATE', oldObject: made.make() };
      await validate(
        { ...at, object: { ...made.make(), metadata: { name: 'web', namespace: 'shop', annotations: { note: 'x' } } } },
        gate,
      );
      expect(launches.asked).toHaveLength(0);
      await validate({ ...at, object: made.make({ hostNetwork: true }) }, gate);
      expect(launches.asked).toHaveLength(1);
    },
  );

  it('of which only the number changes starts nothing else', async () => {
    const { gate, launches } = gateWith();
    const made = workloads[2];
    const object = made?.make() as { spec: object };
    const scaled = { ...object, spec: { ...object.spec, replicas: 9 } };
    const { kind, resource } = made ?? {};
    const answer = await validate(
      { ...(kind && resource ? { kind, resource } : {}), operation: 'UPDATE', object: scaled, oldObject: object },
      gate,
    );
    expect([answer.allowed, launches.asked.length]).toEqual([true, 0]);
  });
});

describe('an update of a Pod', () => {
  it.each([
    ['another annotation', {}, { annotations: { note: 'x' } }],
    [
      'no finalizer any more while it is being deleted',
      {},
      { finalizers: [], deletionTimestamp: '2026-11-28T00:00:00Z' },
    ],
    ['another owner', {}, { ownerReferences: [] }],
    ['a shorter deadline', { activeDeadlineSeconds: 5 }, {}],
  ])('with %s starts nothing else', async (_title, spec, metadata) => {
    const { gate, launches } = gateWith({}, () => deny());
    const answer = await validate(update(running(spec, metadata), running()), gate);
    expect([answer.allowed, launches.asked.length]).toEqual([true, 0]);
  });

  it.each([
    ['another image', { containers: [container({ image: `registry.example/x@${digestTwo}` })] }, {}],
    [
      'another image while it is being deleted',
      { containers: [container({ image: 'registry.example/x:1' })] },
      { deletionTimestamp: '2026-11-28T00:00:00Z' },
    ],
    ['other labels', {}, { labels: { app: 'exempt' } }],
    [
      'an AppArmor annotation',
      {},
      { annotations: { 'container.apparmor.security.beta.kubernetes.io/web': 'unconfined' } },
    ],
    ['another command', { containers: [container({ args: ['sh'] })] }, {}],
  ])('with %s is judged', async (_title, spec, metadata) => {
    const { gate, launches } = gateWith({}, () => deny());
    const answer = await validate(update(running(spec, metadata), running()), gate);
    expect([answer.allowed, launches.asked.length]).toEqual([false, 1]);
  });

  it('is judged by the ephemeral container alone that is put in', async () => {
    const { gate, launches } = gateWith();
    const debug = container({ name: 'debugger', image: 'busybox:1', targetContainerName: 'web' });
    await validate(
      update(running({ ephemeralContainers: [debug] }), running(), { subResource: 'ephemeralcontainers' }),
      gate,
    );
    expect(launches.asked[0]?.set.requests.map(({ name, role }) => [name, role])).toEqual([['debugger', 'ephemeral']]);
    expect(launches.asked[0]?.set.pod?.spec.containers).toHaveLength(1);
  });

  it('of its size is judged', async () => {
    const { gate, launches } = gateWith();
    const larger = container({ resources: { limits: { memory: '64Gi' } } });
    await validate(update(running({ containers: [larger] }), running(), { subResource: 'resize' }), gate);
    expect(launches.asked[0]?.set.requests[0]?.resources.memoryBytes?.value).toBe(64 * 2 ** 30);
  });

  it('of its status passes, and does not where it brings something else along', async () => {
    const { gate, launches } = gateWith();
    const ready = { ...running(), status: { phase: 'Running' } };
    await validate(update(ready, running(), { subResource: 'status' }), gate);
    expect(launches.asked).toHaveLength(0);
    await validate(update(running({ hostPID: true }), running(), { subResource: 'status' }), gate);
    expect(launches.asked).toHaveLength(1);
  });

  it('without what was there before is judged as a whole', async () => {
    const { gate, launches } = gateWith();
    await validate({ ...update(running(), running()), oldObject: null }, gate);
    expect(launches.asked).toHaveLength(1);
  });
});

describe('what is asked besides', () => {
  const connect = (subResource: string, object: object | null, more: ReviewChanges = {}): ReviewChanges => ({
    operation: 'CONNECT',
    name: 'web-1',
    subResource,
    object,
    kind: { group: '', version: 'v1', kind: 'PodExecOptions' },
    ...more,
  });
  const nodes = { resource: { group: '', version: 'v1', resource: 'nodes' }, namespace: '' };

  it('exec is judged by its command', async () => {
    const { gate, launches } = gateWith({}, () => deny({ rule: 'launch/exec' }));
    const options = {
      kind: 'PodExecOptions',
      apiVersion: 'v1',
      stdin: true,
      stdout: true,
      tty: true,
      container: 'web',
      command: ['sh', '-c', 'id'],
    };
    const answer = await validate(connect('exec', options), gate);
    expect(answer.allowed).toBe(false);
    const [request] = launches.asked[0]?.set.requests ?? [];
    expect(request).toMatchObject({
      action: 'exec',
      name: 'web',
      workload: { kind: 'Pod', name: 'web-1', namespace: 'shop' },
    });
    expect(request?.entrypoint?.map(({ value }) => value)).toEqual(['sh', '-c', 'id']);
    expect(request?.others).toEqual([]);
  });

  it.each([
    ['attach', { stdin: true, container: 'web' }, 'PodAttachOptions'],
    ['portforward', { ports: [5432] }, '5432'],
  ])('%s is judged as something that nobody sees into', async (subResource, object, value) => {
    const { gate, launches } = gateWith();
    await validate(connect(subResource, object), gate);
    expect(launches.asked[0]?.set.requests[0]).toMatchObject({
      action: 'exec',
      others: [{ name: subResource, value }],
    });
  });

  it.each([
    ['exec without a command', connect('exec', { command: [] })],
    ['exec whose command is no list of words', connect('exec', { command: ['sh', 7] })],
    ['exec that says nothing', connect('exec', null)],
    ['a way that nobody knows', connect('teleport', {})],
    ['the exec of a kubelet', connect('proxy', { path: 'exec/shop/web-1/web?command=sh' }, nodes)],
    ['the exec of a kubelet, in a detour', connect('proxy', { path: 'metrics/../run/shop/web-1/web' }, nodes)],
    ['the exec of a kubelet, escaped', connect('proxy', { path: 'metrics/%2e%2e/run/shop/web-1/web' }, nodes)],
    ['an object that is none', { object: null }],
    ['no container at all', { object: pod({ containers: [] }) }],
    ['a kind that is not that of the request', { object: { ...pod(), kind: 'Deployment' } }],
    ['a version that is not that of the request', { object: { ...pod(), apiVersion: 'v2' } }],
    ['a kind of request that its resource does not have', { kind: { group: '', version: 'v1', kind: 'Service' } }],
    ['another namespace than the request', { object: pod({}, { namespace: 'exempt' }) }],
    ['no namespace at all', { namespace: '', object: pod({}, { namespace: '' }) }],
    ['a resource that nobody knows', { resource: { group: 'x.example', version: 'v1', resource: 'things' } }],
    ['a subresource that nobody knows', { subResource: 'teleport' }],
    [
      'a binding that unconfines',
      {
        subResource: 'binding',
        object: { metadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/web': 'unconfined' } } },
      },
    ],
  ] as const)('%s is refused, and recorded', async (_title, changes) => {
    const { gate, launches } = gateWith();
    const answer = await validate(changes as ReviewChanges, gate);
    expect(answer).toMatchObject({
      allowed: false,
      status: { code: 403 },
      auditAnnotations: { decision: 'refusal-1' },
    });
    expect([launches.asked.length, launches.refused.length]).toEqual([0, 1]);
  });

  it.each([
    ['DELETE', { operation: 'DELETE', object: null, oldObject: pod() }],
    ['an eviction', { subResource: 'eviction', object: { kind: 'Eviction', apiVersion: 'policy/v1' } }],
    [
      'a binding',
      { subResource: 'binding', object: { kind: 'Binding', apiVersion: 'v1', target: { kind: 'Node', name: 'a' } } },
    ],
    ['metrics of a kubelet', connect('proxy', { path: 'metrics/cadvisor' }, nodes)],
    [
      'the number of a Deployment',
      {
        operation: 'UPDATE',
        subResource: 'scale',
        resource: { group: 'apps', version: 'v1', resource: 'deployments' },
        object: { kind: 'Scale' },
      },
    ],
  ] as const)('%s passes', async (_title, changes) => {
    const { gate, launches } = gateWith({}, () => deny());
    const answer = await validate(changes as ReviewChanges, gate);
    expect([answer.allowed, launches.asked.length + launches.refused.length]).toEqual([true, 0]);
  });
});
