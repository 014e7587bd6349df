import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../../node_modules/.cache/test-layers', import.meta.url));

/**
 * The tar file of a layer, made once for each checkout: `fill` writes the tree into the directory that it is given.
 * The name must change where the recipe does.
 */
export function cachedLayer(name: string, fill: (root: string) => void): string {
  const file = join(cache, `${name}.tar`);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  const stage = mkdtempSync(join(cache, `${name}-`));
  try {
    const root = join(stage, 'root');
    mkdirSync(root);
    fill(root);
    // Sorted, owned by root and without times, so that the digest depends on the recipe alone.
    const steady = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@1715000000', '--format=pax'];
    const plain = ['--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'];
    execFileSync('tar', [...steady, ...plain, '-cf', join(stage, 'layer.tar'), '-C', root, '.']);
    renameSync(join(stage, 'layer.tar'), file);
  } finally {
    rmSync(stage, { recursive: true });
  }
  return file;
}
