import { describe, expect, it } from 'vitest';
import type { Certificate, ContentDescriptor } from '../../../src/model/index.ts';
import type { StoreRoom } from './opened-stores.ts';
import { digest } from './specimens.ts';

const image = { registry: 'registry.example', repository: 'team/app', digest: digest('index') };
const certificate: Certificate = {
  image,
  source: 'registry.example/quarantine/team/app:1',
  outcome: 'certified',
  findings: [],
  signatures: [
    {
      trustRoot: 'main',
      trust: { state: 'verified', signers: [{ scheme: 'cosign', identity: 'sha256:ab', authority: 'a' }] },
    },
  ],
  attestations: [],
  images: [{ platform: 'linux/amd64', digest: digest('child'), imageId: digest('config') }],
  policy: { name: 'production', digest: digest('policy') },
  feeds: ['debian@1'],
  created: 5,
  judgedAt: 100,
  expires: 200,
};
const contents: readonly ContentDescriptor[] = [
  { digest: digest('index'), size: 1, mediaType: 'index', kind: 'manifest' },
  { digest: digest('child'), size: 2, mediaType: 'manifest', kind: 'manifest', platform: 'linux/amd64' },
  { digest: digest('config'), size: 3, mediaType: 'config', kind: 'config' },
  { digest: digest('layer'), size: 4, mediaType: 'layer', kind: 'layer' },
];
const page = { limit: 10, offset: 0 };

