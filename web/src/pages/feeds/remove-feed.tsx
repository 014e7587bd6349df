import type { FeedView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { formatCount } from '../../parts/format.ts';

interface RemoveFeedProps {
  readonly feed: FeedView;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onRemove: () => void;
}

export const RemoveFeed = ({ feed, open, onClose, onRemove }: RemoveFeedProps) => (
  <Dialog title={`Remove the feed ${feed.id}?`} open={open} onClose={onClose}>
    <p>
      Its {formatCount(feed.advisories)} advisories are forgotten, and what only it covers becomes <em>not judged</em>.
    </p>
    <div style={{ display: 'flex', gap: 10, justifyContent: 'flex-end', marginTop: 18 }}>
      <Button onClick={onClose}>Keep it</Button>
      <Button
        main
        onClick={() => {
          onClose();
          onRemove();
        }}
      >
        Remove
      </Button>
    </div>
  </Dialog>
);
