import { type ReactNode, useEffect } from 'react';
import css from './page.module.css';

interface PageProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly aside?: ReactNode;
  /** Its last part takes the room that is left: a table that scrolls by itself. */
  readonly filling?: boolean;
  readonly children: ReactNode;
}

export function Page({ title, lead, aside, filling = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Portwarden`;
  }, [title]);
  return (
    <div className={`${css.page} ${filling ? css.filling : ''}`}>
      <div className={css.head}>
        <div className={css.titleRow}>
          <h1>{title}</h1>
          {lead !== undefined && <div className={css.lead}>{lead}</div>}
          {aside !== undefined && <div className={css.aside}>{aside}</div>}
        </div>
        <div className={css.scale} aria-hidden="true" />
      </div>
      {filling ? children : <div className={css.body}>{children}</div>}
    </div>
  );
}
