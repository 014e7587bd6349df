import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';
import type { FleetEvent, ImageRow } from '../model/wire/index.ts';

let test: TestApi;
let image: ImageRow;
beforeAll(async () => {
  test = await createTestApi();
  const rows = test.services.fleet.images.flatMap((passport) => passport.image ?? []);
  image = rows.find((row) => row.references.length > 0 && row.manifestDigest !== null) as ImageRow;
});
afterAll(() => test.api.close());

const get = (url: string) => test.api.inject({ url: `/api/v1${url}`, headers: test.bearer });

describe('GET /images/:image', () => {
  it.each([
    ['its ID', (row: ImageRow) => row.imageId],
    ['the beginning of its ID', (row: ImageRow) => row.imageId.slice(7, 19)],
    ['its manifest digest', (row: ImageRow) => row.manifestDigest ?? ''],
    ['a reference, percent-encoded', (row: ImageRow) => encodeURIComponent(row.references[0] ?? '')],
  ])('finds it by %s', async (_, name) => {
    const reply = await get(`/images/${name(image)}`);
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual(await test.services.images.passport(image.imageId));
  });

  it('takes the longest reference that there can be', async () => {
    const reply = await get(
      `/images/${encodeURIComponent(`registry.example.com/${'a/'.repeat(120)}b:${'t'.repeat(128)}`)}`,
    );
    expect(reply.statusCode).toBe(404);
    expect(reply.json().error.message).toContain('registry.example.com/a/a');
  });

  it('says when there is none', async () => {
    expect((await get('/images/nope')).json().error).toMatchObject({
      code: 'not-found',
      message: 'There is no image nope here',
    });
  });
});

describe('GET /images/:image/bom', () => {
  it('is a CycloneDX document to save', async () => {
    const reply = await get(`/images/${encodeURIComponent(image.references[0] ?? '')}/bom`);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('application/vnd.cyclonedx+json; version=1.6');
    expect(reply.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+\.cdx\.json"$/);
    expect(reply.body).toBe(await test.services.images.bom(image.imageId, 'cyclonedx'));
  });

  it('is an SPDX document where that is asked for, and nothing else', async () => {
    const reply = await get(`/images/${image.imageId}/bom?format=spdx`);
    expect(reply.headers['content-type']).toBe('application/spdx+json');
    expect(reply.headers['content-disposition']).toMatch(/\.spdx\.json"$/);
    expect(reply.json()).toMatchObject({ spdxVersion: 'SPDX-2.3' });
    expect((await get(`/images/${image.imageId}/bom?format=xml`)).statusCode).toBe(400);
  });

  it('says when there is none', async () => {
    expect((await get('/images/nope/bom')).statusCode).toBe(404);
  });
});

describe('POST /images/:image/read', () => {
  const read = (name: string) =>
    test.api.inject({ method: 'POST', url: `/api/v1/images/${name}/read`, headers: test.bearer });

  it('starts a reading', async () => {
    const events: FleetEvent[] = [];
    const stop = test.services.events.subscribe((event) => events.push(event));
    expect((await read(image.imageId)).statusCode).toBe(202);
    stop();
    expect(events[0]).toMatchObject({ type: 'image', imageId: image.imageId });
  });

  it('says when there is no such image', async () => {
    expect((await read('nope')).statusCode).toBe(404);
  });
});

describe('hosts', () => {
  it('have a passport and a bill of materials', async () => {
    expect((await get('/hosts/harbor-1')).json()).toEqual(await test.services.hosts.passport('harbor-1'));
    expect((await get('/hosts/harbor-1/bom')).json()).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    expect((await get('/hosts/nope')).statusCode).toBe(404);
    expect((await get('/hosts/nope/bom')).statusCode).toBe(404);
  });
});
