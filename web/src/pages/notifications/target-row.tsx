import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post, remove } from '../../api/client.ts';
import { notificationsQuery } from '../../api/queries.ts';
import type { NotificationTested, NotificationView } from '../../api/wire.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { formatAgo, formatTime, plural } from '../../parts/format.ts';
import { ErrorNotice, Notice } from '../../parts/notice.tsx';
import css from './notifications-page.module.css';

export function TargetRow({ target }: { readonly target: NotificationView }) {
  const client = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const path = `notifications/${encodeURIComponent(target.id)}`;
  const onSuccess = () => client.invalidateQueries({ queryKey: notificationsQuery.queryKey });
  const test = useMutation({ mutationFn: () => post<NotificationTested>(`${path}/test`), onSuccess });
  const removal = useMutation({ mutationFn: () => remove(path), onSuccess });
  const error = test.error ?? removal.error;
  return (
    <li className={css.target} data-state={target.state}>
      <div className="clip">
        <span className={css.name}>{target.id}</span>
        <div className="quiet">
          {target.kind}
          {target.signed && ', signed'}
        </div>
      </div>
      <div className="clip">
        <div className={`${css.address} clip`} title={target.address}>
          {target.address}
        </div>
        <div className="quiet clip">{toldOf(target)}</div>
      </div>
      <div className={css.state}>{stateOf(target)}</div>
      <div className={css.actions}>
        <Button onClick={() => test.mutate()} disabled={test.isPending} aria-label={`Send ${target.id} a test`}>
          Test
        </Button>
        <IconButton icon="close" label={`Remove ${target.id}`} onClick={() => setRemoving(true)} />
      </div>
      {error !== null && (
        <div className={css.whole}>
          <ErrorNotice error={error} />
        </div>
      )}
      {test.data !== undefined && (
        <div className={css.whole}>
          <Notice
            tone={test.data.delivered ? 'calm' : 'bad'}
            title={test.data.delivered ? 'The test was taken.' : 'The test was not delivered.'}
          >
            {test.data.message}
          </Notice>
        </div>
      )}
      {target.lastError !== null && target.state === 'failing' && (
        <div className={css.whole}>
          <Notice tone="bad" title={`Not reached, ${plural(target.attempts, 'time')} now; it is tried again.`}>
            {target.lastError}
          </Notice>
        </div>
      )}
      <Dialog title={`Tell ${target.id} no more?`} open={removing} onClose={() => setRemoving(false)}>
        <p>
          {target.backlog > 0
            ? `${plural(target.backlog, 'item')} that it was not told of yet will not be sent.`
            : 'It has been told of everything so far.'}
        </p>
        <div className={css.choice}>
          <Button onClick={() => setRemoving(false)}>Keep it</Button>
          <Button
            main
            onClick={() => {
              setRemoving(false);
              removal.mutate();
            }}
          >
            Remove
          </Button>
        </div>
      </Dialog>
    </li>
  );
}

const toldWords = {
  'newly-affected': 'what newly affects',
  'no-longer-affected': 'what no longer affects',
  listed: 'alarms',
  'new-peer': 'connections to somewhere new',
} as const satisfies Record<NotificationView['kinds'][number], string>;

function toldOf({ kinds, severity, runningOnly }: NotificationView): string {
  const of = (wanted: readonly (keyof typeof toldWords)[]) =>
    wanted.filter((kind) => kinds.includes(kind)).map((kind) => toldWords[kind]);
  const changes = of(['newly-affected', 'no-longer-affected']).join(' and ');
  const rated = changes === '' ? [] : [`${changes}, ${severity} or worse${runningOnly ? ', of what runs' : ''}`];
  return [...rated, ...of(['listed', 'new-peer'])].join('; ');
}

function stateOf({ state, backlog, lastDelivered }: NotificationView) {
  const last =
    lastDelivered === null ? (
      <span className="quiet">nothing sent yet</span>
    ) : (
      <span className="quiet" title={`${formatTime(lastDelivered)} UTC`}>
        told {formatAgo(lastDelivered)}
      </span>
    );
  return (
    <>
      {state === 'idle' ? 'up to date' : plural(backlog, 'item') + (state === 'failing' ? ' held back' : ' on the way')}
      <div>{last}</div>
    </>
  );
}
