import { readFile, stat } from 'node:fs/promises';
import { messageOf } from '../base/index.ts';
import type { RegistryOptions } from '../image/index.ts';
import type { RegistryAccess } from '../service/index.ts';
import { WiringError } from './wiring-error.ts';

type Login = Awaited<ReturnType<NonNullable<RegistryOptions['credential']>>>;

const maxFileBytes = 64 * 1024;

/**
 * How a registry is reached, by what its document says of credentials: where they are, never what they are. They are read
 * when the registry first wants a login, and errors name the place alone. Throws WiringError `bad-credentials` then.
 */
export function accessRegistries(environment: NodeJS.ProcessEnv): RegistryAccess {
  return ({ spec: { host, plainHttp, credentials } }) => ({
    plainHttp: plainHttp ? [host] : [],
    ...loginBy(credentials, environment),
  });
}

function loginBy(credentials: string | undefined, environment: NodeJS.ProcessEnv): RegistryOptions {
  if (credentials === undefined) return { credentialFile: false };
  if (credentials === 'docker-config') return {};
  const colon = credentials.indexOf(':');
  const place = credentials.slice(colon + 1);
  switch (credentials.slice(0, colon)) {
    case 'env':
      return { credential: async () => parsePair(environment[place], `the environment variable ${place}`) };
    case 'file':
      return { credential: async () => parsePair(await readSecret(place), place) };
    case 'helper':
      return { credentialHelper: place };
    default:
      throw new WiringError('bad-credentials', 'the document of a registry names credentials in a way that is unknown');
  }
}

async function readSecret(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes) throw new Error(`it is larger than ${maxFileBytes} bytes`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new WiringError('bad-credentials', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function parsePair(text: string | undefined, where: string): Login {
  const pair = text?.trim() ?? '';
  const colon = pair.indexOf(':');
  if (colon > 0) return { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
  throw new WiringError('bad-credentials', `${where} does not hold credentials for a registry`, {
    remedy: 'Write USER:PASSWORD there',
  });
}
