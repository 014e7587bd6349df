import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { AdvisoryPage } from '../pages/advisory/advisory-page.tsx';
import { CertificatePage } from '../pages/certificates/certificate-page.tsx';
import { CertificatesPage } from '../pages/certificates/certificates-page.tsx';
import { ChangesPage } from '../pages/changes/changes-page.tsx';
import { ContainersPage } from '../pages/containers/containers-page.tsx';
import { originFilterOf } from '../pages/containers/origin-words.ts';
import { DriftPage } from '../pages/drift/drift-page.tsx';
import { FeedsPage } from '../pages/feeds/feeds-page.tsx';
import { GroupPage } from '../pages/groups/group-page.tsx';
import { GroupsPage } from '../pages/groups/groups-page.tsx';
import { readGroupsSearch } from '../pages/groups/groups-search.ts';
import { PlanPage } from '../pages/groups/plan-page.tsx';
import { HostPage } from '../pages/hosts/host-page.tsx';
import { ImagesPage } from '../pages/images/images-page.tsx';
import { LaunchPage } from '../pages/launches/launch-page.tsx';
import { launchFilterOf } from '../pages/launches/launch-words.ts';
import { LaunchesPage } from '../pages/launches/launches-page.tsx';
import { TicketsPage } from '../pages/launches/tickets-page.tsx';
import { NotificationsPage } from '../pages/notifications/notifications-page.tsx';
import { OverviewPage } from '../pages/overview/overview-page.tsx';
import { ImagePage } from '../pages/passport/image-page.tsx';
import { PolicyPage } from '../pages/policy/policy-page.tsx';
import { RegistriesPage } from '../pages/registries/registries-page.tsx';
import { ResolvePage } from '../pages/resolve/resolve-page.tsx';
import { TokensPage } from '../pages/tokens/tokens-page.tsx';
import { TrafficPage } from '../pages/traffic/traffic-page.tsx';
import { readTrafficSearch } from '../pages/traffic/traffic-words.ts';
import { VexPage } from '../pages/vex/vex-page.tsx';
import { WhoRunsPage } from '../pages/who-runs/who-runs-page.tsx';
import { Frame } from './frame.tsx';
import { NotFound } from './not-found.tsx';
import { parseSearch, stringifySearch, textParam } from './search-params.ts';

type RawSearch = Record<string, unknown>;
const rootRoute = createRootRoute({ component: Frame, notFoundComponent: NotFound });
const getParentRoute = () => rootRoute;

const routeTree = rootRoute.addChildren([
  createRoute({ getParentRoute, path: '/', component: OverviewPage }),
  createRoute({
    getParentRoute,
    path: '/who-runs',
    component: WhoRunsPage,
    validateSearch: (raw: RawSearch) => ({
      name: textParam(raw, 'name'),
      version: textParam(raw, 'version'),
      at: textParam(raw, 'at'),
    }),
  }),
  createRoute({
    getParentRoute,
    path: '/images',
    component: ImagesPage,
    validateSearch: (raw: RawSearch) => ({ search: textParam(raw, 'search') }),
  }),
  createRoute({
    getParentRoute,
    path: '/images/$image',
    component: ImagePage,
    validateSearch: (raw: RawSearch) => ({ tab: textParam(raw, 'tab'), filter: textParam(raw, 'filter') }),
  }),
  createRoute({
    getParentRoute,
    path: '/containers',
    component: ContainersPage,
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
    component: HostPage,
    validateSearch: (raw: RawSearch) => ({ tab: textParam(raw, 'tab'), filter: textParam(raw, 'filter') }),
  }),
  createRoute({
    getParentRoute,
    path: '/changes',
    component: ChangesPage,
    validateSearch: (raw: RawSearch) => ({
      kind: (['newly-affected', 'no-longer-affected'] as const).find((kind) => kind === raw.kind),
    }),
  }),
  createRoute({
    getParentRoute,
    path: '/drift',
    component: DriftPage,
    validateSearch: (raw: RawSearch) => ({
      search: textParam(raw, 'search'),
      show: raw.show === 'all' ? ('all' as const) : undefined,
    }),
  }),
  createRoute({
    getParentRoute,
    path: '/launches',
    component: LaunchesPage,
    validateSearch: (raw: RawSearch) => ({ show: launchFilterOf(raw.show), search: textParam(raw, 'search') }),
  }),
  createRoute({ getParentRoute, path: '/launches/$id', component: LaunchPage }),
  createRoute({
    getParentRoute,
    path: '/tickets',
    component: TicketsPage,
    validateSearch: (raw: RawSearch) => ({ show: raw.show === 'all' ? ('all' as const) : undefined }),
  }),
  createRoute({ getParentRoute, path: '/groups', component: GroupsPage, validateSearch: readGroupsSearch }),
  createRoute({ getParentRoute, path: '/what-if', component: PlanPage }),
  createRoute({ getParentRoute, path: '/groups/$name', component: GroupPage }),
  createRoute({ getParentRoute, path: '/traffic', component: TrafficPage, validateSearch: readTrafficSearch }),
  createRoute({
    getParentRoute,
    path: '/certificates',
    component: CertificatesPage,
    validateSearch: (raw: RawSearch) => ({ place: textParam(raw, 'place') }),
  }),
  createRoute({
    getParentRoute,
    path: '/certificates/image',
    component: CertificatePage,
    validateSearch: (raw: RawSearch) => ({ image: textParam(raw, 'image'), at: textParam(raw, 'at') }),
  }),
  createRoute({
    getParentRoute,
    path: '/certificates/latest',
    component: ResolvePage,
    validateSearch: (raw: RawSearch) => ({
      repository: textParam(raw, 'repository'),
      channel: textParam(raw, 'channel'),
      platform: textParam(raw, 'platform'),
    }),
  }),
  createRoute({
    getParentRoute,
    path: '/registries',
    component: RegistriesPage,
    validateSearch: (raw: RawSearch) => ({
      repository: textParam(raw, 'repository'),
      show: raw.show === 'all' ? ('all' as const) : undefined,
    }),
  }),
  createRoute({ getParentRoute, path: '/policy', component: PolicyPage }),
  createRoute({ getParentRoute, path: '/advisories/$id', component: AdvisoryPage }),
  createRoute({ getParentRoute, path: '/feeds', component: FeedsPage }),
  createRoute({
    getParentRoute,
    path: '/vex',
    component: VexPage,
    validateSearch: (raw: RawSearch) => ({
      feed: textParam(raw, 'feed'),
      author: textParam(raw, 'author'),
      flaw: textParam(raw, 'flaw'),
    }),
  }),
  createRoute({ getParentRoute, path: '/settings/notifications', component: NotificationsPage }),
  createRoute({ getParentRoute, path: '/settings/tokens', component: TokensPage }),
]);

export const router = createRouter({ routeTree, parseSearch, stringifySearch, pathParamsAllowedCharacters: [':'] });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
