import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { post } from '../../api/client.ts';
import { notificationsQuery } from '../../api/queries.ts';
import type { NotificationInput, NotificationView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { Choice } from '../../parts/choice.tsx';
import css from '../../parts/form.module.css';
import { ErrorNotice } from '../../parts/notice.tsx';

const kinds = [
  { value: 'webhook', name: 'Webhook' },
  { value: 'slack', name: 'Slack' },
  { value: 'email', name: 'Email' },
] as const satisfies readonly { value: NotificationInput['kind']; name: string }[];
const examples = {
  webhook: 'https://hooks.example.com/in, env:HOOK or file:/run/secrets/hook',
  slack: 'env:SLACK_URL or file:/run/secrets/slack-url',
  email: 'smtp://mail.example.com:25?from=warden@example.com&to=team@example.com',
} as const satisfies Record<NotificationInput['kind'], string>;
const severities = ['critical', 'high', 'medium', 'low', 'negligible'] as const;

type Told = NotificationView['kinds'][number];
const toldNames = {
  'newly-affected': 'What newly affects',
  'no-longer-affected': 'What affects no longer',
  listed: 'Alarms: addresses of deny lists',
  'new-peer': 'Connections to somewhere new',
} as const satisfies Record<Told, string>;
const allTold = Object.keys(toldNames) as readonly Told[];

interface Draft {
  readonly id: string;
  readonly kind: NotificationInput['kind'];
  readonly address: string;
  readonly secret: string;
  readonly severity: (typeof severities)[number];
  readonly told: readonly Told[];
  readonly runningOnly: boolean;
}
const blank: Draft = {
  id: '',
  kind: 'webhook',
  address: '',
  secret: '',
  severity: 'high',
  told: ['newly-affected', 'listed'],
  runningOnly: false,
};

/** Adds a target, or changes the one of that name. No secret is typed here: only where the server finds it. */
export function AddTarget() {
  const client = useQueryClient();
  const [draft, setDraft] = useState(blank);
  const change = (next: Partial<Draft>) => setDraft((before) => ({ ...before, ...next }));
  const add = useMutation({
    mutationFn: (input: NotificationInput) => post<NotificationView>('notifications', input),
    onSuccess: () => {
      setDraft(blank);
      return client.invalidateQueries({ queryKey: notificationsQuery.queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(inputOf(draft));
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <Choice label="Kind" options={kinds} value={draft.kind} onChoose={(kind) => change({ kind })} />
      <label className={css.field}>
        Name
        <input
          className={css.input}
          value={draft.id}
          required
          pattern="[a-z0-9][a-z0-9._\-]{0,63}"
          title="Small letters, digits, dot, dash and underscore"
          placeholder="team"
          spellCheck={false}
          onChange={(event) => change({ id: event.target.value })}
        />
      </label>
      <label className={`${css.field} ${css.wide}`}>
        Address, or where the server finds it
        <input
          className={css.input}
          value={draft.address}
          required
          maxLength={2000}
          placeholder={examples[draft.kind]}
          spellCheck={false}
          onChange={(event) => change({ address: event.target.value })}
        />
      </label>
      {draft.kind === 'webhook' && (
        <label className={css.field}>
          Signed with the key in
          <input
            className={css.input}
            value={draft.secret}
            pattern="(env|file):.+"
            title="env:NAME or file:/path, on the server"
            placeholder="file:/run/secrets/hook-key"
            spellCheck={false}
            onChange={(event) => change({ secret: event.target.value })}
          />
        </label>
      )}
      <label className={`${css.field} ${css.narrow}`}>
        Severity of changes, or worse
        <select
          className={css.input}
          value={draft.severity}
          onChange={(event) => change({ severity: severities.find((each) => each === event.target.value) ?? 'high' })}
        >
          {severities.map((severity) => (
            <option key={severity}>{severity}</option>
          ))}
        </select>
      </label>
      <label className={css.check}>
        <input
          type="checkbox"
          checked={draft.runningOnly}
          onChange={(event) => change({ runningOnly: event.target.checked })}
        />
        Of changes, only what runs
      </label>
      <fieldset className={css.checks}>
        <legend>Tell of</legend>
        {allTold.map((kind) => (
          <label key={kind} className={css.check}>
            <input
              type="checkbox"
              checked={draft.told.includes(kind)}
              onChange={({ target: { checked } }) =>
                change({ told: allTold.filter((each) => (each === kind ? checked : draft.told.includes(each))) })
              }
            />
            {toldNames[kind]}
          </label>
        ))}
      </fieldset>
      <Button main type="submit" disabled={add.isPending || draft.told.length === 0}>
        Tell from now on
      </Button>
      {add.error !== null && (
        <div className={css.error}>
          <ErrorNotice error={add.error} />
        </div>
      )}
    </form>
  );
}

function inputOf({ id, kind, address, secret, severity, told, runningOnly }: Draft): NotificationInput {
  return {
    id: id.trim(),
    kind,
    address: address.trim(),
    ...(kind === 'webhook' && secret.trim() !== '' ? { secret: secret.trim() } : {}),
    kinds: [...told],
    severity,
    runningOnly,
  };
}
