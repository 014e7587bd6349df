/*
 * web: the console in the browser, over the HTTP API alone.
 * Never: an import from src but the types of the wire contract, a request to another host, text set as markup.
 * Start at shell/routes.tsx for the pages; api/ is how they ask and how they hear of changes, parts/ what they share.
 */
import './theme/tokens.css';
import './theme/base.css';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client.ts';
import { sessionQuery } from './api/queries.ts';
import { App } from './shell/app.tsx';
import { takeLinkToken } from './shell/login-link.ts';
import { applyTheme } from './shell/theme.ts';

applyTheme();
const linkToken = takeLinkToken();

/** A session that ended anywhere ends here: back to the login page, on the same address. */
const onError = (error: Error) => {
  if (error instanceof ApiError && error.status === 401) {
    client.setQueryData(sessionQuery.queryKey, { authenticated: false, version: '' });
  }
};
const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.status === 0,
      refetchOnWindowFocus: false,
      staleTime: 5_000,
    },
  },
});

const element = document.getElementById('console');
if (element === null) throw new Error('index.html has no element #console.');
createRoot(element).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App linkToken={linkToken} />
    </QueryClientProvider>
  </StrictMode>,
);
