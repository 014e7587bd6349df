import type { DocumentView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import disclosure from '../../parts/disclosure.module.css';
import { formatAgo, formatDay, formatTime, formatUntil } from '../../parts/format.ts';
import { Icon } from '../../parts/icon.tsx';
import { describeState, exceptionFacts } from './exception-facts.ts';
import css from './policy.module.css';
import { RemoveDocument } from './remove-document.tsx';

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
