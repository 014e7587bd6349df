import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkPrograms, findInstallPaths } from './find-install-paths.ts';

it('names a runtime by its whole path only', () => {
  expect(findInstallPaths('/bin/sh').runtimes).toEqual(new Map([['sh', '/bin/sh']]));
  for (const path of ['runc', './runc', '/nowhere/runc', '/'])
    expect(() => findInstallPaths(path)).toThrow('is no program');
});

it('lets nothing run as root that others can exchange', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pw-program-'));
  try {
    copyFileSync('/bin/sh', join(folder, 'node'));
    const paths = findInstallPaths('/bin/sh');
    expect(() => checkPrograms({ ...paths, node: '/bin/sh' })).not.toThrow();
    // Whoever may write to /tmp can put another folder there.
    expect(() => checkPrograms({ ...paths, node: join(folder, 'node') })).toThrow('can be changed by others');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
