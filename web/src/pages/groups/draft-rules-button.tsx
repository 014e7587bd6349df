import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { explainQuery, groupQuery } from '../../api/group-queries.ts';
import type { FlowView, GroupEdge } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { offerDraft } from '../../parts/draft.ts';
import { ErrorNotice } from '../../parts/notice.tsx';
import { addRule } from './add-rule.ts';
import { endsOf, neededRules, rulesThere } from './needed-rules.ts';

interface DraftRulesProps {
  readonly edge: Pick<GroupEdge, 'id' | 'from' | 'to'>;
  readonly flows: readonly FlowView[];
}

/** Drafts the rules that would let pass what was refused, into the editor of the policy, for a person to plan and apply. */
export function DraftRules({ edge, flows }: DraftRulesProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const draft = useMutation({
    mutationFn: async () => {
      const first = flows.find(({ outcome }) => outcome !== 'allowed');
      if (first === undefined) throw new Error('What was refused is no longer remembered.');
      const ends = endsOf(first);
      const answer = ends === undefined ? undefined : await client.fetchQuery(explainQuery(ends));
      const has = rulesThere(answer);
      if (has === undefined) throw new Error(answer?.message);
      const texts = new Map<string, string>();
      for (const { group, rule } of neededRules(edge, flows, has)) {
        const text = texts.get(group) ?? (await client.fetchQuery(groupQuery(group))).text;
        if (text === null) throw new Error(`Nobody wrote the group ${group}: write one for its containers first.`);
        texts.set(group, addRule(text, rule));
      }
      if (texts.size === 0) throw new Error('No rule of a group can let that pass.');
      return [...texts.values()].join('---\n');
    },
    onSuccess: (text) => {
      offerDraft(text);
      void navigate({ to: '/policy' });
    },
  });
  return (
    <div style={{ display: 'grid', gap: 8, justifyItems: 'start' }}>
      <Button disabled={draft.isPending} onClick={() => draft.mutate()}>
        Draft rules that allow it
      </Button>
      {draft.error !== null && <ErrorNotice error={draft.error} />}
    </div>
  );
}
