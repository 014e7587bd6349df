import type { Attack } from './attack.ts';
import { attackLabel } from './attack.ts';
import { json, padding } from './bodies.ts';
import { containerAttack, findWitness, isSet } from './container-attack.ts';
import { refusalIn } from './judge-answer.ts';
import type { RawRequest } from './raw-request.ts';

const why = 'files of the host, and root by them, under the harmless name of a volume';
const reference = 'https://docs.docker.com/engine/storage/volumes/ (options of the local driver)';
const disguise = { type: 'none', o: 'bind', device: '/etc' };

type Body = (parts: {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly link: string;
}) => string;
type Row = readonly [name: string, title: string, body: Body, rest?: Partial<RawRequest> & { readonly api?: string }];

const rows: readonly Row[] = [
  ['plain', 'plainly', ({ Name, Labels }) => json({ Name, Labels, DriverOpts: disguise })],
  [
    'dots',
    'by a path with dots',
    ({ Name, Labels }) => json({ Name, Labels, DriverOpts: { ...disguise, device: '/srv/../etc' } }),
  ],
  [
    'symlink',
    'behind a symlink',
    ({ Name, Labels, link }) => json({ Name, Labels, DriverOpts: { ...disguise, device: link } }),
  ],
  [
    'lower-case',
    'with keys in lower case',
    ({ Name, Labels }) => json({ name: Name, labels: Labels, driveropts: disguise }),
  ],
  [
    'key-twice',
    'with a key twice',
    ({ Name, Labels }) => `{"Name":"${Name}","Labels":${json(Labels)},"DriverOpts":{},"DriverOpts":${json(disguise)}}`,
  ],
  [
    'oversize',
    'in 1.2 MiB',
    ({ Name, Labels }) => json({ Name, Labels: { ...Labels, padding }, DriverOpts: disguise }),
  ],
  [
    'oversize-chunked',
    'in 1.2 MiB, chunked',
    ({ Name, Labels }) => json({ Name, Labels: { ...Labels, padding }, DriverOpts: disguise }),
    { isChunked: true },
  ],
  ['api-1.23', 'in API 1.23', ({ Name, Labels }) => json({ Name, Labels, DriverOpts: disguise }), { api: 'v1.23' }],
];

/** A volume is made and taken away; nothing mounts it. */
const made = rows.map(
  ([name, title, body, rest]): Attack => ({
    id: `docker/volume/${name}`,
    title: `A volume that is /etc, asked for ${title}`,
    why,
    reference,
    async run(host, signal) {
      const volume = host.nextName();
      const { api = host.api, ...request } = rest ?? {};
      const text = body({ Name: volume, Labels: { [attackLabel]: host.run }, link: host.link });
      try {
        const answer = await host.send([{ ...request, path: `/${api}/volumes/create`, body: text }], signal);
        const witness = findWitness(await host.read(`/volumes/${volume}`, signal), [['Options.device', isSet]]);
        if (witness !== undefined) return { state: 'broken', witness: `a volume was made: ${witness}` };
        return refusalIn(answer) ?? { state: 'held', by: 'engine', words: 'the engine made a volume without the path' };
      } finally {
        await host.removeVolume(volume);
      }
    },
  }),
);

/** What the volume is good for: a container that names it. */
const mounted = (
  [
    ['mounted', 'as a bind', (name: string) => ({ Binds: [`${name}:/portwarden-attack:ro`] }), 'HostConfig.Binds'],
    [
      'mounted-mount',
      'as a mount',
      (name: string) => ({ Mounts: [{ Type: 'volume', Source: name, Target: '/portwarden-attack', ReadOnly: true }] }),
      'HostConfig.Mounts',
    ],
  ] as const
).map(
  ([name, title, ask, path]): Attack => ({
    id: `docker/volume/${name}`,
    title: `A container with a volume that is /etc, ${title}`,
    why,
    reference,
    async run(host, signal) {
      const volume = await host.disguisedVolume(signal);
      if ('missing' in volume) return { state: 'not-applicable', reason: volume.missing };
      const { HostConfig, ...top } = host.harmless();
      const body = json({ ...top, HostConfig: { ...HostConfig, ...ask(volume.name) } });
      return containerAttack({
        ...{ id: '', title, why, reference },
        witnesses: [
          [path, isSet],
          ['Mounts', isSet],
        ],
        requests: (_, container) => [{ path: `/${host.api}/containers/create?name=${container}`, body }],
      }).run(host, signal);
    },
  }),
);

/** Volumes of the local driver that are paths of the host. */
export const volumeAttacks: readonly Attack[] = [...made, ...mounted];
