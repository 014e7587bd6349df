import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useState } from 'react';
import { remove } from '../api/client.ts';
import { useLive, useLiveStream } from '../api/live.ts';
import { sessionQuery } from '../api/queries.ts';
import { IconButton } from '../parts/button.tsx';
import { ComponentSearch, searchId } from '../parts/component-search.tsx';
import { filterId } from '../parts/filter-box.tsx';
import { useKeys } from '../parts/keys.ts';
import { Mark } from '../parts/mark.tsx';
import { Notice } from '../parts/notice.tsx';
import css from './frame.module.css';
import { Help } from './help.tsx';
import { destinations, Navigation } from './navigation.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

const focusOn = (id: string) => () => {
  const input = document.getElementById(id);
  if (input instanceof HTMLInputElement) {
    input.focus();
    input.select();
  }
};

/** What stands around every page: the ways to others, the search, the state of the line to the server. */
export function Frame() {
  const navigate = useNavigate();
  const [help, setHelp] = useState(false);
  useLiveStream();
  useKeys({
    '/': focusOn(searchId),
    f: focusOn(filterId),
    '?': () => setHelp(true),
    ...Object.fromEntries(destinations.map(({ key, to }) => [`g ${key}`, () => void navigate({ to })])),
  });
  return (
    <div className={css.frame}>
      <a className={css.skip} href="#main">
        Skip to the page
      </a>
      <header className={css.rail}>
        <Link to="/" className={css.brand} aria-label="Portwarden: overview">
          <Mark />
          <span>Portwarden</span>
        </Link>
        <Navigation />
        <Foot onHelp={() => setHelp(true)} />
      </header>
      <div className={css.desk}>
        <SearchBar />
        <main id="main" className={css.main} tabIndex={-1}>
          <Offline />
          <Outlet />
        </main>
      </div>
      <Help open={help} onClose={() => setHelp(false)} />
    </div>
  );
}

/** On every page but that of the search itself. */
function SearchBar() {
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  if (path === '/who-runs') return <div />;
  return (
    <div className={css.bar} role="search">
      <span className={css.barLabel} aria-hidden="true">
        Who runs
      </span>
      <div className={css.barSearch}>
        <ComponentSearch
          value={text}
          placeholder="openssl, log4j, a package URL…"
          inputClass={css.barInput}
          onChange={setText}
          onChoose={(name) => {
            setText('');
            void navigate({ to: '/who-runs', search: { name } });
          }}
        />
      </div>
      <span className={css.barHint}>
        <kbd>/</kbd> search &ensp; <kbd>?</kbd> keys
      </span>
    </div>
  );
}

function Foot({ onHelp }: { readonly onHelp: () => void }) {
  const { connected } = useLive();
  const client = useQueryClient();
  const session = client.getQueryData(sessionQuery.queryKey);
  const leave = async () => {
    await remove('session');
    client.clear();
    window.location.assign('/');
  };
  return (
    <div className={css.foot}>
      <span className={css.live} data-offline={!connected || undefined} role="status">
        <span>{connected ? 'Live' : 'Out of contact'}</span>
      </span>
      <div className={css.footRow}>
        <span className={css.version}>{session?.version}</span>
        <span>
          <IconButton icon="help" label="Keyboard help" onClick={onHelp} />
          <ThemeToggle />
          <IconButton icon="leave" label="Log out" onClick={() => void leave()} />
        </span>
      </div>
    </div>
  );
}

function Offline() {
  const { connected } = useLive();
  if (connected) return null;
  return (
    <div className={css.offline}>
      <Notice tone="warn" title="Out of contact with Portwarden: what you see may be old." code="console/offline">
        Check that <code>portwarden up</code> is still running on the server. This page goes on by itself.
      </Notice>
    </div>
  );
}
