import { isIP } from 'node:net';
import { InspectError } from '../inspect-error.ts';

export type ClamdAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** `unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310`, IPv6 in brackets. Throws InspectError `bad-clamd-address`. */
export function parseClamdAddress(text: string): ClamdAddress {
  const path = /^unix:(\/[^\0]{1,107})$/.exec(text)?.[1];
  if (path !== undefined) return { path };
  const [, ip, name, digits] = /^tcp:(?:\[([\da-fA-F:.]{2,45})\]|([\w.-]{1,253})):(\d{1,5})$/.exec(text) ?? [];
  const host = ip ?? name;
  const port = Number(digits);
  if (host === undefined || (ip !== undefined && isIP(ip) !== 6) || port < 1 || port > 65_535)
    throw new InspectError('bad-clamd-address', `"${text.slice(0, 200)}" is no address of clamd`, {
      remedy: 'write unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310',
    });
  return { host, port };
}
