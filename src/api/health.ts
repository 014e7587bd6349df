import { Type } from 'typebox';
import type { LoginService } from '../service/index.ts';
import { NoQuery, open, type WireServer } from './operation.ts';

/** Milliseconds that the store has to answer, and that an answer counts for everybody who asks. */
const patience = 1000;

const Health = Type.Object({ status: Type.Enum(['ok', 'degraded']) });

/** GET /healthz, for whatever keeps the server alive. Without login, so many who ask cost the store one question. */
export function addHealth(server: WireServer, login: LoginService): void {
  let answering: Promise<boolean> | undefined;

  function storeAnswers(): Promise<boolean> {
    answering ??= probe(login).finally(() => {
      setTimeout(() => {
        answering = undefined;
      }, patience).unref();
    });
    return answering;
  }

  server.get(
    '/healthz',
    {
      config: { open: true },
      schema: {
        operationId: 'getHealth',
        summary: 'Whether the server and its store answer',
        tags: ['Server'],
        ...open,
        querystring: NoQuery,
        response: { 200: Health, 503: Health },
      },
    },
    async (_request, reply) => {
      if (await storeAnswers()) return { status: 'ok' as const };
      return reply.code(503).send({ status: 'degraded' });
    },
  );
}

async function probe(login: LoginService): Promise<boolean> {
  const { promise: tooLate, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, patience, false);
  try {
    const answered = login.apiTokens().then(
      () => true,
      () => false,
    );
    return await Promise.race([answered, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
