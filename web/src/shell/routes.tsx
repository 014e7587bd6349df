import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { originFilterOf } from '../pages/containers/origin-words.ts';
import { readGroupsSearch } from '../pages/groups/groups-search.ts';
import { launchFilterOf } from '../pages/launches/launch-words.ts';
import { readTrafficSearch } from '../pages/traffic/traffic-words.ts';
import { Waiting } from '../parts/notice.tsx';
import { Frame } from './frame.tsx';
import { NotFound } from './not-found.tsx';
import { parseSearch, stringifySearch, textParam } from './search-params.ts';

/** Each page is a file of its own, so that the first one need not wait for all. */
const pages = {
  AdvisoryPage: lazyRouteComponent(() => import('../pages/advisory/advisory-page.tsx'), 'AdvisoryPage'),
  CertificatePage: lazyRouteComponent(() => import('../pages/certificates/certificate-page.tsx'), 'CertificatePage'),
  CertificatesPage: lazyRouteComponent(() => import('../pages/certificates/certificates-page.tsx'), 'CertificatesPage'),
  ChangesPage: lazyRouteComponent(() => import('../pages/changes/changes-page.tsx'), 'ChangesPage'),
  ContractPage: lazyRouteComponent(() => import('../pages/contracts/contract-page.tsx'), 'ContractPage'),
  ContractsPage: lazyRouteComponent(() => import('../pages/contracts/contracts-page.tsx'), 'ContractsPage'),
  ContainersPage: lazyRouteComponent(() => import('../pages/containers/containers-page.tsx'), 'ContainersPage'),
  DriftPage: lazyRouteComponent(() => import('../pages/drift/drift-page.tsx'), 'DriftPage'),
  FeedsPage: lazyRouteComponent(() => import('../pages/feeds/feeds-page.tsx'), 'FeedsPage'),
  GuidePage: lazyRouteComponent(() => import('../pages/guide/guide-page.tsx'), 'GuidePage'),
  GroupPage: lazyRouteComponent(() => import('../pages/groups/group-page.tsx'), 'GroupPage'),
  GroupsPage: lazyRouteComponent(() => import('../pages/groups/groups-page.tsx'), 'GroupsPage'),
  PlanPage: lazyRouteComponent(() => import('../pages/groups/plan-page.tsx'), 'PlanPage'),
  HostPage: lazyRouteComponent(() => import('../pages/hosts/host-page.tsx'), 'HostPage'),
  ImagesPage: lazyRouteComponent(() => import('../pages/images/images-page.tsx'), 'ImagesPage'),
  LaunchPage: lazyRouteComponent(() => import('../pages/launches/launch-page.tsx'), 'LaunchPage'),
  LaunchesPage: lazyRouteComponent(() => import('../pages/launches/launches-page.tsx'), 'LaunchesPage'),
  TicketsPage: lazyRouteComponent(() => import('../pages/launches/tickets-page.tsx'), 'TicketsPage'),
  NotificationsPage: lazyRouteComponent(
    () => import('../pages/notifications/notifications-page.tsx'),
    'NotificationsPage',
  ),
  OverviewPage: lazyRouteComponent(() => import('../pages/overview/overview-page.tsx'), 'OverviewPage'),
  ImagePage: lazyRouteComponent(() => import('../pages/passport/image-page.tsx'), 'ImagePage'),
  PolicyPage: lazyRouteComponent(() => import('../pages/policy/policy-page.tsx'), 'PolicyPage'),
  RegistriesPage: lazyRouteComponent(() => import('../pages/registries/registries-page.tsx'), 'RegistriesPage'),
  ResolvePage: lazyRouteComponent(() => import('../pages/resolve/resolve-page.tsx'), 'ResolvePage'),
  TokensPage: lazyRouteComponent(() => import('../pages/tokens/tokens-page.tsx'), 'TokensPage'),
  TrafficPage: lazyRouteComponent(() => import('../pages/traffic/traffic-page.tsx'), 'TrafficPage'),
  VexPage: lazyRouteComponent(() => import('../pages/vex/vex-page.tsx'), 'VexPage'),
  WhoRunsPage: lazyRouteComponent(() => import('../pages/who-runs/who-runs-page.tsx'), 'WhoRunsPage'),
};

/** Asks for those that nobody has visited: then they are there when the server is not. What fails is asked for again. */
export async function loadPages(): Promise<void> {
  for (const page of Object.values(pages)) await page.preload?.();
}

type RawSearch = Record<string, unknown>;
const rootRoute = createRootRoute({ component: Frame, notFoundComponent: NotFound });
const getParentRoute = () => rootRoute;

