import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import {
  type BomFormat,
  BomQuery,
  ChangePage,
  ImageListQuery,
  ImagePage,
  PageQuery,
  Passport,
} from '../model/wire/index.ts';
import type { Services } from '../service/index.ts';
import { ApiError } from './api-error.ts';
import { changing, exactly, guarded, NoContent, NoQuery, type WireServer } from './operation.ts';

const ImageParams = Type.Object({
  image: Type.String({
    minLength: 1,
    maxLength: 1024,
    description: 'Image ID, 4 or more of its leading hex digits, manifest digest, or reference; percent-encoded',
  }),
});
const HostParams = Type.Object({
  host: Type.String({ minLength: 1, maxLength: 255, description: 'Name of the host' }),
});
/** Media types as IANA lists them; the ends of file names as both communities write them. */
const bomForms: Readonly<Record<BomFormat, { readonly type: string; readonly ending: string }>> = {
  cyclonedx: { type: 'application/vnd.cyclonedx+json; version=1.6', ending: 'cdx.json' },
  spdx: { type: 'application/spdx+json', ending: 'spdx.json' },
};
const BomDocument = {
  description: 'CycloneDX 1.6, or SPDX 2.3 where it was asked for',
  content: Object.fromEntries(
    Object.values(bomForms).map(({ type }) => [type, { schema: Type.Object({}, { additionalProperties: true }) }]),
  ),
};

/** Images and hosts: their passports and bills of materials. */
export function addSubjectRoutes(server: WireServer, { images, hosts }: Services): void {
  server.get(
    '/images',
    {
      schema: {
        operationId: 'listImages',
        summary: 'Images that are known, newest first',
        tags: ['Images'],
        querystring: exactly(ImageListQuery),
        response: { 200: ImagePage, ...guarded(400) },
      },
    },
    (request) => images.list(request.query),
  );

  server.get(
    '/images/:image',
    {
      schema: {
        operationId: 'getImage',
        summary: 'The passport of an image: what is in it, how old it is, what is wrong with it',
        tags: ['Images'],
        params: ImageParams,
        querystring: NoQuery,
        response: { 200: Passport, ...guarded(400, 404, 409) },
      },
    },
    async ({ params }) => (await images.passport(params.image)) ?? unknownSubject('image', params.image),
  );

  server.get(
    '/images/:image/bom',
    {
      schema: {
        operationId: 'getImageBom',
        summary: 'The bill of materials of an image',
        tags: ['Images'],
        params: ImageParams,
        querystring: exactly(BomQuery),
        response: { 200: BomDocument, ...guarded(400, 404, 409) },
      },
    },
    async ({ params: { image }, query: { format = 'cyclonedx' } }, reply) =>
      sendBom(reply, image, format, (await images.bom(image, format)) ?? unknownSubject('image', image)),
  );

  server.get(
    '/images/:image/history',
    {
      schema: {
        operationId: 'getImageHistory',
        summary: 'What became known of what an image holds since it was judged first, newest first',
        tags: ['Images'],
        params: ImageParams,
        querystring: exactly(Type.Object(PageQuery)),
        response: { 200: ChangePage, ...guarded(400, 404, 409) },
      },
    },
    async ({ params: { image }, query }) => (await images.history(image, query)) ?? unknownSubject('image', image),
  );

  server.post(
    '/images/:image/read',
    {
      schema: {
        operationId: 'readImage',
        summary: 'Read an image again; what comes of it is told by the events',
        tags: ['Images'],
        params: ImageParams,
        querystring: NoQuery,
        response: { 202: NoContent, ...changing(400, 404, 409) },
      },
    },
    async ({ params }, reply) => {
      if (!(await images.readAgain(params.image))) unknownSubject('image', params.image);
      return reply.code(202).send();
    },
  );

  server.get(
    '/hosts/:host',
    {
      schema: {
        operationId: 'getHost',
        summary: "The passport of a host's own packages",
        tags: ['Hosts'],
        params: HostParams,
        querystring: NoQuery,
        response: { 200: Passport, ...guarded(400, 404) },
      },
    },
    async ({ params }) => (await hosts.passport(params.host)) ?? unknownSubject('host', params.host),
  );

  server.get(
    '/hosts/:host/bom',
    {
      schema: {
        operationId: 'getHostBom',
        summary: "The bill of materials of a host's own packages",
        tags: ['Hosts'],
        params: HostParams,
        querystring: exactly(BomQuery),
        response: { 200: BomDocument, ...guarded(400, 404) },
      },
    },
    async ({ params: { host }, query: { format = 'cyclonedx' } }, reply) =>
      sendBom(reply, host, format, (await hosts.bom(host, format)) ?? unknownSubject('host', host)),
  );
}

/** As bytes: a string would be sent with a charset, which the type does not have. */
function sendBom(reply: FastifyReply, subject: string, format: BomFormat, bom: string): FastifyReply {
  const { type, ending } = bomForms[format];
  const fileName = subject.replace(/[^A-Za-z0-9._-]+/g, '-').slice(-100);
  return reply
    .type(type)
    .header('content-disposition', `attachment; filename="${fileName}.${ending}"`)
    .send(Buffer.from(bom));
}

function unknownSubject(kind: 'image' | 'host', name: string): never {
  throw new ApiError('not-found', `There is no ${kind} ${name} here`, {
    remedy: kind === 'image' ? 'GET /api/v1/images lists those that are known' : 'GET /api/v1/overview lists the hosts',
  });
}
