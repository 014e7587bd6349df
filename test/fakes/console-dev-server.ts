/**
 * The API over an invented fleet, for work on the console: `node test/fakes/console-dev-server.ts [PORT] [CONSOLE_ROOT]`.
 * PROJECTS and TIERS say how many compose projects there are, and how many times five groups each has.
 * Log in with the token `dev`, as often as you like. A development server for the
 * pages proxies /api here and keeps the Host header as it is (changeOrigin: false).
 */

import { setTimeout } from 'node:timers/promises';
import { createApi } from '../../src/api/index.ts';
import { createLog, systemClock } from '../../src/base/index.ts';
import { createFakeServices } from './services.ts';

const [port = '7090', consoleRoot] = process.argv.slice(2);
const services = createFakeServices({
  projects: Number(process.env.PROJECTS ?? 8),
  tiers: Number(process.env.TIERS ?? 1),
});
const { login } = services;
const api = await createApi({
  services: {
    ...services,
    registries: {
      ...services.registries,
      async diff(query, signal) {
        // As registries take their time.
        await setTimeout(2500, undefined, { signal });
        return services.registries.diff(query, signal);
      },
    },
    login: {
      ...login,
      redeemLoginToken: async (token) =>
        login.redeemLoginToken(token === 'dev' ? await login.issueLoginToken() : token),
    },
  },
  log: await createLog('info'),
  clock: systemClock,
  version: '0.0.0-dev',
  ...(consoleRoot === undefined ? {} : { consoleRoot }),
});
const address = await api.listen({ host: '127.0.0.1', port: Number(port) });
setInterval(() => services.tick(), 2000);
console.log(`${address}, login token: dev`);