const routeTree = rootRoute.addChildren([
  createRoute({ getParentRoute, path: '/', component: pages.OverviewPage }),
  createRoute({
    getParentRoute,
    path: '/who-runs',
    component: pages.WhoRunsPage,
    validateSearch: (raw: RawSearch) => ({
      name: textParam(raw, 'name'),
      version: textParam(raw, 'version'),
      at: textParam(raw, 'at'),
    }),
  }),
  createRoute({
    getParentRoute,
    path: '/images',
    component: pages.ImagesPage,
    validateSearch: (raw: RawSearch) => ({ search: textParam(raw, 'search') }),
  }),
  createRoute({
    getParentRoute,
    path: '/images/$image',
    component: pages.ImagePage,
    validateSearch: (raw: RawSearch) => ({ tab: textParam(raw, 'tab'), filter: textParam(raw, 'filter') }),
  }),
  createRoute({
    getParentRoute,
    path: '/containers',
    component: pages.ContainersPage,
    validateSearch: (raw: RawSearch) => ({
      search: textParam(raw, 'search'),
      at: textParam(raw, 'at'),
      show: textParam(raw, 'show'),
      back: textParam(raw, 'back'),
      origin: originFilterOf(raw.origin),
    }),
  }),
  createRoute({
    getParentRoute,
    path: '/hosts/$host',
    component: pages.HostPage,
    validateSearch: (raw: RawSearch) => ({ tab: textParam(raw, 'tab'), filter: textParam(raw, 'filter') }),
  }),
  createRoute({
    getParentRoute,
    path: '/changes',
    component: pages.ChangesPage,
    validateSearch: (raw: RawSearch) => ({
      kind: (['newly-affected', 'no-longer-affected'] as const).find((kind) => kind === raw.kind),
    }),
  }),
  createRoute({
    getParentRoute,
    path: '/drift',
    component: pages.DriftPage,
    validateSearch: (raw: RawSearch) => ({
      search: textParam(raw, 'search'),
      show: raw.show === 'all' ? ('all' as const) : undefined,
    }),
  }),
  createRoute({
    getParentRoute,
    path: '/launches',
    component: pages.LaunchesPage,
    validateSearch: (raw: RawSearch) => ({ show: launchFilterOf(raw.show), search: textParam(raw, 'search') }),
  }),
  createRoute({ getParentRoute, path: '/launches/$id', component: pages.LaunchPage }),
  createRoute({
    getParentRoute,
    path: '/contracts',
    component: pages.ContractsPage,
    validateSearch: (raw: RawSearch) => ({
      search: textParam(raw, 'search'),
      days: (['1', '30'] as const).find((days) => days === raw.days),
    }),
  }),
  createRoute({
    getParentRoute,
    path: '/contracts/edit',
    component: pages.ContractPage,
    // Names of contracts may be anything that an address means something by.
    validateSearch: (raw: RawSearch) => ({
      name: textParam(raw, 'name'),
      image: textParam(raw, 'image'),
      input: textParam(raw, 'input'),
    }),
  }),
  createRoute({
    getParentRoute,
    path: '/tickets',
    component: pages.TicketsPage,
    validateSearch: (raw: RawSearch) => ({ show: raw.show === 'all' ? ('all' as const) : undefined }),
  }),
  createRoute({ getParentRoute, path: '/groups', component: pages.GroupsPage, validateSearch: readGroupsSearch }),
  createRoute({ getParentRoute, path: '/what-if', component: pages.PlanPage }),
  createRoute({ getParentRoute, path: '/groups/$name', component: pages.GroupPage }),
  createRoute({ getParentRoute, path: '/traffic', component: pages.TrafficPage, validateSearch: readTrafficSearch }),
  createRoute({
    getParentRoute,
    path: '/certificates',
    component: pages.CertificatesPage,
    validateSearch: (raw: RawSearch) => ({ place: textParam(raw, 'place') }),
  }),
  createRoute({
    getParentRoute,
    path: '/certificates/image',
    component: pages.CertificatePage,
    validateSearch: (raw: RawSearch) => ({ image: textParam(raw, 'image'), at: textParam(raw, 'at') }),
  }),
  createRoute({
    getParentRoute,
    path: '/certificates/latest',
    component: pages.ResolvePage,
    validateSearch: (raw: RawSearch) => ({
      repository: textParam(raw, 'repository'),
      channel: textParam(raw, 'channel'),
      platform: textParam(raw, 'platform'),
    }),
  }),
  createRoute({
    getParentRoute,
    path: '/registries',
    component: pages.RegistriesPage,
    validateSearch: (raw: RawSearch) => ({
      repository: textParam(raw, 'repository'),
      show: raw.show === 'all' ? ('all' as const) : undefined,
    }),
  }),
  createRoute({ getParentRoute, path: '/policy', component: pages.PolicyPage }),
  createRoute({ getParentRoute, path: '/advisories/$id', component: pages.AdvisoryPage }),
  createRoute({ getParentRoute, path: '/feeds', component: pages.FeedsPage }),
  createRoute({
    getParentRoute,
    path: '/vex',
    component: pages.VexPage,
    validateSearch: (raw: RawSearch) => ({
      feed: textParam(raw, 'feed'),
      author: textParam(raw, 'author'),
      flaw: textParam(raw, 'flaw'),
    }),
  }),
  createRoute({ getParentRoute, path: '/guide/$name', component: pages.GuidePage }),
  createRoute({ getParentRoute, path: '/settings/notifications', component: pages.NotificationsPage }),
  createRoute({ getParentRoute, path: '/settings/tokens', component: pages.TokensPage }),
]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  pathParamsAllowedCharacters: [':'],
  defaultPendingComponent: Waiting,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
