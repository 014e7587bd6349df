import {
  asArray,
  asNumber,
  asObject,
  asString,
  BoundError,
  formatAddress,
  parseAddress,
  parseJson,
} from '../../base/index.ts';
import { SegmentationError } from '../segmentation-error.ts';
import type { RunTool } from './run-tool.ts';

/** An interface of the host. */
export interface HostLink {
  readonly index: number;
  readonly name: string;
  /** The bridge that it is a port of. */
  readonly bridge?: string;
  /** By the number that the kernel gave it here: the namespace in which its other end lies, where that is another. */
  readonly peerNamespace?: number;
  readonly addresses: readonly LinkAddress[];
}

export interface LinkAddress {
  /** In the form of formatAddress. */
  readonly address: string;
  readonly prefix: number;
  /** `global`, `link`, `host`, `site`. */
  readonly scope: string;
}

const maxLinks = 200_000;

/** All interfaces of the namespace that this process runs in, by `ip`. Rejects with SegmentationError `no-dataplane`. */
export async function readHostLinks(run: RunTool, signal?: AbortSignal): Promise<readonly HostLink[]> {
  return parseHostLinks(await run('ip', ['-json', 'address', 'show'], signal ? { signal } : {}));
}

/** Those that are ports of a bridge, without their addresses; none where there is no such bridge. */
export async function readBridgePorts(
  run: RunTool,
  bridge: string,
  signal?: AbortSignal,
): Promise<readonly HostLink[]> {
  try {
    return parseHostLinks(await run('ip', ['-json', 'link', 'show', 'master', bridge], signal ? { signal } : {}));
  } catch (error) {
    if (error instanceof SegmentationError && /does not exist|Cannot find/.test(error.message)) return [];
    throw error;
  }
}

/**
 * What `ip -json address show` says (ip-address(8) of iproute2; keys as in print_linkinfo and print_addrinfo). What has no
 * name or index is left out: with options it prints empty objects for what was filtered. Throws SegmentationError
 * `no-dataplane` for what is no such list.
 */
export function parseHostLinks(text: string): readonly HostLink[] {
  const items = asArray(parseOutput(text, 'ip'));
  if (!items || items.length > maxLinks) throw new SegmentationError('no-dataplane', 'ip gave no list of interfaces');
  return items.flatMap((item): readonly HostLink[] => {
    const object = asObject(item);
    const [index, name] = [asNumber(object?.ifindex), asString(object?.ifname)];
    if (!object || index === undefined || !name || name.length > 15) return [];
    const bridge = asString(object.master);
    // `unknown` where the kernel gave it no number, which no namespace has.
    const peerNamespace = asNumber(object.link_netnsid);
    return [
      {
        index,
        name,
        ...(bridge === undefined ? {} : { bridge }),
        ...(peerNamespace === undefined || peerNamespace < 0 ? {} : { peerNamespace }),
        addresses: (asArray(object.addr_info) ?? []).flatMap(parseLinkAddress),
      },
    ];
  });
}

function parseLinkAddress(value: unknown): readonly LinkAddress[] {
  const object = asObject(value);
  const address = parseAddress(asString(object?.local) ?? '');
  const [prefix, scope] = [asNumber(object?.prefixlen), asString(object?.scope)];
  if (!address || prefix === undefined || scope === undefined) return [];
  return [{ address: formatAddress(address), prefix, scope }];
}

/** JSON that a tool printed; nothing at all is an empty list. */
export function parseOutput(text: string, tool: string): unknown {
  if (text.trim() === '') return [];
  try {
    return parseJson(text, `what ${tool} said`);
  } catch (cause) {
    if (!(cause instanceof BoundError)) throw cause;
    throw new SegmentationError('no-dataplane', cause.message, { cause });
  }
}
