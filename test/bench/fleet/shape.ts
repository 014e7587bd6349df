import { type Digest, digestOf } from '../../../src/base/index.ts';
import type { Component } from '../../../src/model/index.ts';

/** How large the fleet of a benchmark is; the same size gives the same fleet. */
export interface FleetShape {
  readonly containers: number;
  readonly images: number;
}

export const names = 12_000;
export const versionsOfEach = 5;
export const distinctComponents = names * versionsOfEach;
/** Packages that most images have, as those of a base image. */
export const commonNames = 200;
const inEachImage = 300;
const day = 86_400_000;

export function shapeOf(containers: number): FleetShape {
  return { containers, images: containers >= 1_000_000 ? 20_000 : Math.min(5000, containers) };
}

export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** By its row number, from 1: one name in five versions; half of the names are Debian's, half are of npm. */
export function componentOf(id: number): Component {
  const index = (id - 1) % names;
  const name = `package-${index}`;
  const minor = Math.floor((id - 1) / names);
  if (!isDebian(index)) {
    const version = `1.${minor}.0`;
    return { purl: `pkg:npm/${name}@${version}`, ecosystem: 'npm', name, version };
  }
  const version = `1.${minor}.0-2+deb12u1`;
  return {
    purl: `pkg:deb/debian/${name}@${version}?arch=amd64&distro=debian-12`,
    ecosystem: 'deb',
    name,
    version,
    distribution: { id: 'debian', release: '12' },
    source: { name, version },
  };
}

export function isDebian(nameIndex: number): boolean {
  return nameIndex % 2 === 0;
}

export function imageKeys({ images }: FleetShape): readonly Digest[] {
  return Array.from({ length: images }, (_, image) => digestOf(`image ${image}`));
}

/** For each image the row numbers of its components, ascending. */
export function membersOf({ images }: FleetShape): readonly Uint32Array[] {
  const random = randomFrom(42);
  return Array.from({ length: images }, () => {
    const ids = new Set<number>();
    while (ids.size < inEachImage) {
      const name = ids.size < inEachImage / 2 ? random(commonNames) : random(names);
      ids.add(1 + name + names * random(versionsOfEach));
    }
    return Uint32Array.from(ids).sort();
  });
}

export interface Run {
  readonly host: string;
  readonly containerId: string;
  readonly image: number;
  readonly started: number;
  readonly ended: number | null;
  readonly name: string;
}

/** Runs of the year before `end`, oldest first; six of ten have ended. */
export function* runsOf({ containers, images }: FleetShape, end: number): Generator<Run> {
  const random = randomFrom(43);
  for (let run = 0; run < containers; run++) {
    const started = Math.floor(end - 365 * day + (run / containers) * 365 * day) + random(1000);
    yield {
      host: `host-${random(500)}`,
      containerId: digestOf(`container ${run}`).slice('sha256:'.length),
      image: random(images),
      started,
      ended: random(10) < 4 ? null : Math.min(end, started + random(30 * day)),
      name: `name-${run}`,
    };
  }
}
