import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
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
        may talk to the containers of an application, and to whom they may:{' '}
        <Link to="/guide/$name" params={{ name: 'segment-a-compose-application' }}>
          segment a compose application in five minutes
        </Link>
        . Or draft a group for each service that runs: it observes first, and what it sees makes its rules.
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
        Draft groups for what runs
      </Button>
      {suggest.error !== null && <ErrorNotice error={suggest.error} />}
    </div>
  );
}
