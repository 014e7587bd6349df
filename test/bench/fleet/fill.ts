import { coverageKey } from '../../../src/model/index.ts';
import { packIds, packJson } from '../../../src/store/codec.ts';
import { openBulkWriter } from './bulk-writer.ts';
import { componentOf, distinctComponents, type FleetShape, imageKeys, membersOf, runsOf } from './shape.ts';

/**
 * Fills a store that openStore made and nobody has open. Straight into the tables, with what the store itself would have
 * written there: through its methods it would take longer than all the rest.
 */
export async function fillStore(url: string, shape: FleetShape): Promise<void> {
  const writer = await openBulkWriter(url);
  const ids = Array.from({ length: distinctComponents }, (_, index) => index + 1);
  await writer.insert(
    'components',
    ['component_id', 'identity', 'ecosystem', 'name', 'other_name', 'coverage', 'document', 'pending'],
    ids.map((id) => {
      const component = componentOf(id);
      const { ecosystem, name, source, distribution } = component;
      const coverage = coverageKey(ecosystem, distribution);
      return [id, String(id), ecosystem, name, source?.name ?? null, coverage, JSON.stringify(component), 0];
    }),
  );
  const keys = imageKeys(shape);
  const members = membersOf(shape);
  // One bill stands for all: it is never read here, but it lies between the rows that are.
  const document = packBill(members[0] ?? new Uint32Array());
  await writer.insert(
    'boms',
    ['subject_row', 'subject', 'recorded_at', 'revision', 'component_ids', 'document'],
    members.map((held, image) => [image + 1, keys[image] ?? '', 0, 1, packIds([...held]), document]),
  );
  await writer.insert('bom_components', ['component_id', 'subject_row'], byComponent(members));
  await writer.insert(
    'workloads',
    ['host', 'engine', 'container_id', 'started', 'ended', 'ended_exact', 'image_id', 'name', 'image_reference'].concat(
      'labels',
      'revision',
    ),
    runRows(shape, keys),
  );
  await writer.run('update revisions set boms = 1, workloads = 1');
  await writer.close();
}

function packBill(held: Uint32Array): Uint8Array {
  const components = [...held].map((id) => {
    const component = componentOf(id);
    const locations = [`/usr/lib/node_modules/${component.name}/package.json`];
    return { ...component, licenses: ['MIT'], locations, layer: id % 9 };
  });
  return packJson({ subject: { kind: 'image', imageId: '' }, components, catalogers: [], problems: [] });
}

/** In the order of the table's key. */
function* byComponent(members: readonly Uint32Array[]): Generator<[number, number]> {
  const holding: number[][] = Array.from({ length: distinctComponents + 1 }, () => []);
  for (const [image, held] of members.entries()) for (const id of held) holding[id]?.push(image + 1);
  for (const [id, rows] of holding.entries()) for (const row of rows) yield [id, row];
}

function* runRows(shape: FleetShape, keys: readonly string[]) {
  const labels = '{"com.example.team":"harbor"}';
  for (const { host, containerId, started, ended, image, name } of runsOf(shape, Date.now())) {
    const reference = `registry.example/app-${image}:1`;
    yield [host, 'docker', containerId, started, ended, 1, keys[image] ?? '', name, reference, labels, 1];
  }
}
