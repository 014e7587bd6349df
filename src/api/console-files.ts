import { fastifyStatic } from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.ts';
import { sendError } from './error-reply.ts';

/** What is never the console's, whatever a browser asks for. */
const serverPaths = /^\/(?:api|metrics|healthz)(?:[/?]|$)/;

/**
 * The files of the console, without login: they hold nothing but the program. A path that is no file is a page of the
 * console, and answered with its index. Handlers give nothing back, because a reply that is waited for gathers listeners.
 */
export async function addConsoleFiles(server: FastifyInstance, consoleRoot: string | undefined): Promise<void> {
  function answerPage(request: FastifyRequest, reply: FastifyReply): void {
    const page =
      consoleRoot !== undefined && ['GET', 'HEAD'].includes(request.method) && !serverPaths.test(request.url);
    // The root is for whoever asks, curl too; any other path is a page only to a browser.
    if (page && (request.url.split('?', 1)[0] === '/' || request.headers.accept?.includes('text/html'))) {
      reply.header('cache-control', 'no-cache').sendFile('index.html');
    } else {
      reply.header('cache-control', 'no-store');
      sendError(reply, 404, new ApiError('not-found', 'There is nothing at this path'));
    }
  }
  server.setNotFoundHandler(answerPage);
  if (consoleRoot === undefined) return;

  await server.register(fastifyStatic, {
    root: consoleRoot,
    serve: false,
    index: false,
    dotfiles: 'ignore',
    cacheControl: false,
  });
  server.get<{ Params: { '*': string } }>(
    '/*',
    { config: { open: true }, schema: { hide: true } },
    (request, reply) => {
      const path = request.params['*'];
      if (path === '' || serverPaths.test(`/${path}`)) return answerPage(request, reply);
      // Names of built assets carry a hash of what is in them.
      const caching = path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
      reply.header('cache-control', caching).sendFile(path);
    },
  );
}
