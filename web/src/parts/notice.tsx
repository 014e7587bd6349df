import type { ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon, type IconName } from './icon.tsx';
import css from './notice.module.css';

interface NoticeProps {
  readonly tone: 'bad' | 'warn' | 'calm';
  readonly title: string;
  readonly code?: string;
  readonly children?: ReactNode;
}

export function Notice({ tone, title, code, children }: NoticeProps) {
  return (
    <div className={css.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon name={tone === 'calm' ? 'check' : 'warning'} />
      <div>
        <p className={css.title}>{title}</p>
        {children !== undefined && <div className={css.body}>{children}</div>}
      </div>
      {code !== undefined && <code className={css.code}>{code}</code>}
    </div>
  );
}

/** What went wrong, and what to do: a refusal of the server in its own words. */
export function ErrorNotice({ error }: { readonly error: Error }) {
  if (!(error instanceof ApiError)) return <Notice tone="bad" title={error.message} />;
  return (
    <Notice tone="bad" title={error.message} code={error.code}>
      {error.remedy}
    </Notice>
  );
}

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  /** A command that changes it. */
  readonly command?: string;
}

/** Nothing here, and what to do next. */
export function Empty({ icon, title, children, command }: EmptyProps) {
  return (
    <div className={css.empty}>
      <Icon name={icon} size={34} />
      <h3>{title}</h3>
      {children !== undefined && <p>{children}</p>}
      {command !== undefined && <Command>{command}</Command>}
    </div>
  );
}

export function Command({ children }: { readonly children: string }) {
  return (
    <span className={css.command}>
      <span>{children}</span>
      <CopyButton text={children} label={`Copy the command ${children}`} />
    </span>
  );
}

export const Waiting = ({ children = 'Reading…' }: { readonly children?: string }) => (
  <p className={css.waiting} role="status">
    {children}
  </p>
);
