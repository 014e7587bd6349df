import { type AddressSet, addressesOf, parseCidr } from '../../base/index.ts';

/** A public service that answers DNS at addresses of its own, also over TLS (port 853) and HTTPS (port 443). */
interface PublicResolver {
  readonly operator: string;
  /** Where the operator says so. */
  readonly source: string;
  readonly addresses: readonly string[];
}

/**
 * Well-known ones whose addresses serve nothing but DNS: whoever refuses them breaks no site. Services behind the shared
 * addresses of a content network are not here; a rule by name never leads to them unless it names them.
 */
const resolvers: readonly PublicResolver[] = [
  {
    operator: 'Cloudflare',
    source: 'https://developers.cloudflare.com/1.1.1.1/ip-addresses/',
    addresses: [
      '1.1.1.1',
      '1.1.1.2',
      '1.1.1.3',
      '1.0.0.1',
      '1.0.0.2',
      '1.0.0.3',
      '2606:4700:4700::1111',
      '2606:4700:4700::1112',
      '2606:4700:4700::1113',
      '2606:4700:4700::1001',
      '2606:4700:4700::1002',
      '2606:4700:4700::1003',
      '2606:4700:4700::64',
      '2606:4700:4700::6400',
      // Where Firefox is sent (mozilla.cloudflare-dns.com) and one.one.one.one.
      '162.159.36.1',
      '162.159.46.1',
      '162.159.61.4',
      '172.64.41.4',
      '2803:f800:53::4',
      '2a06:98c1:52::4',
    ],
  },
  {
    operator: 'Google',
    source: 'https://developers.google.com/speed/public-dns/docs/using',
    addresses: [
      '8.8.8.8',
      '8.8.4.4',
      '2001:4860:4860::8888',
      '2001:4860:4860::8844',
      '2001:4860:4860::64',
      '2001:4860:4860::6464',
    ],
  },
  {
    operator: 'Quad9',
    source: 'https://quad9.net/service/service-addresses-and-features/',
    addresses: [
      '9.9.9.9',
      '9.9.9.10',
      '9.9.9.11',
      '9.9.9.12',
      '149.112.112.112',
      '149.112.112.9',
      '149.112.112.10',
      '149.112.112.11',
      '149.112.112.12',
      '2620:fe::fe',
      '2620:fe::9',
      '2620:fe::10',
      '2620:fe::11',
      '2620:fe::12',
      '2620:fe::fe:9',
      '2620:fe::fe:10',
      '2620:fe::fe:11',
      '2620:fe::fe:12',
    ],
  },
  {
    operator: 'Cisco OpenDNS and Umbrella',
    source: 'https://www.opendns.com/setupguide/',
    addresses: [
      '208.67.222.222',
      '208.67.220.220',
      '208.67.222.220',
      '208.67.220.222',
      '208.67.222.123',
      '208.67.220.123',
      '208.67.222.2',
      '208.67.220.2',
      '146.112.41.2',
      '146.112.41.3',
      '2620:119:35::35',
      '2620:119:53::53',
      '2620:119:35::123',
      '2620:119:53::123',
      '2620:119:fc::2',
      '2620:119:fc::3',
    ],
  },
  {
    operator: 'AdGuard',
    source: 'https://adguard-dns.io/en/public-dns.html',
    addresses: [
      '94.140.14.14',
      '94.140.15.15',
      '94.140.14.15',
      '94.140.15.16',
      '94.140.14.140',
      '94.140.14.141',
      '2a10:50c0::ad1:ff',
      '2a10:50c0::ad2:ff',
      '2a10:50c0::bad1:ff',
      '2a10:50c0::bad2:ff',
      '2a10:50c0::1:ff',
      '2a10:50c0::2:ff',
    ],
  },
  {
    operator: 'CleanBrowsing',
    source: 'https://cleanbrowsing.org/filters/',
    addresses: [
      '185.228.168.9',
      '185.228.169.9',
      '185.228.168.10',
      '185.228.169.11',
      '185.228.168.168',
      '185.228.169.168',
      '2a0d:2a00:1::',
      '2a0d:2a00:1::1',
      '2a0d:2a00:1::2',
      '2a0d:2a00:2::',
      '2a0d:2a00:2::1',
      '2a0d:2a00:2::2',
    ],
  },
  {
    operator: 'NextDNS',
    source: 'https://help.nextdns.io/',
    // Each customer has addresses of its own in these blocks.
    addresses: ['45.90.28.0/22', '2a07:a8c0::/31'],
  },
  {
    operator: 'Control D',
    source: 'https://controld.com/free-dns',
    addresses: ['76.76.2.0/24', '76.76.10.0/24', '2606:1a40::/48', '2606:1a40:1::/48'],
  },
  {
    operator: 'Mullvad',
    source: 'https://mullvad.net/en/help/dns-over-https-and-dns-over-tls',
    addresses: ['194.242.2.0/28', '2a07:e340::/32'],
  },
  {
    operator: 'DNS0.EU',
    source: 'https://www.dns0.eu/',
    addresses: ['193.110.81.0/24', '185.253.5.0/24', '2a0f:fc80::/32', '2a0f:fc81::/32'],
  },
  {
    operator: 'DNS4EU',
    source: 'https://www.joindns4.eu/for-public',
    addresses: ['86.54.11.0/24', '2a13:1001::86:54:11:0/112'],
  },
  {
    operator: 'Alibaba (AliDNS)',
    source: 'https://www.alidns.com/',
    addresses: ['223.5.5.5', '223.6.6.6', '2400:3200::1', '2400:3200:baba::1'],
  },
  {
    operator: 'Tencent (DNSPod)',
    source: 'https://www.dnspod.com/products/publicdns',
    addresses: ['119.29.29.29', '1.12.12.12', '120.53.53.53'],
  },
  {
    operator: 'Yandex',
    source: 'https://dns.yandex.com/',
    addresses: [
      '77.88.8.8',
      '77.88.8.1',
      '77.88.8.88',
      '77.88.8.2',
      '77.88.8.7',
      '77.88.8.3',
      '2a02:6b8::feed:ff',
      '2a02:6b8:0:1::feed:ff',
      '2a02:6b8::feed:bad',
      '2a02:6b8:0:1::feed:bad',
      '2a02:6b8::feed:a11',
      '2a02:6b8:0:1::feed:a11',
    ],
  },
  {
    operator: 'Internet Initiative Japan',
    source: 'https://public.dns.iij.jp/',
    addresses: ['103.2.57.5', '103.2.57.6', '2001:300::5', '2001:300::6'],
  },
  {
    operator: 'Verisign and Neustar UltraDNS Public',
    source: 'https://vercara.digicert.com/ultradns-public',
    addresses: ['64.6.64.6', '64.6.65.6', '2620:74:1b::1:1', '2620:74:1c::2:2', '156.154.70.0/23'],
  },
  {
    operator: 'Hurricane Electric',
    source: 'https://dns.he.net/',
    addresses: ['74.82.42.42', '2001:470:20::2'],
  },
  {
    operator: 'Digitale Gesellschaft',
    source: 'https://www.digitale-gesellschaft.ch/dns/',
    addresses: ['185.95.218.42', '185.95.218.43', '2a05:fc84::42', '2a05:fc84::43'],
  },
];

