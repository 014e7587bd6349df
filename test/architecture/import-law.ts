import { posix } from 'node:path';
import { type ImportedModule, importsOf, type SourceFile } from './source-files.ts';

/** DESIGN and ARCHITECTURE, "Where things live": a file imports from lower levels only. */
export const levels: Readonly<Record<string, number>> = {
  base: 0,
  model: 1,
  image: 2,
  catalog: 2,
  advisory: 2,
  inspect: 2,
  trust: 2,
  launch: 2,
  input: 2,
  policy: 2,
  segmentation: 2,
  host: 2,
  access: 2,
  blast: 2,
  attack: 2,
  inventory: 2,
  notify: 2,
  store: 2,
  service: 3,
  api: 4,
  gate: 4,
  agent: 4,
  cli: 4,
  wiring: 5,
};

/** Ways into a room beside its index.ts. */
const extraDoors = ['src/base/log.ts', 'src/model/wire/index.ts'];

/** Which rooms may import what reaches out of the process; every other built-in and package is free. */
const reach: readonly { readonly modules: RegExp; readonly rooms: readonly string[] }[] = [
  {
    modules: /^node:child_process$/,
    // gate/docker/front starts the process that answers dockerd where the agent is dead or hung.
    rooms: [
      'segmentation',
      'host',
      'agent',
      'gate/runtime',
      'gate/docker/front',
      'image',
      'trust/gpg',
      'trust/command',
    ],
  },
  {
    modules: /^(?:undici|node:(?:net|http|https|http2|tls|dgram))$/,
    rooms: [
      'image',
      'advisory',
      'inspect/clamd',
      'notify',
      'trust',
      'access',
      'api',
      'gate',
      'agent',
      'attack',
      'segmentation/names',
      'segmentation/probe',
    ],
  },
  { modules: /^(?:pg|kysely|node:sqlite)$/, rooms: ['store'] },
  { modules: /^fastify$|^@fastify\//, rooms: ['api'] },
  { modules: /^commander$|^cli-table3$/, rooms: ['cli'] },
];

/** Rooms whose functions are pure: nothing of the machine's. */
const pureRooms = ['base', 'model', 'policy', 'inventory', 'inspect', 'catalog'];
const machine = /^node:(?:fs|fs\/promises|os|worker_threads|cluster|process)$/;

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly law: 'unknown-room' | 'level' | 'sibling' | 'door' | 'store' | 'reach' | 'pure' | 'console' | 'prefix';
  readonly imported: string;
}

/** The room of a file below src/; main.ts belongs to the wiring that it starts. */
export function roomOf(path: string): string | undefined {
  const [top, room, ...rest] = path.split('/');
  if (top !== 'src' || room === undefined) return undefined;
  if (rest.length === 0) return room === 'main.ts' ? 'wiring' : room;
  return room;
}

export function findViolations(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((imported) => {
      const law = file.path.startsWith('web/') ? consoleLaw(file.path, imported) : roomLaw(file.path, imported);
      return law === undefined ? [] : [{ path: file.path, line: imported.line, law, imported: imported.specifier }];
    }),
  );
}

/** Tests may import from their own level and from test/ as well. */
function roomLaw(path: string, imported: ImportedModule): Violation['law'] | undefined {
  const room = roomOf(path);
  const level = room === undefined ? undefined : levels[room];
  if (room === undefined || level === undefined) return 'unknown-room';
  const isTest = path.endsWith('.test.ts');
  const { specifier } = imported;
  if (!specifier.startsWith('.')) return isTest ? undefined : outsideLaw(path, room, imported);

  const target = posix.join(posix.dirname(path), specifier);
  if (target.startsWith('test/') || !target.startsWith('src/'))
    return isTest || target === 'package.json' ? undefined : 'level';
  const other = roomOf(target) ?? '';
  if (other === room) return undefined;
  const otherLevel = levels[other];
  if (otherLevel === undefined) return 'unknown-room';
  if (otherLevel > level) return 'level';
  if (otherLevel === level && !isTest) return 'sibling';
  if (level === 4 && other === 'store' && !isTest) return 'store';
  const isDoor = isTest || target === `src/${other}/index.ts` || extraDoors.includes(target);
  return isDoor ? undefined : 'door';
}

function outsideLaw(path: string, room: string, { specifier, typeOnly }: ImportedModule): Violation['law'] | undefined {
  if (typeOnly) return undefined;
  if (!specifier.startsWith('node:') && builtins.has(specifier.split('/')[0] ?? '')) return 'prefix';
  const limited = reach.find(({ modules }) => modules.test(specifier));
  if (limited && !limited.rooms.some((allowed) => path.startsWith(`src/${allowed}/`))) return 'reach';
  return pureRooms.includes(room) && machine.test(specifier) ? 'pure' : undefined;
}

/** Without `node:` they would slip past the rules above. */
const builtins = new Set([
  'child_process',
  'net',
  'http',
  'https',
  'http2',
  'tls',
  'dgram',
  'fs',
  'os',
  'process',
  'worker_threads',
]);

/** The console takes types of the model, and nothing else of the program. */
function consoleLaw(path: string, { specifier, typeOnly }: ImportedModule): Violation['law'] | undefined {
  const isTool = path.endsWith('.test.ts') || path.endsWith('.test.tsx') || path === 'web/vite.config.ts';
  if (!specifier.startsWith('.')) return specifier.startsWith('node:') && !isTool ? 'console' : undefined;
  const target = posix.join(posix.dirname(path), specifier);
  if (target.startsWith('web/')) return undefined;
  if (isTool && target.startsWith('test/')) return undefined;
  return typeOnly && /^src\/model\/(?:wire\/)?index\.ts$/.test(target) ? undefined : 'console';
}
