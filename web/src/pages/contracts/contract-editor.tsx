import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { ApiError } from '../../api/client.ts';
import { sightQuery } from '../../api/contract-queries.ts';
import type { ContractDetail, ContractSight } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { useDelayed } from '../../parts/delayed.ts';
import { formatAgo } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { TabPanel, Tabs } from '../../parts/tabs.tsx';
import { hasHidden, visibleText } from '../../parts/visible-text.ts';
import { offsetOf, type TextPlace } from '../policy/place-in-text.ts';
import { Refusal } from '../policy/refusal.tsx';
import { ContractBar } from './contract-bar.tsx';
import { readFields } from './contract-fields.ts';
import { ContractMode } from './contract-mode.tsx';
import { readText } from './contract-text.ts';
import css from './contracts.module.css';
import { DaysChoice } from './days-choice.tsx';
import { Inputs } from './inputs.tsx';
import { SightFigures } from './sight-figures.tsx';
import { TryContract } from './try-contract.tsx';
import { useContractText } from './use-contract-text.ts';
import { YamlView } from './yaml-view.tsx';

type TabId = 'inputs' | 'yaml' | 'try';

interface ContractEditorProps {
  /** By which what is written is kept. */
  readonly of: string;
  readonly base: string;
  readonly detail?: ContractDetail;
  /** Of a contract that is not in force: where it comes from. */
  readonly said?: string;
  /** The name of an input to look at. */
  readonly input?: string | undefined;
  readonly onApplied: (name: string) => void;
}

/** A contract as rows beside what was seen, and as YAML: two views of one text. */
export function ContractEditor({ of, base, detail, said, input, onApplied }: ContractEditorProps) {
  const edited = useContractText(of, base);
  const { text, change } = edited;
  const [tab, setTab] = useState<TabId>('inputs');
  const [days, setDays] = useState(7);
  const area = useRef<HTMLTextAreaElement>(null);
  const { value, problem } = useMemo(() => readText(text), [text]);
  const fields = useMemo(() => readFields(value), [value]);
  const asked = useDelayed(text, 350);
  const { data, error, isFetching } = useQuery(sightQuery(asked, days, problem === undefined && asked === text));
  const lastGood = useRef<ContractSight>(undefined);
  if (data !== undefined) lastGood.current = data;
  // What was seen stays in sight while the text is none.
  const sight = data ?? lastGood.current;
  const refusal = asked === text && problem === undefined ? error : null;
  const goTo = (place: TextPlace) => {
    setTab('yaml');
    // The text is there once the tab is.
    requestAnimationFrame(() => {
      const at = offsetOf(text, place);
      area.current?.focus();
      area.current?.setSelectionRange(at, at);
    });
  };
  const isBusy = isFetching || asked !== text;
  const isRefused = problem !== undefined || (refusal instanceof ApiError && refusal.status === 400);
  const unsaid = isRefused
    ? 'The text is no contract yet.'
    : refusal
      ? 'Recorded starts could not be looked at.'
      : undefined;
  return (
    <Page
      title={visibleText(fields.name || detail?.name || 'A contract')}
      lead={detail ? <ContractMode {...detail} /> : 'not in force'}
      guide="launch-gate"
      aside={<DaysChoice days={days} onChoose={setDays} />}
    >
      {said !== undefined && !edited.isResumed && <Notice tone="calm" title={said} />}
      {edited.isResumed && edited.isChanged && (
        <Notice tone="warn" title="What you wrote before is shown: it is not in force.">
          <Button onClick={edited.discard}>{detail ? 'Show what is in force' : 'Begin anew'}</Button>
        </Notice>
      )}
      {detail && detail.text !== base && <Meanwhile detail={detail} onTake={() => change(detail.text)} />}
      {problem && (
        <Notice tone="bad" title={`This is no YAML: line ${problem.line}: ${visibleText(problem.message)}`}>
          <p>
            The rows come back once it is. <Button onClick={() => goTo(problem)}>Go to line {problem.line}</Button>
          </p>
        </Notice>
      )}
      {refusal !== null && <Refusal error={refusal} file="contract" onGo={goTo} />}
      {hasHidden(text) && (
        <Notice tone="warn" title="The text has characters that do not show.">
          They can turn the order of what is read. In the rows they are written out by their number.
        </Notice>
      )}
      {sight && sight.conflicts.length > 0 && (
        <Notice
          tone="bad"
          title={`${sight.conflicts.map(visibleText).join(' and ')} ${sight.conflicts.length === 1 ? 'speaks' : 'speak'} of the same images as exactly.`}
        >
          Each of their starts is a finding until one contract names the image more exactly than the others.
        </Notice>
      )}
      <SightFigures sight={sight} fields={fields} days={days} isOld={data === undefined && sight !== undefined} />
      <Tabs<TabId>
        label="Views of the contract"
        tabs={[
          { id: 'inputs', name: 'Inputs' },
          { id: 'yaml', name: 'YAML' },
          { id: 'try', name: 'Try and apply' },
        ]}
        selected={tab}
        onSelect={setTab}
      />
      <TabPanel id={tab} className={css.panel}>
        {tab === 'inputs' && !problem && (
          <Inputs fields={fields} sight={sight} onChange={change} wanted={input} isBusy={isBusy} />
        )}
        {tab === 'inputs' && problem && <p className="quiet">There are no rows of what is no YAML.</p>}
        {tab === 'yaml' && (
          <YamlView
            text={text}
            area={area}
            onChange={(next) => change(next, true)}
            problem={problem}
            refusal={refusal}
          />
        )}
        {tab === 'try' && (
          <TryContract
            text={text}
            sight={unsaid === undefined ? sight : undefined}
            unsaid={unsaid}
            days={days}
            isReady={problem === undefined}
            isBusy={isBusy}
            name={detail?.name}
            onGo={goTo}
            onApplied={() => {
              edited.applied();
              if (detail?.name !== fields.name) onApplied(fields.name);
            }}
          />
        )}
      </TabPanel>
      <ContractBar
        edited={edited}
        fields={fields}
        sight={sight}
        unsaid={unsaid}
        isBusy={isBusy}
        isTrying={tab === 'try'}
        isNew={detail === undefined}
        onTry={() => setTab('try')}
      />
    </Page>
  );
}

/** Somebody else put another in force since this page was opened. */
function Meanwhile({ detail, onTake }: { readonly detail: ContractDetail; readonly onTake: () => void }) {
  return (
    <Notice
      tone="warn"
      title={`${visibleText(detail.appliedBy)} applied another version ${formatAgo(detail.appliedAt)}.`}
    >
      <p>
        What you apply takes its place. <Button onClick={onTake}>Show theirs</Button>
      </p>
    </Notice>
  );
}
