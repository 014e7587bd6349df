import { BoundError, formatCidrs, parseCidr, parseDigest, parseInstant, parseJson } from '../../../src/base/index.ts';
import {
  formatImageReference,
  formatSource,
  ImageReferenceError,
  parseEcosystem,
  parseImageReference,
  parsePlatform,
  parseSource,
  SourceError,
} from '../../../src/model/index.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

/** What was read and written must be read as the same: two forms of one name are two answers to one question. */
function roundTrip<Value>(text: string, parse: (text: string) => Value, format: (value: Value) => string): Value {
  const value = parse(text);
  const written = format(value);
  if (format(parse(written)) !== written)
    throw new FuzzFinding(`"${text}" is written as "${written}" and read as another`);
  return value;
}

export const modelTargets: readonly FuzzTarget[] = [
  {
    name: 'model/reference',
    covers: ['model/reference.ts'],
    seeds: [
      'nginx:1.25',
      'registry.example:5000/a/b:1',
      `docker.io/library/a@sha256:${'a'.repeat(64)}`,
      '[::1]:5000/a:b',
    ],
    words: ['/', ':', '@', 'sha256:', 'localhost', ':443', '.', '_', '-', 'A', 'index.docker.io'],
    refuses: [ImageReferenceError],
    run: (bytes) => roundTrip(Buffer.from(bytes).toString(), parseImageReference, formatImageReference),
  },
  {
    name: 'model/source',
    covers: ['model/image-source.ts'],
    seeds: [
      'docker:nginx',
      'oci-layout:dir:1.0',
      'docker-archive:/a/b.tar',
      'rootfs:/',
      'registry:a.example/b:1',
      'nginx',
    ],
    words: ['docker:', 'podman:', 'oci-layout:', 'registry://', ':', '//'],
    refuses: [ImageReferenceError, SourceError],
    run: (bytes) => roundTrip(Buffer.from(bytes).toString(), parseSource, formatSource),
  },
  {
    name: 'base/addresses',
    covers: ['base/address-set.ts'],
    seeds: ['10.0.0.0/8', '255.255.255.255', 'fd00::/8', '::ffff:10.0.0.1', '2001:db8::1/128', '1.2.3.4/0'],
    words: ['/', '::', '.', '/32', '/128', '0', 'ffff', '%eth0'],
    refuses: [],
    run: (bytes) => {
      const set = parseCidr(Buffer.from(bytes).toString());
      if (set === undefined) return undefined;
      const [written = '', ...more] = formatCidrs(set);
      if (more.length > 0 || formatCidrs(parseCidr(written) ?? set)[0] !== written)
        throw new FuzzFinding(`a block is written as "${[written, ...more].join(' ')}"`);
      return set;
    },
  },
  {
    name: 'model/words',
    covers: ['model/platform.ts', 'model/ecosystem.ts', 'base/digest.ts', 'base/clock.ts'],
    seeds: [
      'linux/arm/v7',
      'crates.io',
      `sha512:${'0'.repeat(128)}`,
      '2024-02-30T25:00:00.123456789+14:00',
      '2024-01-01',
    ],
    words: ['/', ':', '-', 'T', 'Z', '+00:00', 'sha256:', '9999999999'],
    run(bytes) {
      const text = Buffer.from(bytes).toString();
      return [parsePlatform(text), parseEcosystem(text), parseDigest(text), parseInstant(text)];
    },
  },
  {
    name: 'base/json',
    covers: ['base/bounded.ts'],
    seeds: ['{"a":[1,2.5e3,null,true,"\\u00e9"],"b":{"c":{}}}'],
    words: ['{"__proto__":{"x":1}}', '[', '{"a":', '"\\ud800"', '1e400', '\\u0000'],
    refuses: [BoundError],
    run(bytes) {
      const value = parseJson(Buffer.from(bytes).toString(), 'the text');
      if (({} as { x?: unknown }).x !== undefined) throw new FuzzFinding('the prototype of every object was changed');
      return value;
    },
  },
];
