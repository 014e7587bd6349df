import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatTotals, type Totals, totalsVariable } from './totals.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeEach(() => {
  // Below the checkout, for vitest to be found; not below node_modules, where vitest looks for no tests.
  const cache = join(checkout, '.cache');
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'totals-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What vitest itself makes of the files with the reporter. */
function runTests(files: Readonly<Record<string, string>>): {
  readonly totals: Totals;
  readonly status: number | null;
} {
  writeFileSync(join(folder, 'vitest.config.ts'), 'export default {};\n');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const totals = join(folder, 'totals.json');
  const ran = spawnSync(
    process.execPath,
    [
      join(checkout, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--root', folder, '--reporter', join(checkout, 'test/reporter/totals.ts')],
    ],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, [totalsVariable]: totals } },
  );
  return { totals: JSON.parse(readFileSync(totals, 'utf8')), status: ran.status };
}

const head = "import { beforeAll, it } from 'vitest';\n";

describe('the totals of a run', () => {
  it.each([
    ['tests', `it('a', () => {}); it('b', () => { throw new Error('no'); }); it.todo('c');`, [1, 1, 1]],
    ['a file that cannot be loaded', `import './missing.ts'; it('a', () => {});`, [0, 1, 0]],
    ['a file without tests', '', [0, 1, 0]],
    ['a hook that fails', `beforeAll(() => { throw new Error('no'); }); it('a', () => {});`, [0, 1, 1]],
    ['an error outside the tests', `it('a', () => { setTimeout(() => { throw new Error('late'); }); });`, [1, 1, 0]],
  ])('counts %s', (_, text, [passed, failed, skipped]) => {
    const { totals, status } = runTests({ 'x.test.ts': head + text });
    expect(totals).toMatchObject({ passed, failed, skipped });
    expect(status).toBe(1);
  });

  it('tells why a test was skipped', () => {
    const { totals, status } = runTests({
      'x.test.ts': `${head}it('sails', (context) => context.skip('no wind')); it('rows', () => {});`,
    });
    expect(totals).toEqual({ passed: 1, failed: 0, skipped: 1, skips: ['x.test.ts > sails: no wind'] });
    expect(status).toBe(0);
  });

  it('is one line', () => {
    expect(formatTotals({ passed: 3, failed: 0, skipped: 12 })).toBe('3 passed, 0 failed, 12 skipped');
  });
});
