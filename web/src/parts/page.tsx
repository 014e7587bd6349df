import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import css from './page.module.css';

/** Those of docs/guide that pages lead to. */
export const guideNames = [
  'certification',
  'drift',
  'launch-gate',
  'notifications',
  'registries-diff',
  'segment-a-compose-application',
] as const;
export type GuideName = (typeof guideNames)[number];

interface PageProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly aside?: ReactNode;
  /** The guide to what can be done here. */
  readonly guide?: GuideName;
  /** Its last part takes the room that is left: a table that scrolls by itself. */
  readonly filling?: boolean;
  readonly children: ReactNode;
}

export function Page({ title, lead, aside, guide, filling = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Portwarden`;
  }, [title]);
  return (
    <div className={`${css.page} ${filling ? css.filling : ''}`}>
      <div className={css.head}>
        <div className={css.titleRow}>
          <h1>{title}</h1>
          {lead !== undefined && <div className={css.lead}>{lead}</div>}
          {guide !== undefined && (
            <Link className={css.guide} to="/guide/$name" params={{ name: guide }}>
              Guide
            </Link>
          )}
          {aside !== undefined && <div className={css.aside}>{aside}</div>}
        </div>
        <div className={css.scale} aria-hidden="true" />
      </div>
      {filling ? children : <div className={css.body}>{children}</div>}
    </div>
  );
}
