import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { findFreePort, startDaemon } from './daemon.ts';
import { makeScratch } from './scratch.ts';
import { startTokenService, type TokenService } from './token-service.ts';

export interface RegistryServer {
  /** `127.0.0.1:PORT`, as it stands in image references. */
  readonly host: string;
  /** Where it keeps blobs and manifests, for tests that break them. */
  readonly storage: string;
  log(): string;
  stop(): Promise<void>;
}

/** Whom a registry of ours lets in where it asks at all. */
export const registryLogin = { username: 'harbor', password: 'tide-table' } as const;

/** bcrypt of the password above, as `htpasswd -B` writes it. */
const passwordLine = `${registryLogin.username}:$2y$05$abcdefghijklmnopqrstuu92QlV4SD9mSu1fJIcEKR3yuhAS1YTNO\n`;

/** Starts Debian's docker-registry on loopback over plain HTTP: open to all, or asking for a password or a token. */
export async function startRegistry(options: { readonly auth?: 'basic' | 'bearer' } = {}): Promise<RegistryServer> {
  const scratch = makeScratch('registry');
  const at = (name: string): string => join(scratch.path, name);
  let tokens: TokenService | undefined;
  try {
    const host = `127.0.0.1:${await findFreePort()}`;
    if (options.auth === 'bearer') tokens = await startTokenService(scratch.path, registryLogin);
    writeFileSync(at('htpasswd'), passwordLine);
    const auth =
      tokens !== undefined
        ? {
            token: {
              realm: tokens.realm,
              service: tokens.service,
              issuer: tokens.issuer,
              rootcertbundle: tokens.certificate,
            },
          }
        : options.auth === 'basic'
          ? { htpasswd: { realm: 'harbor', path: at('htpasswd') } }
          : undefined;
    const config = {
      version: 0.1,
      log: { level: 'warn' },
      storage: { filesystem: { rootdirectory: at('storage') }, delete: { enabled: true } },
      http: { addr: host },
      ...(auth ? { auth } : {}),
    };
    // JSON is YAML.
    writeFileSync(at('config.yml'), JSON.stringify(config));
    const daemon = await startDaemon({
      command: 'docker-registry',
      args: ['serve', at('config.yml')],
      ready: async () => (await request(`http://${host}/v2/`)).body.dump(),
    });
    return {
      host,
      storage: at('storage'),
      log: daemon.log,
      stop: async () => {
        await daemon.stop();
        await tokens?.stop();
        await scratch.remove();
      },
    };
  } catch (error) {
    await tokens?.stop();
    await scratch.remove();
    throw error;
  }
}
