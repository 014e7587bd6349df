import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { remove } from '../../api/client.ts';
import type { DocumentView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import disclosure from '../../parts/disclosure.module.css';
import { formatAgo, formatDay, formatTime, formatUntil } from '../../parts/format.ts';
import { Icon } from '../../parts/icon.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import { describeState, exceptionFacts } from './exception-facts.ts';
import css from './policy.module.css';
import { isStaleByDocuments } from './use-plan.ts';

interface DocumentRowProps {
  readonly document: DocumentView;
  readonly onEdit: (text: string) => void;
}

/** A document in force; opened, as YAML. */
export function DocumentRow({ document, onEdit }: DocumentRowProps) {
  const { kind, name, appliedAt, appliedBy, text } = document;
  return (
    <li>
      <details className={css.document}>
        <summary className={`${disclosure.summary} ${css.summary}`}>
          <Icon name="down" size={14} />
          <span className="quiet">{kind}</span>
          <strong className="clip">{name}</strong>
          <State document={document} />
          <span className="quiet" title={`${formatTime(appliedAt)} UTC`}>
            applied {formatAgo(appliedAt)} by {appliedBy}
          </span>
        </summary>
        <div className={css.inside}>
          <pre className={css.yaml}>{text}</pre>
          <div className={css.actions}>
            <CopyButton text={text} label={`Copy ${kind} ${name}`} />
            <Button aria-label={`Edit ${kind} ${name}`} onClick={() => onEdit(text)}>
              Edit
            </Button>
            <RemoveDocument kind={kind} name={name} />
          </div>
        </div>
      </details>
    </li>
  );
}

function State({ document }: { readonly document: DocumentView }) {
  const facts = exceptionFacts(document);
  if (document.state === null || facts === undefined) return <span />;
  return (
    <span className={css.state} data-active={document.state === 'active' || undefined}>
      {describeState(document.state)}
      <span className="quiet" title={facts.reason}>
        {facts.owner} until {formatDay(facts.expires)} ({formatUntil(facts.expires)})
      </span>
    </span>
  );
}

function RemoveDocument({ kind, name }: Pick<DocumentView, 'kind' | 'name'>) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const removal = useMutation({
    mutationFn: () => remove(`documents/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`),
    onSuccess: () => client.invalidateQueries({ predicate: isStaleByDocuments }),
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
