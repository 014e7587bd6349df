import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { suggestGroups } from '../../api/group-queries.ts';
import type { GroupList } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { offerDraft } from '../../parts/draft.ts';
import { plural } from '../../parts/format.ts';
import { Empty, ErrorNotice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';

/** Nobody wrote a group: from what was seen, or by hand. */
export function NoGroups({ list: { ungrouped } }: { readonly list: GroupList }) {
  return (
    <Page title="Groups">
      <Empty icon="groups" title="No group is in force." command="portwarden groups suggest">
        {ungrouped > 0 && `${plural(ungrouped, 'container')} may talk to whomever they like. `}A SecurityGroup says who
        may talk to the containers of an application, and to whom they may; the guide “segment a compose application”
        takes five minutes. Or start from what was seen, cut it down, and let it observe first:
      </Empty>
      <SuggestGroups />
    </Page>
  );
}

/** Drafts groups from what was recorded, into the editor of the policy. */
export function SuggestGroups() {
  const navigate = useNavigate();
  const suggest = useMutation({
    mutationFn: () => suggestGroups(),
    onSuccess: ({ text, remarks }) => {
      offerDraft([...remarks.map((remark) => `# ${remark.replaceAll(/\s+/g, ' ')}`), text].join('\n'));
      void navigate({ to: '/policy' });
    },
  });
  return (
    <div style={{ display: 'grid', gap: 10, justifyItems: 'center' }}>
      <Button main disabled={suggest.isPending} onClick={() => suggest.mutate()}>
        Draft groups from what was seen
      </Button>
      {suggest.error !== null && <ErrorNotice error={suggest.error} />}
    </div>
  );
}
