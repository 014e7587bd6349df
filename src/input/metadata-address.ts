import type { Mark } from './mark.ts';

/** What clouds answer only to their own machines, by the paths of AWS, Google, Azure, Alibaba and DigitalOcean. */
const path =
  /\/(?:latest\/(?:meta-data|user-data|dynamic|api\/token)|computeMetadata\/v1|metadata\/(?:instance|identity|v1)|opc\/v[12])/i;
const own = /^(?:169\.254\.169\.254|metadata\.google\.internal|metadata|100\.100\.100\.200|fd00:ec2::254)$/i;
/** An address by one number, by hexadecimal and octal ones, within IPv6, or by a name that only repeats it. */
const odd = /\b[a-z][a-z\d+.-]{1,20}:\/\/(?:[^\s/?#@]{0,80}@)?(\[[\da-f:.]{2,45}\]|[\w.-]{1,100})(?=[:/?#\s]|$)/gi;

/**
 * A setting that leads to where a cloud hands out credentials: its address written so that it does not show, or with the path of
 * what is secret. The bare address is how programs are told where it is.
 */
export function findMetadataAddress(text: string): Mark | undefined {
  if (!text.includes('://')) return undefined;
  let count = 0;
  for (const [url, host = ''] of text.matchAll(odd)) {
    if (++count > 20) return undefined;
    const plain = plainHost(host);
    if (!own.test(plain)) continue;
    if (plain !== host.toLowerCase().replace(/^\[|\]$/g, ''))
      return mark('whose address is written so that it does not show');
    const at = text.indexOf(url) + url.length;
    if (path.test(text.slice(at, at + 200))) return mark('and its credentials');
  }
  return undefined;
}

/** The host as a client will read it: `0xA9FEA9FE`, `2852039166` and `[::ffff:a9fe:a9fe]` are `169.254.169.254`. */
function plainHost(host: string): string {
  const repeated = /^(169\.254\.169\.254)\.(?:nip|sslip|xip)\.io$/i.exec(host)?.[1];
  if (repeated !== undefined) return repeated;
  try {
    const { hostname } = new URL(`http://${host}/`);
    const mapped = /^\[::(?:ffff:)?([\da-f]{1,4}):([\da-f]{1,4})\]$/.exec(hostname);
    if (mapped === null) return hostname.replace(/^\[|\]$/g, '');
    const [high = 0, low = 0] = [mapped[1], mapped[2]].map((part) => Number.parseInt(part ?? '0', 16));
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  } catch {
    // No host.
    return host.toLowerCase();
  }
}

function mark(what: string): Mark {
  return {
    rule: 'input/shell-injection',
    what: `a request to where a cloud hands out credentials, ${what}`,
    confidence: 'likely',
  };
}
