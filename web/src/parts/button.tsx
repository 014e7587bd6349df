import type { ButtonHTMLAttributes } from 'react';
import css from './button.module.css';
import { Icon, type IconName } from './icon.tsx';

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { readonly main?: boolean; readonly icon?: IconName };

export const Button = ({ main = false, icon, children, type = 'button', ...rest }: ButtonProps) => (
  <button {...rest} type={type} className={`${css.button} ${main ? css.main : ''}`}>
    {icon !== undefined && <Icon name={icon} />}
    {children}
  </button>
);

type IconButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> & {
  readonly icon: IconName;
  readonly label: string;
};
export const IconButton = ({ icon, label, ...rest }: IconButtonProps) => (
  <button {...rest} type="button" className={css.icon} aria-label={label} title={label}>
    <Icon name={icon} />
  </button>
);

interface DownloadLinkProps {
  readonly href: string;
  readonly fileName: string;
  readonly children: string;
}
export const DownloadLink = ({ href, fileName, children }: DownloadLinkProps) => (
  <a className={css.button} href={href} download={fileName}>
    <Icon name="download" />
    {children}
  </a>
);
