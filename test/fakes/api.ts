import { type Api, type ApiOptions, createApi } from '../../src/api/index.ts';
import { type Clock, fixedClock, type Log, silentLog } from '../../src/base/index.ts';
import { createFakeServices, type FakeServices } from './services.ts';

export interface TestApi {
  readonly api: Api;
  readonly services: FakeServices;
  readonly clock: ReturnType<typeof fixedClock>;
  /** Headers that carry an API token. */
  readonly bearer: { readonly authorization: string };
  /** The Cookie header of a new session. */
  logIn(): Promise<string>;
}

/** The API over the invented fleet at a fixed time. `change` may put other services in place of the invented ones. */
export async function createTestApi(
  options: Partial<Omit<ApiOptions, 'services' | 'clock'>> & {
    readonly log?: Log;
    readonly change?: (services: FakeServices, clock: Clock) => Partial<FakeServices>;
  } = {},
): Promise<TestApi> {
  const { change, ...rest } = options;
  const clock = fixedClock('2026-03-01T12:00:00Z');
  const invented = createFakeServices({ clock, runs: 500 });
  const services = { ...invented, ...change?.(invented, clock) };
  const api = await createApi({ log: silentLog, version: '1.2.3', ...rest, services, clock });
  return {
    api,
    services,
    clock,
    bearer: { authorization: `Bearer ${await invented.login.createApiToken('test')}` },
    async logIn() {
      const { login } = services;
      const redeemed = await login.redeemLoginToken(await login.issueLoginToken());
      return `portwarden=${redeemed?.session}`;
    },
  };
}
