import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { post, remove } from '../../api/client.ts';
import { tokensQuery } from '../../api/queries.ts';
import type { ApiTokenCreated, ApiTokenList } from '../../api/wire.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import form from '../../parts/form.module.css';
import { formatTime } from '../../parts/format.ts';
import { ErrorNotice, Notice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { mayDo, RoleField, type TokenRole } from './role-field.tsx';
import css from './tokens-page.module.css';

/** Tokens for machines that ask the API, or the registry gate. */
export function TokensPage() {
  const { data, error } = useQuery(tokensQuery);
  return (
    <Page title="API tokens" lead="for scripts and pipelines">
      <Panel title="New token">
        <NewToken />
      </Panel>
      <Panel title="Tokens">
        {error !== null && <ErrorNotice error={error} />}
        {data === undefined ? error === null && <Waiting /> : <TokenRows tokens={data.items} />}
      </Panel>
    </Page>
  );
}

function NewToken() {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<TokenRole>('admin');
  const create = useMutation({
    mutationFn: (chosen: { readonly name: string; readonly role: TokenRole }) =>
      post<ApiTokenCreated>('tokens', chosen),
    onSuccess: () => {
      setName('');
      return client.invalidateQueries({ queryKey: tokensQuery.queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name: name.trim(), role });
  };
  return (
    <>
      <form className={form.form} onSubmit={submit}>
        <label className={form.field}>
          Name
          <input
            className={form.input}
            value={name}
            required
            pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,63}"
            placeholder="ci"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <RoleField role={role} onChoose={setRole} />
        <Button main type="submit" disabled={create.isPending}>
          Create
        </Button>
      </form>
      {create.error !== null && <ErrorNotice error={create.error} />}
      {create.data !== undefined && (
        <div style={{ marginTop: 14 }}>
          <Notice tone="calm" title={`The token ${create.data.name}, shown this once`}>
            <span className={css.secret}>
              <code>{create.data.token}</code>
              <CopyButton text={create.data.token} label="Copy the token" />
            </span>
          </Notice>
        </div>
      )}
    </>
  );
}

function TokenRows({ tokens }: { readonly tokens: ApiTokenList['items'] }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: (name: string) => remove(`tokens/${encodeURIComponent(name)}`),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  if (tokens.length === 0)
    return (
      <p className="quiet">
        None. A script sends one as `Authorization: Bearer` with each request; an engine logs in at the registry gate
        with it as its password.
      </p>
    );
  return (
    <>
      {revoke.error !== null && <ErrorNotice error={revoke.error} />}
      <ul className={css.rows}>
        {tokens.map((token) => (
          <li key={token.name}>
            <strong className="clip">{token.name}</strong>
            <span title={mayDo[token.role]}>{token.role}</span>
            <span className="quiet">created {formatTime(token.created)} UTC</span>
            <IconButton icon="close" label={`Revoke ${token.name}`} onClick={() => revoke.mutate(token.name)} />
          </li>
        ))}
      </ul>
    </>
  );
}
