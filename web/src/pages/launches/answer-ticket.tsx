import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { post } from '../../api/client.ts';
import type { TicketAnswerInput, TicketView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { Choice } from '../../parts/choice.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import css from './launches.module.css';

const day = 86_400_000;
const spans = [
  { value: 1, name: 'A day' },
  { value: 30, name: '30 days' },
  { value: 365, name: 'A year' },
] as const;

/** Lets the same launch pass for a while, or refuses it; either takes a reason. */
export function AnswerTicket({ id }: { readonly id: string }) {
  const client = useQueryClient();
  const field = useId();
  const [reason, setReason] = useState('');
  const [days, setDays] = useState<number>(30);
  const answer = useMutation({
    mutationFn: (input: TicketAnswerInput) => post<TicketView>(`tickets/${encodeURIComponent(id)}/answer`, input),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tickets'] }),
  });
  const isReady = reason.trim() !== '' && !answer.isPending;
  return (
    <div className={css.form}>
      <label htmlFor={field}>Reason, for who reads it later</label>
      <textarea
        id={field}
        rows={2}
        maxLength={2000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {answer.error !== null && <ErrorNotice error={answer.error} />}
      <div className={css.actions}>
        <Choice label="For how long the same may start" options={spans} value={days} onChoose={setDays} />
        <Button
          main
          disabled={!isReady}
          onClick={() => {
            const until = new Date(Date.now() + days * day).toISOString();
            answer.mutate({ state: 'approved', reason: reason.trim(), until });
          }}
        >
          Let it start
        </Button>
        <Button disabled={!isReady} onClick={() => answer.mutate({ state: 'refused', reason: reason.trim() })}>
          Refuse
        </Button>
      </div>
    </div>
  );
}
