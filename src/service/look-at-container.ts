import { type Clock, messageOf } from '../base/index.ts';
import { compileBillOfMaterials, isProgram } from '../catalog/index.ts';
import { type DriftedPackage, inspectImage, judgePackage, judgeProgram, redactAll } from '../inspect/index.ts';
import {
  type BillOfMaterials,
  type ContainerLook,
  type DriftFinding,
  type InstalledComponent,
  type OpenWritableLayer,
  type Platform,
  type ReadLimits,
  type Store,
  severities,
  type Workload,
  type WritableLayer,
} from '../model/index.ts';
import { type LookFor, wantsOf } from './read-subject.ts';

export interface LookParts extends Pick<LookFor, 'content'> {
  readonly store: Store;
  readonly openWritableLayer: OpenWritableLayer;
  readonly clock: Clock;
  readonly platform: Platform;
  readonly limits: ReadLimits;
}

/** More findings of one look are counted only. */
const findingsAtMost = 1000;

/**
 * Looks at what a container of this machine has written over its image: programs and packages that the image did not
 * bring, and marks of malware in them. Never rejects for what the container or its engine is: then the look says why it
 * failed. Rejects with the signal's reason, and where the store fails.
 */
export async function lookAtContainer(
  parts: LookParts,
  container: Workload,
  signal: AbortSignal,
): Promise<ContainerLook> {
  const { host, engine, containerId, name, imageReference, imageId, started } = container;
  const about = { host, engine, containerId, name, imageReference, imageId, started };
  const image = await parts.store.boms.get(imageId);
  const at = parts.clock.now();
  if (!image) return { ...about, at, result: { failure: 'its image was not read, so nobody knows what it brought' } };
  try {
    const { platform, limits } = parts;
    const options = { platform, limits, signal, ...wantsOf(parts.content) };
    const layer = await parts.openWritableLayer(engine, containerId, options);
    try {
      return { ...about, at, result: redactAll(await findDrift(layer, image, signal)) };
    } finally {
      await layer.contents.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return { ...about, at, result: { failure: redactAll(messageOf(error)) } };
  }
}

async function findDrift(layer: WritableLayer, image: BillOfMaterials, signal: AbortSignal) {
  const { contents, seenBy } = layer;
  const { distribution, subject } = image;
  const bill = await compileBillOfMaterials(contents, subject, signal, distribution ? { distribution } : {});
  const packages = packagesAdded(bill.components, image.components);
  const owners = new Map(
    packages.flatMap(({ purl }) => (bill.ownedFiles.get(purl) ?? []).map((path) => [path, purl] as const)),
  );
  const programs = new Map<string, number>();
  const findings: DriftFinding[] = [];
  const unchanged = new Set<string>();
  for (const file of contents.files()) {
    if (file.type !== 'file' || !isProgram(file)) continue;
    signal.throwIfAborted();
    const owner = owners.get(file.path);
    const finding = judgeProgram({ ...file, ...(await layer.compare(file.path)) });
    if (!finding) unchanged.add(file.path);
    // What a new package lists as its own is told with it, but for what runs as somebody else.
    else if (owner === undefined || (file.mode & 0o6000) !== 0 || finding.rule !== 'inspect/drift/added-program')
      findings.push(finding);
    else programs.set(owner, (programs.get(owner) ?? 0) + 1);
  }
  for (const each of packages) findings.push(judgePackage({ ...each, programs: programs.get(each.purl) ?? 0 }));
  const { observations = [] } = await inspectImage(contents);
  for (const { rule, severity, confidence, path, detail } of observations) {
    if (path === undefined || !rule.startsWith('inspect/malware/') || unchanged.has(path)) continue;
    findings.push({ rule, severity, confidence, subject: path, detail });
  }
  findings.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return {
    seenBy,
    findings: findings.slice(0, findingsAtMost),
    more: Math.max(0, findings.length - findingsAtMost),
    problems: bill.problems,
  };
}

/**
 * Components of the layer that the image has not in the same version, by package URL. A package database lies in the layer
 * as a whole once a package of it was changed; what is only declared or claimed there is installed by nobody, and what a lock
 * file of the image asks for was not brought by it.
 */
function packagesAdded(
  components: readonly InstalledComponent[],
  ofImage: readonly InstalledComponent[],
): readonly Omit<DriftedPackage, 'programs'>[] {
  const brought = new Set(ofImage.filter(({ evidence }) => evidence?.kind !== 'declared').map(({ purl }) => purl));
  const versions = new Map<string, string[]>();
  for (const component of ofImage) {
    const known = versions.get(nameOf(component));
    if (known) known.push(component.version);
    else versions.set(nameOf(component), [component.version]);
  }
  const added = new Map<string, Omit<DriftedPackage, 'programs'>>();
  for (const component of components) {
    const { purl, name, version, ownedBy, evidence, source } = component;
    if (brought.has(purl) || ownedBy !== undefined || (evidence && evidence.kind !== 'installed')) continue;
    const location = source ? undefined : component.locations[0];
    const imageVersions = versions.get(nameOf(component)) ?? [];
    added.set(purl, { purl, name, version, imageVersions, ...(location === undefined ? {} : { location }) });
  }
  return [...added.values()];
}

function nameOf({ ecosystem, name }: InstalledComponent): string {
  return `${ecosystem}\n${name}`;
}
