/** Takes a one-time token out of the address, so that it stays in neither the history nor a shared link. */
export function takeLinkToken(): string | undefined {
  const address = new URL(window.location.href);
  const fragment = new URLSearchParams(address.hash.slice(1));
  const token = address.searchParams.get('token') ?? fragment.get('token') ?? undefined;
  if (token === undefined) return undefined;
  address.searchParams.delete('token');
  address.hash = '';
  window.history.replaceState(null, '', `${address.pathname}${address.search}`);
  return token;
}
