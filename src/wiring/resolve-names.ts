import { readFile } from 'node:fs/promises';
import { type Log, messageOf, systemClock } from '../base/index.ts';
import { createNameService, type Dataplane, type NameService, parseResolvers } from '../segmentation/index.ts';
import type { NameServerSetting } from './parse-name-servers.ts';
import type { Settings } from './settings.ts';

const resolverFile = '/etc/resolv.conf';
const longestFile = 64 * 1024;
/** Networks of a machine change: the file is read again after so many milliseconds, when somebody asks. */
const readAfter = 10_000;

/**
 * Looks up names for containers by the servers of this machine; undefined where it is switched off. Also one that listens on
 * loopback (systemd-resolved, dnsmasq) can be asked, since the question comes from the machine itself.
 */
export async function resolveNames(
  { dnsUpstream }: Pick<Settings, 'dnsUpstream'>,
  { dataplane, log }: { readonly dataplane: Dataplane; readonly log: Log },
): Promise<NameService | undefined> {
  if (dnsUpstream === 'off') return undefined;
  const servers = dnsUpstream === undefined ? await followNameServers(resolverFile, log) : () => dnsUpstream;
  return createNameService({
    servers,
    allowName: (name, addresses, seconds) => dataplane.allowName(name, addresses, seconds),
    clock: systemClock,
    log,
  });
}

/** Those of a resolv.conf(5), as it is; none where it cannot be read. */
export async function followNameServers(file: string, log: Log): Promise<() => readonly NameServerSetting[]> {
  let servers: readonly NameServerSetting[] = [];
  let readAt = 0;
  async function read(): Promise<void> {
    readAt = systemClock.now();
    try {
      const text = (await readFile(file, 'utf8')).slice(0, longestFile);
      servers = parseResolvers(text).map((address) => ({ address, port: 53 }));
    } catch (error) {
      // What was known goes on; where nothing was, the state of the host tells that no server answers.
      log.warn({ file, error: messageOf(error) }, 'servers of names cannot be read');
    }
  }
  await read();
  return () => {
    if (systemClock.now() - readAt >= readAfter) void read();
    return servers;
  };
}
