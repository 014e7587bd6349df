import type { Ecosystem } from '../../model/index.ts';
import { apkOrder } from './apk.ts';
import { cargoOrder } from './cargo.ts';
import { composerOrder } from './composer.ts';
import { debOrder } from './deb.ts';
import { gemOrder } from './gem.ts';
import { golangOrder } from './golang.ts';
import { mavenOrder } from './maven.ts';
import { npmOrder } from './npm.ts';
import { nugetOrder } from './nuget.ts';
import { pypiOrder } from './pypi.ts';
import { rpmOrder } from './rpm.ts';
import { badVersion } from './version-error.ts';
import { maxVersionLength, type Ordering, type VersionOrder } from './version-order.ts';

const orders: Readonly<Record<Ecosystem, VersionOrder<unknown>>> = {
  deb: debOrder as VersionOrder<unknown>,
  apk: apkOrder as VersionOrder<unknown>,
  rpm: rpmOrder as VersionOrder<unknown>,
  npm: npmOrder as VersionOrder<unknown>,
  pypi: pypiOrder as VersionOrder<unknown>,
  golang: golangOrder as VersionOrder<unknown>,
  maven: mavenOrder as VersionOrder<unknown>,
  gem: gemOrder as VersionOrder<unknown>,
  cargo: cargoOrder as VersionOrder<unknown>,
  composer: composerOrder as VersionOrder<unknown>,
  nuget: nugetOrder as VersionOrder<unknown>,
};

/** A text that is a version of its ecosystem, read once so that it can be compared often. */
export interface Version {
  readonly text: string;
  /** Both must be of one ecosystem. */
  compare(other: Version): Ordering;
}

class OrderedVersion implements Version {
  readonly text: string;
  readonly #order: VersionOrder<unknown>;
  readonly #parsed: unknown;

  constructor(order: VersionOrder<unknown>, text: string) {
    this.text = text;
    this.#order = order;
    this.#parsed = order.parse(text);
  }

  compare(other: OrderedVersion): Ordering {
    if (other.#order !== this.#order) throw new TypeError('versions of two ecosystems have no order');
    return this.#order.compare(this.#parsed, other.#parsed);
  }
}

/** Throws VersionError `bad-version` where the ecosystem's own tool would refuse the text as a version. */
export function parseVersion(ecosystem: Ecosystem, text: string): Version {
  if (text.length > maxVersionLength) {
    throw badVersion(ecosystem, text, `it is longer than ${maxVersionLength} characters`);
  }
  return new OrderedVersion(orders[ecosystem], text);
}

/** As the ecosystem's own tool orders them. Throws VersionError `bad-version` where one of the two is no version. */
export function compareVersions(ecosystem: Ecosystem, a: string, b: string): Ordering {
  return parseVersion(ecosystem, a).compare(parseVersion(ecosystem, b));
}
