import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { documentsQuery } from '../../api/certificate-queries.ts';
import { groupMapQuery, groupsQuery, planGroups } from '../../api/group-queries.ts';
import { Button } from '../../parts/button.tsx';
import { offerDraft, takeDraft } from '../../parts/draft.ts';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { AskConnection } from './ask-connection.tsx';
import css from './groups.module.css';
import page from './plan-page.module.css';
import { PlannedChanges } from './planned-changes.tsx';

/** What documents would open and close, before anybody applies them. */
export function PlanPage() {
  const [text, setText] = useState(takeDraft);
  const id = useId();
  const navigate = useNavigate();
  const plan = useMutation({ mutationFn: (asked: string) => planGroups(asked) });
  const { data: map } = useQuery(groupMapQuery(7));
  const isPlanned = plan.isSuccess && plan.variables === text;
  const apply = () => {
    offerDraft(text);
    void navigate({ to: '/policy' });
  };
  return (
    <Page title="What if" lead="Nothing is changed by asking" guide="segment-a-compose-application">
      <Panel title="Documents">
        <div className={page.editor}>
          <label htmlFor={id}>
            Groups and lists as they would be, in YAML; those that are not here stay as they are
          </label>
          <textarea
            id={id}
            rows={12}
            spellCheck={false}
            autoCapitalize="none"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
          <div className={css.tools}>
            <Button main={!isPlanned} disabled={text.trim() === '' || plan.isPending} onClick={() => plan.mutate(text)}>
              What would change
            </Button>
            <Button main={isPlanned} disabled={!isPlanned} onClick={apply}>
              Take it to the editor, to apply
            </Button>
            <StartFrom
              onTake={(added) => setText((now) => (now.trim() === '' ? added : `${now.trimEnd()}\n---\n${added}`))}
            />
          </div>
          {plan.error !== null && plan.variables === text && <ErrorNotice error={plan.error} />}
          {plan.isSuccess && !isPlanned && <p className="quiet">The text was changed since: ask again.</p>}
        </div>
      </Panel>
      {isPlanned && plan.data !== undefined && <PlannedChanges plan={plan.data} map={map} />}
      <AskConnection />
    </Page>
  );
}

/** A document in force, to change it. */
function StartFrom({ onTake }: { readonly onTake: (text: string) => void }) {
  const { data: groups } = useQuery(groupsQuery);
  const { data: documents } = useQuery(documentsQuery);
  const texts = documents?.items.filter(({ kind }) => kind === 'SecurityGroup' || kind === 'AddressList') ?? [];
  if (groups === undefined || texts.length === 0) return null;
  return (
    <select
      aria-label="Add a document in force"
      value=""
      onChange={({ target }) => {
        const document = texts.find(({ kind, name }) => `${kind} ${name}` === target.value);
        if (document !== undefined) onTake(document.text);
      }}
    >
      <option value="">add one in force…</option>
      {texts.map(({ kind, name }) => (
        <option key={`${kind} ${name}`}>{`${kind} ${name}`}</option>
      ))}
    </select>
  );
}
