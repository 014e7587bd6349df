import { Type } from 'typebox';
import {
  ConnectionExplanation,
  DocumentFilesInput,
  ExplainConnectionQuery,
  FlowPage,
  FlowQuery,
  GroupDetail,
  GroupDraft,
  GroupList,
  GroupMap,
  GroupMapQuery,
  GroupPlan,
  NetworkList,
  SuggestGroupsQuery,
  TrafficEventPage,
  TrafficEventQuery,
} from '../model/wire/index.ts';
import type { GroupService } from '../service/index.ts';
import { ApiError } from './api-error.ts';
import { changing, exactly, guarded, NoQuery, type WireServer } from './operation.ts';

const tags = ['Groups'];
/** As many documents as `apply` takes. */
const bodyLimit = 4 * 1024 * 1024;
const GroupParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 253 }) });

/** Who may talk to whom, who did, and what a change would do. */
export function addGroupRoutes(server: WireServer, groups: GroupService): void {
  server.get(
    '/groups',
    {
      schema: {
        operationId: 'listGroups',
        summary: 'Security groups with their members, remarks and what was tried in the last day',
        tags,
        querystring: NoQuery,
        response: { 200: GroupList, ...guarded(400) },
      },
    },
    () => groups.list(),
  );

  server.get(
    '/traffic/map',
    {
      schema: {
        operationId: 'mapGroups',
        summary: 'Who may talk to whom between groups and what is outside, with what was tried',
        tags,
        querystring: exactly(GroupMapQuery),
        response: { 200: GroupMap, ...guarded(400) },
      },
    },
    ({ query }) => groups.map(query),
  );

  server.post(
    '/traffic/plan',
    {
      bodyLimit,
      schema: {
        operationId: 'planGroups',
        summary: 'What documents would open and close, and which recorded connections would break; changes nothing',
        tags,
        querystring: NoQuery,
        body: exactly(DocumentFilesInput),
        response: { 200: GroupPlan, ...changing(400, 413, 415) },
      },
    },
    ({ body }) => groups.plan(body.files),
  );

  server.get(
    '/traffic/suggest',
    {
      schema: {
        operationId: 'suggestGroups',
        summary: 'Groups as recorded connections would have them; changes nothing',
        tags,
        querystring: exactly(SuggestGroupsQuery),
        response: { 200: GroupDraft, ...guarded(400) },
      },
    },
    ({ query }) => groups.suggest(query),
  );

  server.get(
    '/traffic/explain',
    {
      schema: {
        operationId: 'explainConnection',
        summary: 'How one connection fares, and by which rules',
        tags,
        querystring: exactly(ExplainConnectionQuery),
        response: { 200: ConnectionExplanation, ...guarded(400) },
      },
    },
    ({ query }) => groups.explain(query),
  );

  server.get(
    '/groups/:name',
    {
      schema: {
        operationId: 'showGroup',
        summary: 'A group with its document, members, edges, and rules with what they let pass',
        tags,
        params: GroupParams,
        querystring: NoQuery,
        response: { 200: GroupDetail, ...guarded(400, 404) },
      },
    },
    async ({ params: { name } }) => {
      const group = await groups.show(name);
      if (group) return group;
      throw new ApiError('not-found', `There is no group ${name}`, { remedy: 'GET /api/v1/groups lists them' });
    },
  );

  server.get(
    '/flows',
    {
      schema: {
        operationId: 'listFlows',
        summary: 'Connections of containers that were seen, summed up, the latest first',
        tags,
        querystring: exactly(FlowQuery),
        response: { 200: FlowPage, ...guarded(400) },
      },
    },
    ({ query }) => groups.flows(query),
  );

  server.get(
    '/traffic/events',
    {
      schema: {
        operationId: 'listTrafficEvents',
        summary: 'Refused attempts, new peers, listed and false addresses, changes by others; the newest first',
        tags,
        querystring: exactly(TrafficEventQuery),
        response: { 200: TrafficEventPage, ...guarded(400) },
      },
    },
    ({ query }) => groups.events(query),
  );

  server.get(
    '/networks',
    {
      schema: {
        operationId: 'listNetworks',
        summary: 'What holds on each host, and containers with traffic that no rule holds for',
        tags,
        querystring: NoQuery,
        response: { 200: NetworkList, ...guarded(400) },
      },
    },
    () => groups.networks(),
  );
}
