import { Link } from '@tanstack/react-router';
import { Icon, type IconName } from '../parts/icon.tsx';
import css from './frame.module.css';

interface Destination {
  readonly to:
    | '/'
    | '/who-runs'
    | '/images'
    | '/containers'
    | '/drift'
    | '/changes'
    | '/launches'
    | '/contracts'
    | '/groups'
    | '/traffic'
    | '/certificates'
    | '/registries'
    | '/policy'
    | '/feeds'
    | '/vex'
    | '/settings/notifications'
    | '/settings/tokens';
  readonly name: string;
  readonly icon: IconName;
  readonly key: string;
}

export const destinations: readonly Destination[] = [
  { to: '/', name: 'Overview', icon: 'overview', key: 'o' },
  { to: '/who-runs', name: 'Who runs…', icon: 'search', key: 'w' },
  { to: '/images', name: 'Images', icon: 'images', key: 'i' },
  { to: '/containers', name: 'Containers', icon: 'containers', key: 'c' },
  { to: '/drift', name: 'Drift', icon: 'drift', key: 'd' },
  { to: '/changes', name: 'Changes', icon: 'clock', key: 'n' },
  { to: '/launches', name: 'Launches', icon: 'launches', key: 'l' },
  { to: '/contracts', name: 'Contracts', icon: 'contracts', key: 'k' },
  { to: '/groups', name: 'Groups', icon: 'groups', key: 's' },
  { to: '/traffic', name: 'Traffic', icon: 'traffic', key: 'a' },
  { to: '/certificates', name: 'Certified', icon: 'certified', key: 'e' },
  { to: '/registries', name: 'Registries', icon: 'registries', key: 'r' },
  { to: '/policy', name: 'Policy', icon: 'policy', key: 'p' },
  { to: '/feeds', name: 'Feeds', icon: 'feeds', key: 'f' },
  { to: '/vex', name: 'VEX', icon: 'vex', key: 'v' },
  { to: '/settings/notifications', name: 'Notifications', icon: 'bell', key: 'm' },
  { to: '/settings/tokens', name: 'Tokens', icon: 'tokens', key: 't' },
];

export const Navigation = () => (
  <nav aria-label="Pages">
    <ul className={css.links}>
      {destinations.map(({ to, name, icon, key }) => (
        <li key={to}>
          <Link to={to} className={css.link} activeOptions={{ exact: to === '/', includeSearch: false }}>
            <Icon name={icon} size={17} />
            <span>{name}</span>
            <span className={css.keys} aria-hidden="true">
              g {key}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  </nav>
);
