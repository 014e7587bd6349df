import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { nameSchemas } from './name-schemas.ts';
import { errors, NoQuery, open, type WireServer } from './operation.ts';

/** What the OpenAPI document says besides the routes, which say the rest themselves. */
export function openApiOptions(version: string, cookieName: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Portwarden',
        version,
        description: 'What runs, what is in it, how old it is and what is wrong with it.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'Login', description: 'Sessions and API tokens' },
        { name: 'Fleet', description: 'What runs, and who runs what' },
        { name: 'Images', description: 'What is in an image' },
        { name: 'Hosts', description: "What is in a machine's own file system" },
        { name: 'Feeds', description: 'Where advisories come from' },
        { name: 'Changes', description: 'What became known, what it means, and who is told' },
        { name: 'Registries', description: 'Registries that have a document, and what differs between them' },
        { name: 'Certificates', description: 'What was judged, and what is the latest certified' },
        {
          name: 'Launches',
          description: 'What was asked to start, why it was refused or not, and what waits for a person',
        },
        { name: 'Contracts', description: 'What may be passed to containers at start, and what was' },
        { name: 'Groups', description: 'Who may talk to whom, who did, and what a change would do' },
        { name: 'Documents', description: 'What is trusted and what is refused' },
        { name: 'Server', description: 'The server itself' },
      ],
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: cookieName, description: 'Set by POST /api/v1/session' },
          token: { type: 'http', scheme: 'bearer', description: 'An API token of POST /api/v1/tokens' },
        },
      },
      security: [{ session: [] }, { token: [] }],
    },
    transform: ({ schema, url }) => ({ schema: describeReplies(schema), url }),
    transformObject: (document) => ('openapiObject' in document ? nameSchemas(document.openapiObject) : {}),
  };
}

/** A reply that its schema does not describe is what the summary of its operation promises. */
function describeReplies(schema: FastifySchema): FastifySchema {
  const replies = Object.entries(schema.response ?? {}).map(([status, reply]) => [
    status,
    { description: schema.summary, ...reply },
  ]);
  return { ...schema, response: Object.fromEntries(replies) };
}

/** GET /openapi.json: the contract of all the other routes. */
export function addOpenApi(server: WireServer): void {
  server.get(
    '/openapi.json',
    {
      config: { open: true },
      schema: {
        operationId: 'getOpenApi',
        summary: 'This document',
        tags: ['Server'],
        ...open,
        querystring: NoQuery,
        response: { 200: Type.Object({}, { additionalProperties: true, description: 'OpenAPI 3.1' }), ...errors(500) },
      },
    },
    () => server.swagger(),
  );
}
