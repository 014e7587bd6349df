import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type axe from 'axe-core';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, expect } from 'vitest';
import { ensureConsole } from '../../scripts/build-console.ts';
import { createApi } from '../../src/api/index.ts';
import { silentLog, systemClock } from '../../src/base/index.ts';
import { createFakeServices, type FakeServices } from '../fakes/services.ts';

/** The built console over an invented fleet, in a real browser. */
export interface Desk {
  readonly address: string;
  readonly services: FakeServices;
  readonly context: BrowserContext;
  /** A page that is logged in, at this path. */
  open(path: string): Promise<Page>;
  /** A page in a browser that nobody has logged in with, with other wishes if any. */
  stranger(): Promise<Page>;
  /** Stops the server, and starts another at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Addresses of other hosts that any page asked for, and errors that any page threw or logged. */
  readonly foreign: string[];
  readonly errors: string[];
  close(): Promise<void>;
}

const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openDesk(
  change: (services: FakeServices) => Partial<FakeServices> = () => ({}),
  size: { readonly projects: number; readonly tiers: number } = { projects: 40, tiers: 1 },
): Promise<Desk> {
  const invented = createFakeServices({ clock: systemClock, runs: 10_000, ...size });
  const services = { ...invented, ...change(invented) };
  const consoleRoot = await ensureConsole();
  const serve = async (port: number) => {
    const api = await createApi({ services, log: silentLog, clock: systemClock, version: '1.2.3', consoleRoot });
    return { api, address: (await api.listen({ host: '127.0.0.1', port })).replace(/\/$/, '') };
  };
  let { api, address } = await serve(0);

  const foreign: string[] = [];
  const errors: string[] = [];
  const profiles: string[] = [];
  const contexts: BrowserContext[] = [];
  async function launch(): Promise<BrowserContext> {
    const profile = await mkdtemp(join(tmpdir(), 'portwarden-console-'));
    profiles.push(profile);
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      args: browserArguments,
      viewport: { width: 1440, height: 900 },
      colorScheme: 'light',
      locale: 'en-US',
    });
    contexts.push(context);
    context.on('request', (request) => {
      if (!request.url().startsWith(`${address}/`)) foreign.push(request.url());
    });
    context.on('weberror', (error) => errors.push(error.error().message));
    context.on('console', (message) => {
      // The browser itself logs refusals, such as the one that says that nobody is logged in yet.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        errors.push(message.text());
    });
    return context;
  }

  const context = await launch();
  const first = await context.newPage();
  await first.goto(`${address}/?token=${await services.login.issueLoginToken()}`);
  await first.getByRole('navigation', { name: 'Pages' }).waitFor();
  await first.close();
  return {
    address,
    services,
    context,
    foreign,
    errors,
    async open(path) {
      const page = await context.newPage();
      await page.goto(`${address}${path}`);
      return page;
    },
    stranger: async () => (await launch()).newPage(),
    stop: () => api.close(),
    async start() {
      ({ api, address } = await serve(Number(new URL(address).port)));
    },
    async close() {
      for (const each of contexts) await each.close();
      await api.close();
      for (const profile of profiles) await rm(profile, { recursive: true, force: true });
    },
  };
}

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong, of serious and critical impact: `rule: selector`. */
/** After each test nobody else was asked, nothing went wrong, and its pages are closed; after the last the desk is. */
export function tidyDesk(current: () => Desk | undefined): void {
  afterEach(async () => {
    const desk = current();
    if (desk === undefined) return;
    expect(desk.foreign).toEqual([]);
    expect(desk.errors.splice(0)).toEqual([]);
    for (const page of desk.context.pages().slice(1)) await page.close();
  });
  afterAll(() => current()?.close());
}

/** What a page shows within fifteen seconds. */
export const soon = <Value>(read: () => Promise<Value>) => expect.poll(read, { timeout: 15_000 });

export async function seriousViolations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const results = await window.axe.run(document, { resultTypes: ['violations'] });
    return results.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
  });
}

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}
