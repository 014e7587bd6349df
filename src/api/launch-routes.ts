import { Type } from 'typebox';
import {
  LaunchDetail,
  LaunchListQuery,
  LaunchPage,
  TicketAnswerInput,
  TicketPage,
  TicketQuery,
  TicketView,
} from '../model/wire/index.ts';
import type { LaunchService, LoginService } from '../service/index.ts';
import { ApiError } from './api-error.ts';
import { authorOf } from './author-of.ts';
import type { SessionCookie } from './guard.ts';
import { changing, exactly, guarded, NoQuery, type WireServer } from './operation.ts';

const tags = ['Launches'];
const IdParams = Type.Object({ id: Type.String({ pattern: '^[a-z0-9]{1,40}$' }) });

/** What was decided of launches and why, and what waits for a person. */
export function addLaunchRoutes(
  server: WireServer,
  { launches, login, cookie }: { launches: LaunchService; login: LoginService; cookie: SessionCookie },
): void {
  server.get(
    '/launches',
    {
      schema: {
        operationId: 'listLaunches',
        summary: 'What was decided of launches, newest first',
        tags,
        querystring: exactly(LaunchListQuery),
        response: { 200: LaunchPage, ...guarded(400) },
      },
    },
    (request) => launches.list(request.query),
  );

  server.get(
    '/launches/:id',
    {
      schema: {
        operationId: 'explainLaunch',
        summary: 'One decision with what was asked, without its secrets',
        tags,
        params: IdParams,
        querystring: NoQuery,
        response: { 200: LaunchDetail, ...guarded(400, 404) },
      },
    },
    async ({ params: { id } }) => {
      const detail = await launches.explain(id);
      if (detail) return detail;
      throw new ApiError('not-found', `There is no decision ${id}`, {
        remedy: 'GET /api/v1/launches lists them; they are kept for 30 days',
      });
    },
  );

  server.get(
    '/tickets',
    {
      schema: {
        operationId: 'listTickets',
        summary: 'Launches with inputs that nobody has seen, and what was said of them',
        tags,
        querystring: exactly(TicketQuery),
        response: { 200: TicketPage, ...guarded(400) },
      },
    },
    (request) => launches.tickets(request.query),
  );

  server.post(
    '/tickets/:id/answer',
    {
      schema: {
        operationId: 'answerTicket',
        summary: 'Let the same launch pass for a while, or refuse it',
        tags,
        params: IdParams,
        querystring: NoQuery,
        body: exactly(TicketAnswerInput),
        response: { 200: TicketView, ...changing(400, 404, 409, 415) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const by = await authorOf(request, login, cookie);
      const ticket = await launches.answerTicket(id, request.body, by);
      if (ticket) return ticket;
      throw new ApiError('not-found', `There is no ticket ${id}`, { remedy: 'GET /api/v1/tickets lists them' });
    },
  );
}
