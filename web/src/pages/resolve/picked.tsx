import { Link } from '@tanstack/react-router';
import type { ResolveAnswer } from '../../api/wire.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { formatTime, formatUntil } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import css from './resolve.module.css';

/** The answer: an image by its digest, or that there is none. */
export function Picked({ answer: { picked, channel, platform } }: { readonly answer: ResolveAnswer }) {
  if (picked === null) {
    return (
      <Notice tone="warn" title={`Nothing is certified for ${platform} in channel ${channel}.`}>
        Each image and why it is not picked stands below.
      </Notice>
    );
  }
  return (
    <section className={css.picked} aria-label="Picked">
      <strong className={css.tag}>{picked.tag}</strong>
      <span className={css.image}>
        <Link to="/certificates/image" search={{ image: picked.image }}>
          <code>{picked.image}</code>
        </Link>{' '}
        <CopyButton text={picked.image} label="Copy the image with its digest" />
      </span>
      <span className="soft">
        {picked.created !== null && `built ${formatTime(picked.created)} UTC, `}certified until{' '}
        {formatTime(picked.expires)} UTC ({formatUntil(picked.expires)}); channel {channel}, {platform}
      </span>
    </section>
  );
}
