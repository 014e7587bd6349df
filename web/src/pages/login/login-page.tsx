import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { post } from '../../api/client.ts';
import { sessionQuery } from '../../api/queries.ts';
import type { SessionView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { Mark } from '../../parts/mark.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import css from './login-page.module.css';

let linkUsed = false;

/** A one-time token, pasted or from the link that `portwarden up` prints. */
export function LoginPage({ linkToken }: { readonly linkToken: string | undefined }) {
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const login = useMutation({
    mutationFn: (secret: string) => post<SessionView>('session', { token: secret }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const { mutate } = login;
  useEffect(() => {
    if (linkToken === undefined || linkUsed) return;
    linkUsed = true;
    mutate(linkToken);
  }, [linkToken, mutate]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== '') mutate(token.trim());
  };
  return (
    <main className={css.page}>
      <form className={css.card} onSubmit={submit}>
        <div className={css.brand}>
          <Mark size={40} />
          <h1>Portwarden</h1>
        </div>
        <label className={css.label}>
          One-time token
          <input
            className={css.input}
            name="token"
            value={token}
            autoComplete="off"
            spellCheck={false}
            autoFocus
            onChange={(event) => setToken(event.target.value)}
          />
        </label>
        <Button main type="submit" disabled={login.isPending}>
          {login.isPending ? 'Logging in…' : 'Log in'}
        </Button>
        {login.error !== null && <ErrorNotice error={login.error} />}
        <p className={css.hint}>
          <code>portwarden up</code> prints a token, and a link that carries it. Each works once.
        </p>
      </form>
    </main>
  );
}
