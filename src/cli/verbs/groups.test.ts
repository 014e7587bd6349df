import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runVerb } from '../../../test/fakes/run-verb.ts';
import { createFakeServices } from '../../../test/fakes/services.ts';
import type { FlowPage } from '../../model/wire/index.ts';
import { exitCode } from '../exit-code.ts';

const services = createFakeServices();
const run = (...argv: string[]) => runVerb(['groups', ...argv], services);

const pod = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }\n`;
const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  podSelector: { matchLabels: { app: db } }
  policyTypes: [Ingress, Egress]
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 5432, protocol: TCP }] }]
`;
const group = (name: string, spec: string) =>
  `apiVersion: portwarden/v1\nkind: SecurityGroup\nmetadata: { name: ${name} }\nspec: { members: [{ name: ${name} }], ${spec} }\n`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pw-groups-'));
  mkdirSync(join(folder, 'k8s', 'deep'), { recursive: true });
  writeFileSync(join(folder, 'k8s', 'web.yaml'), pod('web'));
  writeFileSync(join(folder, 'k8s', 'deep', 'db.yml'), `${pod('db')}---\n${policy}`);
  writeFileSync(join(folder, 'k8s', 'notes.txt'), 'kind: [');
  // What lies elsewhere is not read, however it is linked to.
  writeFileSync(join(folder, 'outside.yaml'), pod('outside'));
  symlinkSync(join(folder, 'outside.yaml'), join(folder, 'k8s', 'link.yaml'));
  symlinkSync(folder, join(folder, 'k8s', 'up'));
  writeFileSync(
    join(folder, 'groups.yaml'),
    `${group('web', 'outbound: [{ to: [{ any: true }] }], inbound: [{ from: [{ any: true }] }]')}---\n${group('db', 'inbound: [{ from: [{ group: web }], ports: [tcp/5432-5433] }]')}`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('groups reach DIR', () => {
  it('reads a folder and those in it, and prints edges and remarks alone', async () => {
    const { code, out } = await run('reach', join(folder, 'k8s'), '--format', 'json');
    expect(code).toBe(exitCode.done);
    const answer = JSON.parse(out);
    expect(Object.keys(answer)).toEqual(['edges', 'remarks']);
    expect(answer.edges).toContainEqual({ src: 'shop/web[Pod]', dst: 'shop/db[Pod]', connections: 'TCP 5432' });
    expect(out).not.toContain('outside');
  });

  it('prints edges from or to one alone', async () => {
    const { out } = await run('reach', join(folder, 'k8s'), '--to', 'shop/db[Pod]', '--format', 'json');
    expect(JSON.parse(out).edges).toEqual([{ src: 'shop/web[Pod]', dst: 'shop/db[Pod]', connections: 'TCP 5432' }]);
  });

  it('says what cannot be read, and what is no manifest', async () => {
    expect(await run('reach', join(folder, 'none'))).toMatchObject({ code: exitCode.unreadable });
    writeFileSync(join(folder, 'broken.yaml'), 'kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\nspec: 7\n');
    const { code, err } = await run('reach', join(folder, 'broken.yaml'));
    expect(code).toBe(exitCode.unreadable);
    expect(err).toContain('broken.yaml');
  });
});

describe('groups explain and diff', () => {
  it('explain by a folder', async () => {
    const { out } = await run('explain', 'web', 'db', '5432', '--in', join(folder, 'k8s'));
    expect(out).toContain('passes');
    expect(out).toContain('NetworkPolicy shop/db');
    expect((await run('explain', 'db', 'web', 'tcp/80', '--in', join(folder, 'k8s'))).out).toContain('is refused');
    expect(await run('explain', 'web', 'db', 'http')).toMatchObject({ code: exitCode.usage });
  });

  it('tell where platforms differ, and end with 1 then', async () => {
    const [k8s, groups] = [`k8s:${join(folder, 'k8s')}`, `groups:${join(folder, 'groups.yaml')}`];
    expect((await run('diff', k8s, k8s)).code).toBe(exitCode.done);
    const { code, out } = await run('diff', k8s, groups, '--format', 'json');
    expect(code).toBe(exitCode.refused);
    expect(JSON.parse(out)).toMatchObject({
      onlyFirst: [],
      onlySecond: [{ from: 'web', to: 'db', connections: 'tcp 5433' }],
    });
    expect(await run('diff', 'aws', k8s)).toMatchObject({ code: exitCode.usage });
  });

  it.each(['aws', 'google', 'azure'])('hold groups against what %s has of them', async (platform) => {
    const [out, groups] = [join(folder, 'clouds'), join(folder, 'cloud-groups.yaml')];
    const block = group('lb', 'inbound: [{ from: [{ cidr: 10.0.0.0/8 }], ports: [tcp/443] }]');
    writeFileSync(groups, `${readFileSync(join(folder, 'groups.yaml'), 'utf8')}---\n${block}`);
    const members = ['*=10.1.0.0/16', 'web=10.1.1.0/24', 'db=10.1.2.0/24'].flatMap((each) => ['--members', each]);
    const rendered = await run('render', platform, '-f', groups, '--out', out, ...members);
    expect(rendered.code).toBe(exitCode.done);
    expect(rendered.err).toContain('Who is in a group is not said by rules');
    const file = join(out, `portwarden-${platform}.tf.json`);
    const cloud = `${platform}:${file}`;
    // Azure lets no SCTP, and no ICMPv6, where a rule is of all.
    const same = await run('diff', `groups:${groups}`, cloud, ...members, '--format', 'json');
    const { onlyFirst, onlySecond } = JSON.parse(same.out);
    expect(onlySecond).toEqual([]);
    if (platform !== 'azure') expect([onlyFirst, same.code]).toEqual([[], exitCode.done]);
    const reach = JSON.parse((await run('reach', cloud, ...members, '--format', 'json')).out);
    expect(reach.edges).toContainEqual({ src: 'web', dst: 'db', connections: 'TCP 5432-5433' });
    expect(reach.remarks).toEqual([]);
    const explained = (port: string) => run('explain', 'web', 'db', port, '--in', cloud, ...members);
    expect((await explained('5432')).out).toContain('passes');
    expect((await explained('5434')).out).toContain('is refused');
    writeFileSync(join(out, 'more.json'), readFileSync(file, 'utf8').replaceAll('5433', '5450'));
    const wider = await run('diff', `groups:${groups}`, `${platform}:${join(out, 'more.json')}`, ...members);
    expect(wider.code).toBe(exitCode.refused);
    expect(wider.out).toContain('5434-5450');
  });

  it('refuse an export of another cloud, and members without a block', async () => {
    writeFileSync(join(folder, 'other.json'), '{"SecurityGroups": []}');
    const { code, err } = await run('reach', `google:${join(folder, 'other.json')}`);
    expect(code).toBe(exitCode.unreadable);
    expect(err).toContain('other.json: this is no state of Terraform and no output of gcloud');
    expect(await run('reach', 'aws:x', '--members', 'web')).toMatchObject({ code: exitCode.usage });
    expect(await run('reach', `groups:${folder}`)).toMatchObject({ code: exitCode.usage });
  });
});

describe('groups over the services', () => {
  it.each([['list'], ['reach'], ['flows', '--refused'], ['suggest'], ['explain', 'a', 'b', '443']])(
    'print %s as a table and as JSON',
    async (...argv) => {
      const table = await run(...argv);
      expect(table).toMatchObject({ code: exitCode.done });
      expect(table.out).not.toBe('');
      expect(JSON.parse((await run(...argv, '--format', 'json')).out)).toBeTypeOf('object');
    },
  );

  it('print flows of the outcome that is asked for, and of one alone', async () => {
    const outcomes = async (flag: string) =>
      new Set(
        (JSON.parse((await run('flows', flag, '--format', 'json')).out) as FlowPage).items.map(
          ({ outcome }) => outcome,
        ),
      );
    expect(await outcomes('--refused')).toEqual(new Set(['refused']));
    expect(await outcomes('--observed')).toEqual(new Set(['observed']));
    expect(await run('flows', '--refused', '--observed')).toMatchObject({ code: exitCode.usage });
  });

  it('show a group, and say where there is none', async () => {
    const [first] = (await services.groups.list()).items;
    expect((await run('show', first?.name ?? '')).out).toContain(first?.name);
    expect(await run('show', 'nobody')).toMatchObject({ code: exitCode.usage });
  });

  it('plan, and end with 1 where something that was recorded breaks', async () => {
    const plan = await services.groups.plan([]);
    const { code } = await run('plan', '-f', join(folder, 'groups.yaml'));
    const isBreaking = (await services.groups.plan([{ name: '', text: 'name: web' }])).broken.length > 0;
    expect(code).toBe(isBreaking ? exitCode.refused : exitCode.done);
    expect(plan.changes).toBeDefined();
  });
});

describe('groups render', () => {
  it('renders documents for a cluster, and tells on standard error what it cannot say', async () => {
    const { code, out, err } = await run(
      'render',
      'kubernetes',
      '-f',
      join(folder, 'groups.yaml'),
      '--namespace',
      'shop',
    );
    expect(code).toBe(exitCode.done);
    expect(out).toContain('kind: NetworkPolicy');
    expect(err).toContain('SecurityGroup web members[0]: A policy cannot ask a Pod for name');
  });

  it('knows where services are, and the kind of policies that a cluster has', async () => {
    const named = ['--service', 'kubernetes-api=10.96.0.1/32:tcp/443', '--service', 'host=fd00::/64'];
    const { out } = await run(
      'render',
      'kubernetes',
      '-f',
      join(folder, 'groups.yaml'),
      '--admin',
      'ClusterNetworkPolicy',
      ...named,
    );
    expect(out).toContain('kind: ClusterNetworkPolicy');
    expect(out).toContain('- 10.96.0.1/32');
    expect(out).toContain('- fd00::/64');
  });

  it('renders what is applied where no file is named, and writes files', async () => {
    const out = join(folder, 'rendered');
    const { code, err } = await run('render', 'kubernetes', '--out', out, '--format', 'json');
    expect(code).toBe(exitCode.done);
    expect(err).toBe('');
    expect(await run('render', 'kubernetes', '-f', join(folder, 'groups.yaml'), '--out', out)).toMatchObject({
      out: '',
    });
    expect(readFileSync(join(out, 'db.yaml'), 'utf8')).toContain('podSelector');
  });

  it('refuses a platform that it does not know, and a block that is none', async () => {
    expect(await run('render', 'elsewhere')).toMatchObject({ code: exitCode.usage });
    expect(await run('render', 'kubernetes', '--pod-cidr', '10.0.0.1/8')).toMatchObject({ code: exitCode.usage });
    for (const place of [
      'etcd',
      'etcd=10.0.0.1',
      'etcd=10.0.0.1/32:tcp/70000',
      'elsewhere=10.0.0.1/32',
      'etcd=10.0.0.1/32:icmp',
    ])
      expect(await run('render', 'kubernetes', '--service', place)).toMatchObject({ code: exitCode.usage });
    expect(await run('render', 'kubernetes', '--admin', 'AdminNetworkPolicy', '--priority', '981')).toMatchObject({
      code: exitCode.usage,
    });
  });
});
