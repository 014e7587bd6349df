import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installBoot, removeBoot, renderBoot } from './install-boot.ts';

describe('what makes a host start closed', () => {
  let root: string;
  const options = () => ({ folder: join(root, 'boot'), units: join(root, 'units'), nft: '/usr/sbin/nft' });
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'portwarden-boot-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('is written, enabled before engines, and renewed', async () => {
    await installBoot(options());
    await installBoot({ ...options(), bridges: ['br-0123456789ab'] });
    const unit = await readFile(join(root, 'units/portwarden-closed.service'), 'utf8');
    expect(unit).toMatch(/^Before=docker\.service .*podman\.service/m);
    expect(unit).toMatch(/^After=.*nftables\.service/m);
    expect(unit).toContain(`ExecStart=/bin/sh ${join(root, 'boot/close.sh')}`);
    const link = join(root, 'units/multi-user.target.wants/portwarden-closed.service');
    expect(await readlink(link)).toBe('../portwarden-closed.service');
    const rules = await readFile(join(root, 'boot/closed-by-bridge.nft'), 'utf8');
    expect(rules).toContain('"br-0123456789ab"');
    expect(rules).toContain('meta ibrname "docker0" drop');
    expect((await stat(join(root, 'boot/closed-by-bridge.nft'))).mode & 0o777).toBe(0o600);
    expect((await readdir(join(root, 'boot'))).sort()).toEqual([
      'close.sh',
      'closed-by-bridge.nft',
      'closed-by-port.nft',
    ]);
  });

  it('is taken away, there or not', async () => {
    await installBoot(options());
    await removeBoot(options());
    expect(await readdir(join(root, 'boot'))).toEqual([]);
    expect(await readdir(join(root, 'units'))).toEqual(['multi-user.target.wants']);
    expect(await readdir(join(root, 'units/multi-user.target.wants'))).toEqual([]);
    await removeBoot(options());
  });

  it('closes nothing of the host itself, nor what only begins like a bridge of docker', () => {
    const [rules] = renderBoot({ ...options(), bridges: ['not"a bridge'] });
    expect(rules?.text).not.toMatch(/hook (?:input|output)|"br-|"lo"|not/);
  });

  it.each(['/etc/a b', '/etc/$(reboot)', '/etc/%n', "/etc/'"])(
    'refuses a path that a shell would read otherwise: %s',
    (folder) => {
      expect(() => renderBoot({ ...options(), folder })).toThrow(expect.objectContaining({ code: 'no-dataplane' }));
    },
  );
});
