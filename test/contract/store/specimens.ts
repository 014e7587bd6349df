import { createHash } from 'node:crypto';
import type { Digest } from '../../../src/base/index.ts';
import type {
  Advisory,
  BillOfMaterials,
  Component,
  ImageFacts,
  InstalledComponent,
  Judgement,
  StoredMatch,
  Workload,
} from '../../../src/model/index.ts';

/** Things to put into a store, the same each time. */
export function digest(name: string | number): Digest {
  return `sha256:${createHash('sha256').update(String(name)).digest('hex')}`;
}

export const platform = { os: 'linux', architecture: 'amd64' } as const;

export function facts(layers: readonly string[] = ['base', 'app']): ImageFacts {
  return {
    created: 1_700_000_000_000,
    user: '',
    runsAsRoot: true,
    entrypoint: ['/bin/app'],
    command: [],
    exposedPorts: ['80/tcp'],
    volumes: [],
    labels: { 'org.opencontainers.image.title': 'app' },
    setuidFiles: ['/usr/bin/su'],
    setgidFiles: [],
    layers: layers.map((layer) => ({ diffId: digest(layer), size: 10 })),
    totalFileBytes: 20,
    fileCount: 2,
  };
}

export function npm(name: string, version = '1.0.0'): Component {
  return { purl: `pkg:npm/${name}@${version}`, ecosystem: 'npm', name, version };
}

export function deb(name: string, version: string, source = name, release = '12'): Component {
  return {
    purl: `pkg:deb/debian/${name}@${version}?distro=debian-${release}`,
    ecosystem: 'deb',
    name,
    version,
    distribution: { id: 'debian', release },
    source: { name: source, version },
  };
}

export function installed(component: Component, more: Partial<InstalledComponent> = {}): InstalledComponent {
  return { ...component, licenses: ['MIT'], locations: [`/lib/${component.name}`], layer: 0, ...more };
}

export function bom(subject: string, components: readonly (Component | InstalledComponent)[]): BillOfMaterials {
  return {
    subject: subject.startsWith('host:')
      ? { kind: 'host', host: subject.slice('host:'.length) }
      : { kind: 'image', imageId: digest(subject) },
    platform,
    components: components.map((component) => ('locations' in component ? component : installed(component))),
    catalogers: ['npm@1'],
    problems: [],
  };
}

export function workload(name: string, image: string, started: number, more: Partial<Workload> = {}): Workload {
  return {
    host: 'north',
    engine: 'docker',
    containerId: digest(name).slice('sha256:'.length),
    name,
    imageReference: `${image}:1`,
    imageId: digest(image),
    labels: {},
    started,
    endedExact: true,
    ...more,
  };
}

export function advisory(id: string, packages: readonly string[], more: Partial<Advisory> = {}): Advisory {
  return {
    id,
    aliases: [],
    summary: `Something in ${packages.join(' and ')}`,
    severity: 'high',
    cvss: [],
    references: [],
    affected: packages.map((name) => ({
      ecosystem: 'npm',
      name,
      ranges: [{ introduced: '0', fixed: '2' }],
      versions: [],
    })),
    ...more,
  };
}

export function match(advisoryId: string, more: Partial<StoredMatch> = {}): StoredMatch {
  return {
    advisory: advisoryId,
    flaw: advisoryId,
    package: 'left',
    severity: 'high',
    feed: 'osv',
    since: 1000,
    ...more,
  };
}

export function judgement(componentId: number, matches: readonly StoredMatch[], judged = true): Judgement {
  return { componentId, judged, matches, undetermined: [] };
}

/** Everything that batches give, in one list. */
export async function collect<Item>(batches: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const batch of batches) items.push(...batch);
  return items;
}
