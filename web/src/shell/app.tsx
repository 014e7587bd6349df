import { useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiError } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';
import { LoginPage } from '../pages/login/login-page.tsx';
import { ErrorNotice, Waiting } from '../parts/notice.tsx';
import css from './app.module.css';
import { loadPages, router } from './routes.tsx';

/** Milliseconds in which the first page has its answers. */
const afterFirstPage = 1500;

/** The console for who is logged in, the login page for everybody else. */
export function App({ linkToken }: { readonly linkToken: string | undefined }) {
  const session = useQuery(sessionQuery);
  const refused = session.error instanceof ApiError && session.error.status === 401;
  const isIn = session.data?.authenticated === true;
  useEffect(() => {
    if (!isIn) return;
    const timer = setTimeout(() => void loadPages(), afterFirstPage);
    return () => clearTimeout(timer);
  }, [isIn]);
  if (session.isPending) return <Waiting>Opening the console…</Waiting>;
  if (session.error !== null && !refused) {
    return (
      <main className={css.alone}>
        <ErrorNotice error={session.error} />
      </main>
    );
  }
  if (refused || !isIn) return <LoginPage linkToken={linkToken} />;
  return <RouterProvider router={router} />;
}
