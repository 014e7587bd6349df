import type { BrowserContext } from 'playwright-core';
import type { DocumentFilesInput } from '../../src/model/wire/index.ts';
import type { FakeGroupService } from '../fakes/group-service.ts';

const prefix = '/api/v1';

/** Answers what the console asks of groups and traffic from what is made up; all else goes to the server. */
export async function answerTraffic(context: BrowserContext, groups: FakeGroupService): Promise<void> {
  await context.route(
    ({ pathname }) => /^\/api\/v1\/(groups|flows|traffic|networks)(\/|$)/.test(pathname),
    async (route) => {
      const request = route.request();
      const url = new URL(request.url());
      const answer = await answerTo(groups, url, request.postDataJSON());
      if (answer !== undefined) return route.fulfill({ json: answer });
      const error = { code: 'api/not-found', message: 'There is no such group' };
      return route.fulfill({ status: 404, json: { error } });
    },
  );
}

async function answerTo(groups: FakeGroupService, { pathname, searchParams }: URL, body: unknown): Promise<unknown> {
  const query: Record<string, string | number | boolean> = Object.fromEntries(searchParams);
  for (const name of ['limit', 'offset', 'port']) {
    if (query[name] !== undefined) query[name] = Number(query[name]);
  }
  if (query.new !== undefined) query.new = query.new === 'true';
  const path = pathname.slice(prefix.length);
  switch (path) {
    case '/groups':
      return groups.list();
    case '/groups/map':
      return groups.map();
    case '/groups/suggest':
      return groups.suggest();
    case '/groups/plan':
      return groups.plan(body as DocumentFilesInput);
    case '/groups/explain':
      return groups.explain({ from: '', to: '', port: 0, ...query });
    case '/flows':
      return groups.flows(query);
    case '/traffic/events':
      return groups.events(query);
    case '/networks':
      return groups.networks();
    default:
      return groups.detail(decodeURIComponent(path.slice('/groups/'.length)));
  }
}
