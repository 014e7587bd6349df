import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { documentsQuery } from '../../api/certificate-queries.ts';
import { takeDraft } from '../../parts/draft.ts';
import { plural } from '../../parts/format.ts';
import { Empty, ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { DocumentRow } from './document-row.tsx';
import { Editor } from './editor.tsx';
import css from './policy.module.css';

/** What is trusted and what is refused: the documents in force, and changing them. */
export function PolicyPage() {
  const { data, error } = useQuery(documentsQuery);
  const documents = data?.items;
  const [text, setText] = useState(takeDraft);
  const area = useRef<HTMLTextAreaElement>(null);
  /** Adds to what is being written, which is nowhere else. */
  const edit = (added: string) => {
    setText((before) => (before.trim() === '' ? added : `${before.trimEnd()}\n---\n${added}`));
    area.current?.focus();
    area.current?.scrollIntoView({ block: 'center' });
  };
  return (
    <Page title="Policy" lead={documents && plural(documents.length, 'document')}>
      {error !== null && <ErrorNotice error={error} />}
      {documents === undefined && error === null && <Waiting />}
      {documents?.length === 0 && (
        <Empty icon="policy" title="No document is in force." command="portwarden apply -f FILE">
          Until a Registry is described, nothing is trusted and nothing is certified. Write one below, or apply files on
          the command line:
        </Empty>
      )}
      {documents !== undefined && documents.length > 0 && (
        <ul className={css.documents} aria-label="Documents in force">
          {documents.map((document) => (
            <DocumentRow key={`${document.kind}/${document.name}`} document={document} onEdit={edit} />
          ))}
        </ul>
      )}
      <Panel title="Plan and apply">
        <Editor text={text} onChange={setText} area={area} />
      </Panel>
    </Page>
  );
}
