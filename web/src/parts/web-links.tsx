import css from './web-links.module.css';

const mostShown = 4;

/** Addresses of the web by their hosts. An advisory may name any address: only those of the web become links. */
export const WebLinks = ({ addresses }: { readonly addresses: readonly string[] }) => (
  <span className={css.links}>
    {addresses
      .filter(isWebAddress)
      .slice(0, mostShown)
      .map((address) => (
        <a key={address} href={address} target="_blank" rel="noopener noreferrer">
          {URL.parse(address)?.host ?? address}
        </a>
      ))}
  </span>
);

const isWebAddress = (address: string): boolean => ['https:', 'http:'].includes(URL.parse(address)?.protocol ?? '');
