import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SegmentationError } from '../segmentation-error.ts';
import { closedRuleset } from './closed-ruleset.ts';
import { compileRemoval } from './compile-change.ts';
import { tableName } from './ruleset.ts';

export interface BootOptions {
  /** Where the rules are kept: `/etc/portwarden/boot`. */
  readonly folder: string;
  /** Where systemd looks for units: `/etc/systemd/system`. */
  readonly units: string;
  /** Absolute path of the program. */
  readonly nft: string;
  /** As in ClosedOptions. Written again whenever they change. */
  readonly bridges?: readonly string[];
}

export interface BootFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

const unit = `${tableName}-closed.service`;
/** What starts containers at boot. */
const engines = ['docker.service', 'docker.socket', 'containerd.service', 'podman.service', 'podman-restart.service'];

/**
 * What makes a host start closed, as files; pure. Throws SegmentationError `no-dataplane` for a path that a shell or systemd
 * would read otherwise.
 */
export function renderBoot({ folder, units, nft, bridges = [] }: BootOptions): readonly BootFile[] {
  for (const path of [folder, units, nft])
    if (!/^[\w./-]+$/.test(path))
      throw new SegmentationError(
        'no-dataplane',
        'paths of the boot rules have letters, digits, dots and dashes alone',
      );
  const at = (name: string): string => join(folder, name);
  const rules = (within: 'by-bridge' | 'by-port'): string =>
    `${compileRemoval()}${closedRuleset({ bridges, within }).text}`;
  const script = `#!/bin/sh
# Written by portwarden. Closes container networks until its agent speaks; does nothing where it has spoken.
${nft} list table inet ${tableName} >/dev/null 2>&1 && exit 0
${nft} -f ${at('closed-by-bridge.nft')} 2>/dev/null || exec ${nft} -f ${at('closed-by-port.nft')}
`;
  const service = `[Unit]
Description=Portwarden: container networks are closed until its agent speaks
DefaultDependencies=no
After=local-fs.target nftables.service firewalld.service
Before=${engines.join(' ')}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${at('close.sh')}

[Install]
WantedBy=multi-user.target
`;
  return [
    { path: at('closed-by-bridge.nft'), text: rules('by-bridge'), mode: 0o600 },
    { path: at('closed-by-port.nft'), text: rules('by-port'), mode: 0o600 },
    { path: at('close.sh'), text: script, mode: 0o700 },
    { path: join(units, unit), text: service, mode: 0o644 },
  ];
}

/** Writes the files and enables the unit; from the next boot on. Again it only renews them. Errors are of node:fs. */
export async function installBoot(options: BootOptions): Promise<void> {
  const wants = join(options.units, 'multi-user.target.wants');
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  await mkdir(wants, { recursive: true });
  for (const { path, text, mode } of renderBoot(options)) {
    const fresh = `${path}.new`;
    await rm(fresh, { force: true });
    await writeFile(fresh, text, { mode, flag: 'wx' });
    await rename(fresh, path);
  }
  const link = join(wants, unit);
  await rm(link, { force: true });
  await symlink(join('..', unit), link);
}

/** Takes away what `installBoot` wrote, there or not. */
export async function removeBoot(options: Pick<BootOptions, 'folder' | 'units'>): Promise<void> {
  await rm(join(options.units, 'multi-user.target.wants', unit), { force: true });
  for (const { path } of renderBoot({ ...options, nft: 'nft' })) await rm(path, { force: true });
}
