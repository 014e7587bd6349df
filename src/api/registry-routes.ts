import type { ServerResponse } from 'node:http';
import { RegistryDiff, RegistryDiffQuery, RegistryList } from '../model/wire/index.ts';
import type { RegistriesService } from '../service/index.ts';
import { exactly, guarded, NoQuery, type WireServer } from './operation.ts';

const tags = ['Registries'];

/** Registries that have a document. Both ask the registries themselves, for as long as the caller waits. */
export function addRegistryRoutes(server: WireServer, registries: RegistriesService): void {
  server.get(
    '/registries',
    {
      schema: {
        operationId: 'listRegistries',
        summary: 'Registries that have a document, and whether they answer now',
        tags,
        querystring: NoQuery,
        response: { 200: RegistryList, ...guarded(400) },
      },
    },
    (_, reply) => registries.list(whileWaiting(reply.raw)),
  );

  server.get(
    '/registries/diff',
    {
      schema: {
        operationId: 'diffRegistries',
        summary: 'Where the same tag is not the same in all registries',
        tags,
        querystring: exactly(RegistryDiffQuery),
        response: { 200: RegistryDiff, ...guarded(400, 404) },
      },
    },
    (request, reply) => registries.diff(request.query, whileWaiting(reply.raw)),
  );
}

/** Ends the work of a caller who has gone. */
function whileWaiting(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}
