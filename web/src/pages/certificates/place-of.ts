import type { CertificatePlace } from '../../api/certificate-queries.ts';

/** A registry, a repository or both, as people write them: `registry.example:5000/shop/cart`, `registry.example`, `shop/cart`. */
export function placeOf(text: string): CertificatePlace {
  const trimmed = text.trim().replace(/\/+$/, '');
  const slash = trimmed.indexOf('/');
  const head = slash < 0 ? trimmed : trimmed.slice(0, slash);
  const isRegistry = /[.:]/.test(head) || head === 'localhost';
  if (!isRegistry) return trimmed === '' ? {} : { repository: trimmed };
  return slash < 0 ? { registry: head } : { registry: head, repository: trimmed.slice(slash + 1) };
}
