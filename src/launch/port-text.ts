import type { LaunchPort } from '../model/index.ts';
import { quoteName } from './json-value.ts';
import { LaunchError } from './launch-error.ts';

/**
 * The ports of `80`, `8080:80`, `127.0.0.1:8080:80/udp`, `[::1]::80`, `8000-8010:9000-9010`, each by itself
 * (docker/go-connections nat.ParsePortSpec). `published` false: of `--expose`, which has no host's part. Throws LaunchError.
 */
export function parsePort(text: string, path: string, published = true): readonly LaunchPort[] {
  const refuse = (why: string): never => {
    throw new LaunchError('bad-launch', path, `${quoteName(text)} is no port: ${why}`);
  };
  const slash = text.lastIndexOf('/');
  const protocol = slash < 0 ? 'tcp' : text.slice(slash + 1).toLowerCase();
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') return refuse('write tcp, udp or sctp behind /');
  const spec = slash < 0 ? text : text.slice(0, slash);
  const colon = spec.lastIndexOf(':');
  const [first, last] = parseRange(spec.slice(colon + 1)) ?? refuse('its number in the container is none');
  const ports = Array.from({ length: last - first + 1 }, (_, step) => first + step);
  if (!published) {
    if (colon >= 0) refuse('it cannot be published here');
    return ports.map((container) => ({ path, container, protocol }));
  }
  const front = colon < 0 ? '' : spec.slice(0, colon);
  const hostColon = front.lastIndexOf(':');
  const hostText = front.slice(hostColon + 1);
  const address = hostColon < 0 ? '' : front.slice(0, hostColon).replace(/^\[(.*)\]$/, '$1');
  const [hostFirst, hostLast] =
    hostText === '' ? [0, 0] : (parseRange(hostText) ?? refuse('its number on the host is none'));
  const each = hostText !== '' && hostLast - hostFirst === last - first;
  // One port may be published at the first that is free of a range; otherwise both ranges go together.
  if (hostText !== '' && !each && first !== last) refuse('the two ranges are not of one length');
  return ports.map((container, step) => ({
    path,
    container,
    host: each ? hostFirst + step : hostFirst,
    ...(address === '' ? {} : { hostAddress: address }),
    protocol,
  }));
}

/** First and last of `80` or `80-90`; undefined where it is neither. */
function parseRange(text: string): readonly [number, number] | undefined {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const range = [Number(first), Number(last)] as const;
  return first !== undefined && range[0] <= range[1] && range[1] <= 65535 ? range : undefined;
}
