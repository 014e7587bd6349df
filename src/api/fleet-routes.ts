import { Type } from 'typebox';
import {
  ContainerListQuery,
  ContainerPage,
  DriftPage,
  DriftQuery,
  LookInput,
  LookView,
  Overview,
  Suggestions,
  WhoRunsAnswer,
  WhoRunsQuery,
} from '../model/wire/index.ts';
import type { Services } from '../service/index.ts';
import { ApiError } from './api-error.ts';
import { changing, exactly, guarded, NoQuery, type WireServer } from './operation.ts';

const tags = ['Fleet'];
const SuggestQuery = Type.Object({
  q: Type.String({ minLength: 1, maxLength: 200, description: 'What the name of the component begins with' }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});

/** What runs, and who runs what. */
export function addFleetRoutes(server: WireServer, services: Services): void {
  server.get(
    '/overview',
    {
      schema: {
        operationId: 'getOverview',
        summary: 'The whole fleet on one page',
        tags,
        querystring: NoQuery,
        response: { 200: Overview, ...guarded(400) },
      },
    },
    () => services.overview(),
  );

  server.get(
    '/who-runs',
    {
      schema: {
        operationId: 'whoRuns',
        summary: 'Which containers run a component, now or at a time in the past',
        tags,
        querystring: exactly(WhoRunsQuery),
        response: { 200: WhoRunsAnswer, ...guarded(400) },
      },
    },
    (request) => services.whoRuns(request.query),
  );

  server.get(
    '/components/suggest',
    {
      schema: {
        operationId: 'suggestComponents',
        summary: 'Names of components that begin with a text, for a search box',
        tags,
        querystring: exactly(SuggestQuery),
        response: { 200: Suggestions, ...guarded(400) },
      },
    },
    (request) => services.suggest(request.query.q, request.query.limit ?? 20),
  );

  server.get(
    '/containers',
    {
      schema: {
        operationId: 'listContainers',
        summary: 'Containers as runs from when to when, newest first',
        tags,
        querystring: exactly(ContainerListQuery),
        response: { 200: ContainerPage, ...guarded(400) },
      },
    },
    (request) => services.containers(request.query),
  );

  server.get(
    '/drift',
    {
      schema: {
        operationId: 'listDrift',
        summary: 'Programs and packages in containers that their images did not bring, newest first',
        tags,
        querystring: exactly(DriftQuery),
        response: { 200: DriftPage, ...guarded(400) },
      },
    },
    (request) => services.drift.list(request.query),
  );

  server.post(
    '/drift/looks',
    {
      schema: {
        operationId: 'lookAtContainer',
        summary: 'Look at what a running container has written over its image, now',
        tags,
        body: exactly(LookInput),
        querystring: NoQuery,
        response: { 200: LookView, ...changing(400, 404, 409) },
      },
    },
    async ({ body }) => {
      const look = await services.drift.look(body.container);
      if (look) return look;
      throw new ApiError('not-found', `No container "${body.container}" runs`, {
        remedy: 'GET /api/v1/containers tells which run',
      });
    },
  );
}