export function certificateContract(room: StoreRoom): void {
  describe('certificates', () => {
    it('are given back as they were put, and their contents with them', async () => {
      const { certificates } = await room.fresh();
      expect(await certificates.get(image)).toBeUndefined();
      await certificates.put(certificate, [...contents, ...contents]);
      expect(await certificates.get(image)).toEqual(certificate);
      expect(new Set(await certificates.contents(image))).toEqual(new Set(contents));
      expect(await certificates.get({ ...image, repository: 'team/app-evil' })).toBeUndefined();
      expect(await certificates.get({ ...image, registry: 'other.example' })).toBeUndefined();
    });

    it('keep what was judged before as history, and let it grant nothing', async () => {
      const { certificates } = await room.fresh();
      await certificates.put(certificate, contents);
      const refused: Certificate = { ...certificate, outcome: 'refused', judgedAt: 150 };
      await certificates.put(refused, []);
      expect(await certificates.get(image)).toEqual(refused);
      expect(await certificates.history(image)).toEqual([refused, certificate]);
      expect(await certificates.granting(image.registry, image.repository, digest('layer'))).toEqual([]);
      expect((await certificates.list({ ...page, outcome: 'certified' })).total).toBe(0);
    });

    it('grant content in their own repository alone', async () => {
      const { certificates } = await room.fresh();
      await certificates.put(certificate, contents);
      const layer = contents.find(({ kind }) => kind === 'layer');
      const granted = await certificates.granting(image.registry, image.repository, digest('layer'));
      expect(granted).toEqual([{ certificate, content: layer }]);
      expect(await certificates.granting(image.registry, 'team/other', digest('layer'))).toEqual([]);
      expect(await certificates.granting('other.example', image.repository, digest('layer'))).toEqual([]);
      expect(await certificates.granting(image.registry, image.repository, digest('foreign'))).toEqual([]);
    });

    it('tell which image IDs were certified', async () => {
      const { certificates } = await room.fresh();
      await certificates.put(certificate, contents);
      const asked = [digest('config'), digest('layer'), digest('foreign')];
      expect(await certificates.certifiedImages(asked)).toEqual(new Set([digest('config')]));
      expect(await certificates.certifiedImages([])).toEqual(new Set());
    });

    it('tell the last judgement of every image that an image ID was certified as a part of', async () => {
      const { certificates } = await room.fresh();
      const mirrored = { ...certificate, image: { ...image, registry: 'mirror.example' }, judgedAt: 120 };
      await certificates.put(certificate, contents);
      await certificates.put({ ...certificate, judgedAt: 110 }, contents);
      await certificates.put(mirrored, contents);
      const asked = [digest('config'), digest('layer'), digest('foreign')];
      expect(await certificates.judgementsOf(asked)).toEqual(
        new Map([[digest('config'), [mirrored, { ...certificate, judgedAt: 110 }]]]),
      );
      const refused: Certificate = { ...certificate, outcome: 'refused', judgedAt: 150 };
      await certificates.put(refused, []);
      await certificates.withdraw(mirrored.image, { at: 160, effective: 160, reason: 'no' });
      const judged = (await certificates.judgementsOf(asked)).get(digest('config'));
      expect(judged).toEqual([refused, { ...mirrored, withdrawn: { at: 160, effective: 160, reason: 'no' } }]);
      expect(await certificates.judgementsOf([])).toEqual(new Map());
    });

    it('are told by the digest of the manifest or the index as well, and never by a layer', async () => {
      const { certificates } = await room.fresh();
      await certificates.put(certificate, contents);
      const judged = await certificates.judgementsOf([digest('index'), digest('child'), digest('layer')]);
      expect(judged).toEqual(
        new Map([
          [digest('index'), [certificate]],
          [digest('child'), [certificate]],
        ]),
      );
    });

    it('of an image ID that only ever was refused tell nothing', async () => {
      const { certificates } = await room.fresh();
      await certificates.put({ ...certificate, outcome: 'refused' }, contents);
      expect(await certificates.judgementsOf([digest('config')])).toEqual(new Map());
    });

    it('of many image IDs are told at once', async () => {
      const { certificates } = await room.fresh();
      await certificates.put(certificate, contents);
      const many = Array.from({ length: 1200 }, (_, at) => digest(`none-${at}`));
      const judged = await certificates.judgementsOf([...many, digest('config')]);
      expect(judged).toEqual(new Map([[digest('config'), [certificate]]]));
    });

    it('are withdrawn, and say since when and why', async () => {
      const { certificates } = await room.fresh();
      await certificates.put(certificate, contents);
      const withdrawn = { at: 150, effective: 160, reason: 'CVE-2026-1\0' };
      await certificates.withdraw(image, withdrawn);
      expect((await certificates.get(image))?.withdrawn).toEqual({ ...withdrawn, reason: 'CVE-2026-1\ufffd' });
      await certificates.put({ ...certificate, judgedAt: 170 }, contents);
      expect((await certificates.get(image))?.withdrawn).toBeUndefined();
    });

    it('run out, the soonest first', async () => {
      const { certificates } = await room.fresh();
      const other = { ...image, digest: digest('other') };
      await certificates.put(certificate, contents);
      await certificates.put({ ...certificate, image: other, expires: 150 }, []);
      await certificates.put({ ...certificate, image: { ...image, digest: digest('no') }, outcome: 'refused' }, []);
      expect((await certificates.runningOut(300, 10)).map(({ expires }) => expires)).toEqual([150, 200]);
      expect(await certificates.runningOut(150, 10)).toEqual([]);
      await certificates.withdraw(other, { at: 1, effective: 1, reason: 'no' });
      expect((await certificates.runningOut(300, 10)).map(({ expires }) => expires)).toEqual([200]);
    });

    it('are listed by registry, repository and outcome, the newest first', async () => {
      const { certificates } = await room.fresh();
      await certificates.put(certificate, contents);
      await certificates.put(
        { ...certificate, image: { ...image, repository: 'b' }, judgedAt: 300, outcome: 'refused' },
        [],
      );
      expect((await certificates.list(page)).items.map(({ judgedAt }) => judgedAt)).toEqual([300, 100]);
      expect((await certificates.list({ ...page, repository: 'b' })).total).toBe(1);
      expect((await certificates.list({ ...page, registry: 'none' })).total).toBe(0);
      expect((await certificates.list({ limit: 1, offset: 1 })).items).toHaveLength(1);
    });
  });

  describe('tags and resolutions', () => {
    it('of a repository are where they were put last', async () => {
      const { certificates } = await room.fresh();
      await certificates.putTag('r', 'a', { tag: '1', digest: digest('old'), at: 1 });
      await certificates.putTag('r', 'a', { tag: '1', digest: digest('new'), at: 2 });
      await certificates.putTag('r', 'b', { tag: '1', digest: digest('other'), at: 1 });
      expect(await certificates.tags('r', 'a')).toEqual([{ tag: '1', digest: digest('new'), at: 2 }]);
    });

    it('tell every repository that has one, once', async () => {
      const { certificates } = await room.fresh();
      expect(await certificates.taggedRepositories()).toEqual([]);
      for (const [registry, repository] of [
        ['r', 'b'],
        ['r', 'a'],
        ['q', 'b'],
      ] as const) {
        for (const tag of ['1', '2']) {
          await certificates.putTag(registry, repository, { tag, digest: digest(tag), at: 1 });
        }
      }
      expect(await certificates.taggedRepositories()).toEqual([
        { registry: 'r', repository: 'a' },
        { registry: 'q', repository: 'b' },
        { registry: 'r', repository: 'b' },
      ]);
    });

    it('remember a choice where it is another', async () => {
      const { certificates } = await room.fresh();
      const first = {
        registry: 'r',
        repository: 'a',
        channel: 'stable',
        platform: 'linux/amd64',
        tag: '1',
        digest: digest('1'),
        at: 1,
      };
      await certificates.recordResolution(first);
      await certificates.recordResolution({ ...first, at: 2 });
      const second = { ...first, tag: '2', digest: digest('2'), at: 3 };
      await certificates.recordResolution(second);
      await certificates.recordResolution({ ...first, channel: 'edge', at: 4 });
      const { items, total } = await certificates.resolutions({ ...page, registry: 'r', repository: 'a' });
      expect(total).toBe(3);
      expect(items.map(({ at }) => at)).toEqual([4, 3, 1]);
      expect(items[1]).toEqual(second);
    });
  });

  describe('documents', () => {
    const document = { kind: 'Registry', name: 'main', body: { spec: { host: 'r' } }, digest: digest('d') };

    it('are applied and removed together, and count their changes', async () => {
      const { documents } = await room.fresh();
      const before = await documents.revision();
      await documents.apply({ put: [document], remove: [], at: 5, by: 'anna' });
      expect(await documents.list()).toEqual([{ ...document, appliedAt: 5, appliedBy: 'anna' }]);
      expect(await documents.list('ImagePolicy')).toEqual([]);
      const other = { ...document, name: 'other' };
      await documents.apply({ put: [other], remove: [{ kind: 'Registry', name: 'main' }], at: 6, by: 'ben' });
      expect((await documents.list('Registry')).map(({ name }) => name)).toEqual(['other']);
      expect(await documents.revision()).toBe(before + 2);
    });
  });
}
