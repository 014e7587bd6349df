import { parseAddress, parseCidr } from '../base/index.ts';
import {
  type ConnectionSet,
  connectionsTo,
  type TrafficProtocol,
  trafficProtocols,
  unionConnections,
} from '../model/index.ts';

/** What is asked for by ICMP (RFC 792) and by ICMPv6 (RFC 4443) has different types; one word says both. */
const icmpWords: Readonly<Record<string, readonly number[]>> = { 'echo-request': [8, 128] };

/** For editors; parseTrafficPorts is what counts. */
export const trafficPortsPattern =
  '^(?:(?:tcp|udp|sctp)(?:/\\d{1,5}(?:-\\d{1,5})?)?|icmp(?:/(?:echo-request|\\d{1,3}))?)$';
const portsForm = new RegExp(trafficPortsPattern);

/**
 * `tcp/443`, `tcp/9000-9010`, `udp` for all its ports, `icmp/echo-request` or `icmp/8` for a type. Undefined for anything
 * else: a port 0, one above 65535, a type above 255, a range that ends before it begins.
 */
export function parseTrafficPorts(text: string): ConnectionSet | undefined {
  if (!portsForm.test(text)) return undefined;
  const [protocol = '', ports] = text.split('/');
  if (!isProtocol(protocol)) return undefined;
  if (ports === undefined) return connectionsTo(protocol);
  if (Object.hasOwn(icmpWords, ports)) {
    const types = icmpWords[ports] ?? [];
    return types.map((type) => connectionsTo(protocol, type, type)).reduce((all, one) => unionConnections(all, one));
  }
  const [first = 0, last = first] = ports.split('-').map(Number);
  const [lowest, highest] = protocol === 'icmp' ? [0, 255] : [1, 65_535];
  return lowest <= first && first <= last && last <= highest ? connectionsTo(protocol, first, last) : undefined;
}

function isProtocol(text: string): text is TrafficProtocol {
  return (trafficProtocols as readonly string[]).includes(text);
}

/** Why a text is no block of addresses, after "it"; undefined where it is one. */
export function addressBlockFault(text: string): string | undefined {
  if (parseCidr(text) !== undefined) return undefined;
  const [head = '', prefix = ''] = text.split('/');
  const address = parseAddress(head);
  if (address === undefined) return 'begins with no address';
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (address.family === 4 ? 32 : 128))
    return 'has no such prefix length';
  return 'has bits beyond its prefix: it could mean the block or the address';
}

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
/** For editors; dnsNameFault is what counts. */
export const dnsNamePattern = `^(?:\\*\\.)?${label}(?:\\.${label})*$`;
const nameForm = new RegExp(dnsNamePattern);

/**
 * Why a text is no name that rules may speak of, after "it"; undefined where it is one. Names are as packets carry them
 * (RFC 1035 section 2.3.1, with the underscore of RFC 8552; RFC 5891 for those of other alphabets), `*.` before them for
 * all that are below.
 */
export function dnsNameFault(text: string): string | undefined {
  if (text.length > 253) return 'is longer than 253 characters';
  if (/[^\x21-\x7e]/.test(text)) return 'has characters that names on the wire have not: write xn--…, as IDNA has it';
  if (/[A-Z]/.test(text)) return 'is not in lower case';
  if (text.endsWith('.')) return 'ends with a dot';
  if (parseAddress(text) !== undefined || parseCidr(text) !== undefined) return 'is an address: write "cidr"';
  if (/[/:@]/.test(text)) return 'is more than a name: no scheme, no port, no path';
  if (text.replace(/^\*\./, '').includes('*')) return 'has * elsewhere than as its first part';
  if (!nameForm.test(text)) return 'has a part that is empty, too long, or has other than letters, digits and dashes';
  if (!text.includes('.')) return 'is a single word: containers are reached by "group"';
  return /(?:^|\.)\d+$/.test(text) ? 'ends with a number, as addresses do' : undefined;
}
