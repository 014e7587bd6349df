import { type Attack, attackLabel, imagePrefix } from './attack.ts';
import { contentType, json, padding } from './bodies.ts';
import { containerAttack, probeAttack } from './container-attack.ts';
import { imageIn, refusalIn, wordsOf } from './judge-answer.ts';
import type { RawRequest } from './raw-request.ts';

const past = 'an image that came past every registry, signature and scan';
const pretends = 'an image under a name that is trusted';
const names = 'https://github.com/opencontainers/distribution-spec (tags are not bound to content)';
const form = contentType('application/x-www-form-urlencoded');
/** An archive without a file: two blocks of zeros. */
const emptyArchive = Buffer.alloc(1024);

/** The same untrusted image by other names: a gate must find out what a name means to the engine. */
const short = (
  [
    ['whole-id', 'its whole ID', (id: string) => id],
    ['bare-id', 'its ID without the algorithm', (id: string) => id.slice(7)],
    ['three-digits', 'the first three digits of its ID', (id: string) => id.slice(7, 10)],
    ['short-id', 'the first digits of its ID with the algorithm', (id: string) => id.slice(0, 12)],
  ] as const
).map(
  ([name, title, spell]): Attack => ({
    id: `docker/image/${name}`,
    title: `An image that is not trusted, by ${title}`,
    why: past,
    reference: names,
    async run(host, signal) {
      const image = await host.foreignImage(signal);
      if ('missing' in image) return { state: 'not-applicable', reason: image.missing };
      return containerAttack({
        ...{ id: '', title, why: past, reference: names },
        // Podman says it without the algorithm.
        witnesses: [
          ['Image', (value) => typeof value === 'string' && image.name.endsWith(value) && value.length >= 64],
        ],
        requests: (_, container) => [
          { path: `/${host.api}/containers/create?name=${container}`, body: json(host.harmless(spell(image.name))) },
        ],
      }).run(host, signal);
    },
  }),
);

type MakingRow = readonly [
  name: string,
  title: string,
  why: string,
  request: (parts: {
    readonly api: string;
    readonly run: string;
    readonly image: string;
    readonly repository: string;
    readonly container: string;
  }) => RawRequest,
];

const makingRows: readonly MakingRow[] = [
  [
    'tag',
    'A local name for an image',
    pretends,
    ({ api, image, repository }) => ({ path: `/${api}/images/${image}/tag?repo=${repository}&tag=1`, headers: [] }),
  ],
  [
    'tag-form',
    'A local name for an image, asked for in a form',
    pretends,
    ({ api, image, repository }) => ({
      path: `/${api}/images/${image}/tag`,
      headers: form,
      body: `repo=${repository}&tag=1`,
    }),
  ],
  [
    'import',
    'An import',
    past,
    ({ api, run, repository }) => ({
      path: `/${api}/images/create?fromSrc=-&repo=${repository}&tag=1&changes=${encodeURIComponent(`LABEL ${attackLabel}=${run}`)}`,
      headers: contentType('application/x-tar'),
      body: emptyArchive,
    }),
  ],
  [
    'commit',
    'An image made of a container',
    past,
    ({ api, run, repository, container }) => ({
      path: `/${api}/commit?container=${container}&repo=${repository}&tag=1`,
      body: json({ Labels: { [attackLabel]: run } }),
    }),
  ],
  [
    'commit-oversize',
    'An image made of a container, asked for in 1.2 MiB',
    past,
    ({ api, run, repository, container }) => ({
      path: `/${api}/commit?container=${container}&repo=${repository}&tag=1`,
      body: json({ Labels: { [attackLabel]: run }, Domainname: padding }),
    }),
  ],
];

/** Images and names that are made here. Each is looked for, and taken away. */
const making = makingRows.map(
  ([name, title, why, request]): Attack => ({
    id: `docker/image/${name}`,
    title,
    why,
    reference: names,
    async run(host, signal) {
      const container = await host.waiting(signal);
      if ('missing' in container && name.startsWith('commit'))
        return { state: 'undetermined', reason: container.missing };
      const repository = `${imagePrefix}${host.run}`;
      const from = 'missing' in container ? '' : container.name;
      let made: string | undefined;
      try {
        const answer = await host.send([request({ ...host, repository, container: from })], signal);
        made = host.ownImage(imageIn(answer.body));
        for (const image of [`${repository}:1`, ...(made === undefined ? [] : [made])]) {
          if ((await host.read(`/images/${image}/json`, signal)) !== undefined)
            return { state: 'broken', witness: `${image} was there` };
        }
        return refusalIn(answer) ?? { state: 'held', by: 'engine', words: `no image came of it: ${wordsOf(answer)}` };
      } finally {
        await host.removeImage(`${repository}:1`);
        if (made !== undefined) await host.removeImage(made);
      }
    },
  }),
);

type ProbeRow = readonly [name: string, title: string, path: (api: string) => string, rest: Partial<RawRequest>];

/** The registry is nobody's (RFC 2606): where no gate refuses, the engine looks for it in vain. */
const foreign = 'portwarden.invalid/x';

const probeRows: readonly ProbeRow[] = [
  ['pull', 'A pull', (api) => `/${api}/images/create?fromImage=${foreign}&tag=1`, { headers: [] }],
  [
    'pull-form',
    'A pull asked for in a form',
    (api) => `/${api}/images/create`,
    { headers: form, body: `fromImage=${foreign}&tag=1` },
  ],
  [
    'pull-form-chunked',
    'A pull asked for in a form, chunked',
    (api) => `/${api}/images/create`,
    { headers: form, body: `fromImage=${foreign}&tag=1`, isChunked: true },
  ],
  [
    'pull-two-types',
    'A pull in a form under two types',
    (api) => `/${api}/images/create`,
    {
      headers: contentType('application/x-www-form-urlencoded', 'application/json'),
      body: `fromImage=${foreign}&tag=1`,
      isChunked: true,
    },
  ],
  [
    'load',
    'A load of an archive',
    (api) => `/${api}/images/load?quiet=1`,
    { headers: contentType('application/x-tar'), body: emptyArchive },
  ],
  [
    'build',
    'A build',
    (api) => `/${api}/build?dockerfile=portwarden-none`,
    { headers: contentType('application/x-tar'), body: emptyArchive },
  ],
  [
    'session',
    'A session of BuildKit',
    (api) => `/${api}/session`,
    {
      headers: [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'h2c'],
      ],
    },
  ],
  [
    'control',
    'The control channel of BuildKit',
    () => '/grpc',
    {
      headers: [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'h2c'],
      ],
    },
  ],
];

const probes = probeRows.map(([name, title, path, rest]) =>
  probeAttack({
    id: `docker/image/${name}`,
    title,
    why: past,
    reference: 'CIS Docker Benchmark, section 4',
    request: ({ api }) => ({ ...rest, path: path(api) }),
  }),
);

/** Ways for an image to come, or to be named, that nobody looks at. */
export const imageAttacks: readonly Attack[] = [...short, ...making, ...probes];
