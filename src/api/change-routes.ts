import { Type } from 'typebox';
import {
  ChangePage,
  ChangeQuery,
  Impact,
  ImpactQuery,
  NotificationInput,
  NotificationList,
  NotificationTested,
  NotificationView,
} from '../model/wire/index.ts';
import type { Services } from '../service/index.ts';
import { ApiError } from './api-error.ts';
import { changing, exactly, guarded, NoContent, NoQuery, type WireServer } from './operation.ts';

const tags = ['Changes'];
const AdvisoryParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 128, description: 'CVE, GHSA, DSA or any other name of the flaw' }),
});
const TargetParams = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' }) });

/** What became known, what it means for the fleet, and who is told. */
export function addChangeRoutes(server: WireServer, services: Services): void {
  const { notifications } = services;

  server.get(
    '/changes',
    {
      schema: {
        operationId: 'listChanges',
        summary: 'What became known of components since they were judged first, newest first',
        tags,
        querystring: exactly(ChangeQuery),
        response: { 200: ChangePage, ...guarded(400) },
      },
    },
    (request) => services.changes(request.query),
  );

  server.get(
    '/advisories/:id',
    {
      schema: {
        operationId: 'getImpact',
        summary:
          'What a flaw means for the fleet: who has it, since when, fixed in which version, brought by which base',
        tags,
        params: AdvisoryParams,
        querystring: exactly(ImpactQuery),
        response: { 200: Impact, ...guarded(400, 404) },
      },
    },
    async ({ params, query }) => {
      const impact = await services.impact(params.id, query);
      if (impact) return impact;
      throw new ApiError('not-found', `No feed here knows ${params.id}`, {
        remedy: 'GET /api/v1/feeds tells which feeds there are',
      });
    },
  );

  server.get(
    '/notifications',
    {
      schema: {
        operationId: 'listNotifications',
        summary: 'Who is told of changes, and whether they can be reached',
        tags,
        querystring: NoQuery,
        response: { 200: NotificationList, ...guarded(400) },
      },
    },
    async () => ({ items: [...(await notifications.list())] }),
  );

  server.post(
    '/notifications',
    {
      schema: {
        operationId: 'putNotification',
        summary: 'Tell somebody of changes from now on, or change how',
        tags,
        querystring: NoQuery,
        body: exactly(NotificationInput),
        response: { 201: NotificationView, ...changing(400, 409, 413, 415) },
      },
    },
    async (request, reply) => reply.code(201).send(await notifications.put(request.body)),
  );

  server.post(
    '/notifications/:id/test',
    {
      schema: {
        operationId: 'testNotification',
        summary: 'Send a message that says it is a test',
        tags,
        params: TargetParams,
        querystring: NoQuery,
        response: { 200: NotificationTested, ...changing(400, 404, 409) },
      },
    },
    async ({ params }) => (await notifications.test(params.id)) ?? unknownTarget(params.id),
  );

  server.delete(
    '/notifications/:id',
    {
      schema: {
        operationId: 'removeNotification',
        summary: 'Tell somebody no more',
        tags,
        params: TargetParams,
        querystring: NoQuery,
        response: { 204: NoContent, ...changing(400, 404, 409) },
      },
    },
    async ({ params }, reply) => {
      if (!(await notifications.remove(params.id))) unknownTarget(params.id);
      return reply.code(204).send();
    },
  );
}

function unknownTarget(id: string): never {
  throw new ApiError('not-found', `There is no target ${id}`, { remedy: 'GET /api/v1/notifications lists them' });
}
