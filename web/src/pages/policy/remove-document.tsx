import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { remove } from '../../api/client.ts';
import type { DocumentView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import css from './policy.module.css';
import { isStaleByDocuments } from './use-plan.ts';

interface RemoveDocumentProps extends Pick<DocumentView, 'kind' | 'name'> {
  readonly onRemoved?: () => void;
}

/** Takes a document out of force, once that was asked twice. */
export function RemoveDocument({ kind, name, onRemoved }: RemoveDocumentProps) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const removal = useMutation({
    mutationFn: () => remove(`documents/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`),
    onSuccess: async () => {
      onRemoved?.();
      await client.invalidateQueries({ predicate: isStaleByDocuments });
    },
  });
  return (
    <>
      <Button aria-label={`Remove ${kind} ${name}`} disabled={removal.isPending} onClick={() => setAsking(true)}>
        Remove
      </Button>
      {removal.error !== null && (
        <div className={css.whole}>
          <ErrorNotice error={removal.error} />
        </div>
      )}
      <Dialog title={`Take ${kind} ${name} out of force?`} open={asking} onClose={() => setAsking(false)}>
        <p>
          What was judged by it stays as it is until it is judged again. Keep a copy: there is none here afterwards.
        </p>
        <div className={css.choice}>
          <Button onClick={() => setAsking(false)}>Keep it</Button>
          <Button
            main
            onClick={() => {
              setAsking(false);
              removal.mutate();
            }}
          >
            Remove
          </Button>
        </div>
      </Dialog>
    </>
  );
}
