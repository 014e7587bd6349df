import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findViolations, levels, roomOf } from './import-law.ts';
import { checkout, importsOf, readSourceFiles } from './source-files.ts';

const program = readSourceFiles('src/**/*.ts');
const console_ = readSourceFiles('web/**/*.{ts,tsx}');

describe('the import law', () => {
  it('holds', () => {
    expect(findViolations([...program, ...console_])).toEqual([]);
  });

  it('was asked about every room', () => {
    const rooms = readdirSync(join(checkout, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(rooms.length).toBeGreaterThan(10);
    for (const { name } of rooms) {
      expect(levels, `src/${name} has no level in import-law.ts`).toHaveProperty(name);
      const files = program.filter((file) => roomOf(file.path) === name);
      expect(files.length, name).toBeGreaterThan(0);
      expect(files.flatMap(importsOf).length, `imports of ${name}`).toBeGreaterThan(0);
    }
    expect(console_.flatMap(importsOf).length).toBeGreaterThan(20);
  });

  it.each([
    ['a higher level', 'src/model/x.ts', "import { a } from '../service/index.ts';", 'level'],
    ['a higher level, for its types', 'src/base/x.ts', "import type { A } from '../model/index.ts';", 'level'],
    ['a sibling of level 2', 'src/image/x.ts', "import { a } from '../catalog/index.ts';", 'sibling'],
    ['a sibling of level 4', 'src/cli/verbs/x.ts', "import { a } from '../../api/index.ts';", 'sibling'],
    ['past the door', 'src/service/x.ts', "import { a } from '../image/reader.ts';", 'door'],
    ['past the door, over lines', 'src/service/x.ts', "import {\n  a,\n  b,\n} from '../image/reader.ts';", 'door'],
    ['past the door, passed on', 'src/service/x.ts', "export * from '../image/reader.ts';", 'door'],
    ['past the door, when reached', 'src/service/x.ts', "  const a = await import('../image/reader.ts');", 'door'],
    [
      'past the door, in a worker',
      'src/service/x.ts',
      "new Worker(new URL('../image/w.ts', import.meta.url));",
      'door',
    ],
    ['past the door, for its side effects', 'src/service/x.ts', "import '../image/reader.ts';", 'door'],
    ['the store past the services', 'src/api/x.ts', "import { openStore } from '../store/index.ts';", 'store'],
    ['processes', 'src/catalog/x.ts', "import { spawn } from 'node:child_process';", 'reach'],
    ['processes without the prefix', 'src/catalog/x.ts', "import { spawn } from 'child_process';", 'prefix'],
    ['processes in a gate that needs none', 'src/gate/docker/x.ts', "import 'node:child_process';", 'reach'],
    ['sockets', 'src/service/x.ts', "import { request } from 'undici';", 'reach'],
    ['sockets by require', 'src/store/x.ts', "const net = require('node:net');", 'reach'],
    ['a database', 'src/service/x.ts', "import pg from 'pg';", 'reach'],
    ['files where all is pure', 'src/inspect/x.ts', "import { readFileSync } from 'node:fs';", 'pure'],
    ['tests from the program', 'src/service/x.ts', "import { a } from '../../test/fakes/fleet.ts';", 'level'],
    ['a room that nobody knows', 'src/helpers/x.ts', "import { a } from './y.ts';", 'unknown-room'],
    ['values from the console', 'web/src/x.ts', "import { a } from '../../src/model/index.ts';", 'console'],
    ['a room from the console', 'web/src/x.ts', "import type { A } from '../../src/store/index.ts';", 'console'],
    [
      'a test of a room that imports upward',
      'src/image/x.test.ts',
      "import { a } from '../service/index.ts';",
      'level',
    ],
  ])('sees %s', (_, path, text, law) => {
    expect(findViolations([{ path, text }])).toMatchObject([{ path, line: 1, law }]);
  });

  it.each([
    ['src/service/x.ts', "import { a } from '../image/index.ts';"],
    ['src/api/x.ts', "import { a } from '../model/wire/index.ts';"],
    ['src/agent/x.ts', "import { spawn } from 'node:child_process';"],
    ['src/gate/runtime/x.ts', "import { spawn } from 'node:child_process';"],
    ['src/image/x.test.ts', "import { a } from '../catalog/index.ts';"],
    ['src/image/x.test.ts', "import { a } from '../../test/fakes/image-builder.ts';"],
    ['web/src/x.ts', "import type { A } from '../../src/model/wire/index.ts';"],
    ['src/main.ts', "import { a } from './wiring/create-wiring.ts';"],
  ])('allows %s: %s', (path, text) => {
    expect(findViolations([{ path, text }])).toEqual([]);
  });
});
