import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { CodedError, type Log } from '../base/index.ts';
import { ApiError, statuses } from './api-error.ts';

/**
 * Makes every failure an ErrorReply with a status. What was not foreseen is logged in full and answered without detail:
 * a message that nobody wrote for a caller may carry what the caller must not see.
 */
export function installErrorReplies(server: FastifyInstance, log: Log): void {
  server.setErrorHandler((thrown, request, reply) => {
    const error = toCodedError(thrown, request.routeOptions.bodyLimit);
    const status = Object.hasOwn(statuses, error.code) ? statuses[error.code as keyof typeof statuses] : 500;
    if (status < 500) return sendError(reply, status, error);
    log.error({ err: thrown, method: request.method, route: request.routeOptions.url }, 'a request failed');
    if (status !== 500) return sendError(reply, status, error);
    return sendError(reply, 500, new ApiError('internal', 'The server failed to answer', { remedy: 'See its log' }));
  });
}

export function sendError(reply: FastifyReply, status: number, error: CodedError): FastifyReply {
  const { code, message, remedy } = error;
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({ error: { code, message, ...(remedy === undefined ? {} : { remedy }) } });
}

function toCodedError(thrown: unknown, bodyLimit: number): CodedError {
  if (thrown instanceof CodedError) return thrown;
  if (!(thrown instanceof Error)) return new ApiError('internal', String(thrown));
  const { validation, validationContext, statusCode, message } = thrown as FastifyError;
  if (validation) {
    const first = validation[0];
    const field = first?.instancePath.replaceAll('/', '.').replace(/^\./, '');
    const extra = first?.params['additionalProperty'];
    const where = validationContext === 'querystring' ? 'query' : (validationContext ?? 'request');
    const what =
      extra === undefined ? (first?.message ?? 'is not valid') : `must not have ${String(extra).slice(0, 100)}`;
    return new ApiError('bad-request', `${field ? `${field} of the ${where}` : `The ${where}`} ${what}`, {
      remedy: 'The schema of every request is at /api/v1/openapi.json',
    });
  }
  if (statusCode === 413) {
    return new ApiError('request-too-large', `The body is larger than ${bodyLimit / 1024} KB`, { cause: thrown });
  }
  if (statusCode === 415) {
    return new ApiError('unsupported-media-type', 'The body must be JSON', {
      cause: thrown,
      remedy: 'Send it with content-type: application/json',
    });
  }
  if (statusCode === 429) {
    return new ApiError('too-many-requests', 'Too many tries to log in', { cause: thrown, remedy: 'Wait a minute' });
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ApiError('bad-request', message, { cause: thrown });
  }
  return new ApiError('internal', message, { cause: thrown });
}
