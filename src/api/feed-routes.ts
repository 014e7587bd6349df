import { Type } from 'typebox';
import { type Log, messageOf } from '../base/index.ts';
import {
  AuthorList,
  AuthorTrust,
  FeedInput,
  FeedList,
  FeedView,
  StatementPage,
  StatementQuery,
} from '../model/wire/index.ts';
import type { FeedService } from '../service/index.ts';
import { ApiError } from './api-error.ts';
import { changing, exactly, guarded, NoContent, NoQuery, type WireServer } from './operation.ts';

const tags = ['Feeds'];
const FeedParams = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' }) });
const UpdateStarted = Type.Object({ id: Type.String(), state: Type.Enum(['importing']) });

/** Feeds of advisories. An update takes as long as it takes: it is started here, and its end is told by the events. */
export function addFeedRoutes(server: WireServer, feeds: FeedService, log: Log): void {
  const updating = new Set<string>();
  const stopped = new AbortController();
  server.addHook('preClose', async () => stopped.abort());

  async function update(id: string): Promise<void> {
    try {
      for (const result of await feeds.update(id, { signal: stopped.signal })) {
        if (result.state === 'failed')
          log.warn({ feed: id, code: result.code, reason: result.message }, 'a feed could not be updated');
      }
    } catch (thrown) {
      log.error({ feed: id, err: thrown, reason: messageOf(thrown) }, 'a feed update broke');
    } finally {
      updating.delete(id);
    }
  }

  server.get(
    '/feeds',
    {
      schema: {
        operationId: 'listFeeds',
        summary: 'Feeds, with how old what they say is',
        tags,
        querystring: NoQuery,
        response: { 200: FeedList, ...guarded(400) },
      },
    },
    async () => ({ items: [...(await feeds.list())] }),
  );

  server.post(
    '/feeds',
    {
      schema: {
        operationId: 'addFeed',
        summary: 'Remember where a feed comes from: an https URL, or a path on the server',
        tags,
        querystring: NoQuery,
        body: exactly(FeedInput),
        response: { 201: FeedView, ...changing(400, 409, 413, 415) },
      },
    },
    async (request, reply) => reply.code(201).send(await feeds.add(request.body)),
  );

  server.post(
    '/feeds/:id/update',
    {
      schema: {
        operationId: 'updateFeed',
        summary: 'Start to import a feed again; what comes of it is told by the events',
        tags,
        params: FeedParams,
        querystring: NoQuery,
        response: { 202: UpdateStarted, ...changing(400, 404, 409) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await feeds.list()).some((feed) => feed.id === id)) unknownFeed(id);
      if (updating.has(id)) throw new ApiError('update-running', `The feed ${id} is being updated already`);
      updating.add(id);
      void update(id);
      return reply.code(202).send({ id, state: 'importing' });
    },
  );

  server.get(
    '/vex/authors',
    {
      schema: {
        operationId: 'listAuthors',
        summary: 'Who makes statements in feeds of VEX documents, and whose word counts',
        tags,
        querystring: NoQuery,
        response: { 200: AuthorList, ...guarded(400) },
      },
    },
    async () => ({ items: [...(await feeds.authors())] }),
  );

  server.get(
    '/vex/statements',
    {
      schema: {
        operationId: 'listStatements',
        summary: 'What VEX documents state of flaws, and whether their authors are trusted',
        tags,
        querystring: exactly(StatementQuery),
        response: { 200: StatementPage, ...guarded(400) },
      },
    },
    (request) => feeds.statements(request.query),
  );

  server.post(
    '/feeds/:id/trust',
    {
      schema: {
        operationId: 'trustAuthor',
        summary: "Take or refuse an author's word in a feed of VEX documents",
        tags,
        params: FeedParams,
        querystring: NoQuery,
        body: exactly(AuthorTrust),
        response: { 204: NoContent, ...changing(400, 404, 409, 413, 415) },
      },
    },
    async ({ params: { id }, body: { author, trusted } }, reply) => {
      if (await feeds.trust(id, author, trusted)) return reply.code(204).send();
      throw new ApiError('not-found', `The feed ${id} has no statement by ${author}`, {
        remedy: 'GET /api/v1/vex/authors lists who makes any',
      });
    },
  );

  server.delete(
    '/feeds/:id',
    {
      schema: {
        operationId: 'removeFeed',
        summary: 'Forget a feed and all that it said',
        tags,
        params: FeedParams,
        querystring: NoQuery,
        response: { 204: NoContent, ...changing(400, 404, 409) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (updating.has(id)) throw new ApiError('update-running', `The feed ${id} is being updated`);
      if (!(await feeds.remove(id))) unknownFeed(id);
      return reply.code(204).send();
    },
  );
}

function unknownFeed(id: string): never {
  throw new ApiError('not-found', `There is no feed ${id}`, { remedy: 'GET /api/v1/feeds lists them' });
}
