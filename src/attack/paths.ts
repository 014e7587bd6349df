import { type Attack, type AttackHost, namePrefix } from './attack.ts';
import { json, padding, privilegedBody, privilegedWitnesses } from './bodies.ts';
import { containerAttack, findWitness, isSet, withoutEffect } from './container-attack.ts';
import { refusalIn } from './judge-answer.ts';
import type { RawRequest } from './raw-request.ts';

const old = 'https://docs.docker.com/engine/deprecated/ (HostConfig at start, API below 1.24)';
const spelled = 'RFC 9112, section 3.2; RFC 3986, section 6';

type PathRow = readonly [
  name: string,
  title: string,
  path: (create: string, host: AttackHost) => string,
  rest?: Partial<RawRequest>,
];

const pathRows: readonly PathRow[] = [
  ['no-version', 'Without a version', (create) => create],
  ['api-1.23', 'API 1.23', (create) => `/v1.23${create}`],
  ['api-1.24', 'API 1.24', (create) => `/v1.24${create}`],
  ['api-1.024', 'API 1.024', (create) => `/v1.024${create}`],
  ['api-1.41.0', 'API 1.41.0', (create) => `/v1.41.0${create}`],
  ['encoded-slash', 'An encoded slash', (create, { api }) => `/${api}${create.replace('/create', '%2Fcreate')}`],
  ['encoded-letter', 'An encoded letter', (create, { api }) => `/${api}${create.replace('/create', '/%63reate')}`],
  ['two-slashes', 'Two slashes', (create, { api }) => `/${api}/${create}`],
  ['dot', 'A dot', (create, { api }) => `/${api}/.${create}`],
  ['dots', 'Dots', (create, { api }) => `/${api}/images/..${create}`],
  ['encoded-dots', 'Encoded dots', (create, { api }) => `/${api}/images/%2e%2e${create}`],
  ['slash-at-end', 'A slash at the end', (create, { api }) => `/${api}${create.replace('create?', 'create/?')}`],
  ['whole-uri', 'A whole URI', (create, { api }) => `http://docker/${api}${create}`],
  ['name-twice', 'Two names', (create, { api }) => `/${api}${create}&name=${namePrefix}other`],
  ['http-1.0', 'HTTP 1.0', (create, { api }) => `/${api}${create}`, { version: '1.0' }],
  ['small-method', 'The method in small letters', (create, { api }) => `/${api}${create}`, { method: 'post' }],
  [
    'method-override',
    'Another method in a header',
    (create, { api }) => `/${api}${create}`,
    {
      method: 'GET',
      headers: [
        ['X-HTTP-Method-Override', 'POST'],
        ['Content-Type', 'application/json'],
      ],
    },
  ],
];

const spellings = pathRows.map(([name, title, path, rest]) =>
  containerAttack({
    id: `docker/path/${name}`,
    title: `A privileged container: ${title[0]?.toLowerCase()}${title.slice(1)}`,
    why: 'a container with every privilege of the host, where the gate takes the request for another',
    reference: spelled,
    witnesses: privilegedWitnesses,
    requests: (host, container) => [
      { ...rest, path: path(`/containers/create?name=${container}`, host), body: privilegedBody(host) },
    ],
  }),
);

const behind = containerAttack({
  id: 'docker/path/pipelined',
  title: 'A privileged container behind a harmless request on one connection',
  why: 'a container with every privilege of the host, where only the first request of a connection is judged',
  reference: 'RFC 9112, section 9.3.2',
  witnesses: privilegedWitnesses,
  requests: (host, container) => [
    { method: 'GET', path: `/${host.api}/containers/json`, headers: [] },
    { path: `/${host.api}/containers/create?name=${container}`, body: privilegedBody(host) },
  ],
});

type StartRow = readonly [
  name: string,
  title: string,
  version: string,
  rest: Partial<RawRequest> & { readonly isLong?: true },
];

const startRows: readonly StartRow[] = [
  ['api-1.23', 'API 1.23', 'v1.23', {}],
  ['api-1.12', 'API 1.12', 'v1.12', {}],
  ['oversize', '1.2 MiB in API 1.23', 'v1.23', { isLong: true }],
  ['oversize-chunked', '1.2 MiB in chunks in API 1.23', 'v1.23', { isLong: true, isChunked: true }],
  ['api-1.24', 'API 1.24', 'v1.24', {}],
  ['no-version', 'no version', '', {}],
  ['chunked', 'chunks', '{api}', { isChunked: true }],
  ['text', 'text/plain', '{api}', { headers: [['Content-Type', 'text/plain']] }],
];

/** Settings that come with the start. Should it start, it sleeps, and sees /etc without being able to write there. */
const starts = startRows.map(
  ([name, title, version, { isLong, ...rest }]): Attack => ({
    id: `docker/start/${name}`,
    title: `Settings that come with the start: ${title}`,
    why: 'paths and privileges of the host for a container that was judged without them',
    reference: isLong ? 'CVE-2026-34040' : old,
    async run(host, signal) {
      const container = host.nextName();
      const { HostConfig, ...top } = host.harmless();
      try {
        const made = await host.send(
          [{ path: `/${host.api}/containers/create?name=${container}`, body: json({ ...top, HostConfig }) }],
          signal,
        );
        const refused = refusalIn(made);
        if (refused) return { state: 'undetermined', reason: `no container could be made for it: ${refused.words}` };
        const prefix = version === '' ? '' : `/${version.replace('{api}', host.api)}`;
        const settings = { ...HostConfig, Binds: ['/etc:/portwarden-attack:ro'], ...(isLong ? { padding } : {}) };
        const answer = await host.send(
          [{ ...rest, path: `${prefix}/containers/${container}/start`, body: json(settings) }],
          signal,
        );
        const inspected = await host.read(`/containers/${container}/json`, signal);
        const witness = findWitness(inspected, [['HostConfig.Binds', isSet]]);
        if (witness !== undefined) return { state: 'broken', witness: `the start changed it: ${witness}` };
        return refusalIn(answer) ?? withoutEffect;
      } finally {
        await host.removeContainer(container);
      }
    },
  }),
);

/** Other spellings of the same request, and versions of the API that mean more by it. */
export const pathAttacks: readonly Attack[] = [...spellings, behind, ...starts];
