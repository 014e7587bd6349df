import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from './source-files.ts';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(checkout, name), 'utf8'));
const packages = Object.entries(read('package-lock.json').packages as Record<string, Locked>).filter(
  ([place]) => place !== '',
);

describe('the lock file', () => {
  it('names each package by version and digest, and no registry', () => {
    expect(packages.length).toBeGreaterThan(100);
    for (const [place, { version, integrity, resolved }] of packages) {
      expect(version, place).toMatch(/^\d+\.\d+\.\d+/);
      expect(integrity, place).toMatch(/^sha512-/);
      expect(resolved, place).toBeUndefined();
    }
  });

  it('has no package that compiles', () => {
    // fsevents is for macOS alone.
    const scripted = packages.filter(([, locked]) => locked.hasInstallScript).map(([place]) => place);
    expect(scripted.filter((place) => !place.endsWith('/fsevents'))).toEqual([]);
  });

  it('pins what package.json asks for to the digit', () => {
    const manifest = read('package.json');
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      for (const [name, wanted] of Object.entries(manifest[kind] as Record<string, string>)) {
        expect(wanted, name).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
        const locked = packages.find(([place]) => place === `node_modules/${name}`)?.[1];
        expect(locked?.version, name).toBe(wanted);
      }
    }
  });
});