/** Names that browsers and libraries look up to reach resolvers over HTTPS or TLS, with all below them. */
export const knownResolverNames: readonly string[] = [
  'cloudflare-dns.com',
  'one.one.one.one',
  'dns.google',
  'dns.google.com',
  'quad9.net',
  'doh.opendns.com',
  'dns.opendns.com',
  'dns.umbrella.com',
  'adguard-dns.com',
  'dns.adguard.com',
  'cleanbrowsing.org',
  'dns.nextdns.io',
  'controld.com',
  'dns.mullvad.net',
  'dns0.eu',
  'joindns4.eu',
  'dns.alidns.com',
  'doh.pub',
  'dot.pub',
  'common.dot.dns.yandex.net',
  'public.dns.iij.jp',
  'dns.digitale-gesellschaft.ch',
];

const resolverNames = new Set(knownResolverNames);

/** Whether a name is one of them or below one. */
export function isResolverName(name: string): boolean {
  for (let rest: string | undefined = name; rest !== undefined; rest = parentOf(rest))
    if (resolverNames.has(rest)) return true;
  return false;
}

function parentOf(name: string): string | undefined {
  const dot = name.indexOf('.');
  return dot === -1 ? undefined : name.slice(dot + 1);
}

/**
 * Where public resolvers answer. A group that says names refuses them on every port: what another resolver answers is seen
 * by nobody, and a tunnel over it goes anywhere.
 */
export const knownResolvers: AddressSet = addressesOf(
  resolvers.flatMap(({ operator, addresses }) =>
    addresses.map((text) => {
      const block = parseCidr(text);
      if (block === undefined) throw new TypeError(`${operator}: no block: ${text}`);
      return block;
    }),
  ),
);
