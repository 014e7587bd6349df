import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type RecordedAnswer,
  type Recording,
  readRecordings,
  recordedMachine,
} from '../../../../test/fakes/recorded-machine.ts';
import { maxJsonDepth } from '../../../base/index.ts';
import { ImageError } from '../../image-error.ts';
import type { CloudLogin, CloudRegistry } from './cloud-registry.ts';
import { cloudRegistries } from './find-cloud-login.ts';

const recordings = readRecordings(join(import.meta.dirname, 'fixtures'));
const { signal } = new AbortController();

function cloudOf({ cloud }: Recording): CloudRegistry {
  const found = cloudRegistries.find(({ id }) => id === cloud);
  if (!found) throw new Error(`no cloud ${cloud}`);
  return found;
}

/** All that a log could show of an error. */
function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const remedy = error instanceof ImageError ? error.remedy : '';
  return [error.message, error.stack, remedy, error.cause === undefined ? '' : everythingOf(error.cause)].join('\n');
}

describe.each(recordings.map((recording) => [recording.name, recording] as const))('%s', (_name, recording) => {
  it('asks what is documented, and makes a login of what is answered', async () => {
    const machine = recordedMachine(recording);
    const cloud = cloudOf(recording);
    expect(cloud.claims(recording.registry)).toBe(true);
    const login = await cloud.exchange(recording.registry, machine, signal);
    expect(machine.asked.length).toBe(recording.exchanges.length);
    const { username, password, expires } = recording.login ?? {};
    expect(login && { ...login, expires: new Date(login.expires).toJSON() }).toEqual(
      recording.login ? { credential: { kind: 'basic', username, password }, expires } : undefined,
    );
  });

  const cases = recording.exchanges.flatMap((_, index) =>
    Object.entries(attacks).map(([attack, change]) => [attack, index, change] as const),
  );
  it.each(cases)('withstands %s at step %i', async (_attack, step, change) => {
    const machine = recordedMachine(recording, (answer, index) => (index === step ? change(answer) : answer));
    const outcome = await cloudOf(recording)
      .exchange(recording.registry, machine, signal)
      .catch((error: unknown) => error);
    // The recorded machine has let nobody be asked who is not in the recording.
    if (outcome instanceof Error) {
      expect(outcome).toBeInstanceOf(ImageError);
      expect(outcome).toMatchObject({ code: 'credential-failure', remedy: expect.stringMatching(/\S/) });
      for (const secret of recording.secrets) expect(everythingOf(outcome)).not.toContain(secret);
      return;
    }
    const { credential } = (outcome ?? {}) as Partial<CloudLogin>;
    if (credential?.kind === 'basic') {
      expect(credential.username).toMatch(/^[\x21-\x7e]+$/);
      expect(credential.password).toMatch(/^[\x21-\x7e]+$/);
    }
  });
});

const attacks: Readonly<Record<string, (answer: RecordedAnswer) => RecordedAnswer | ImageError>> = {
  'an answer that is too large': () => new ImageError('limit-exceeded', 'the answer is larger than 65536 bytes'),
  'an answer that never comes': () => new ImageError('stalled', 'it did not answer within 5 s'),
  'no JSON': (answer) => ({ status: answer.status, headers: answer.headers, text: '<html>secret</html>' }),
  'half of it': ({ status, headers, text, json }) => ({
    status,
    headers,
    // Half a word may be a word; half a document is none.
    text: text && !text.startsWith('<') ? '' : (text ?? JSON.stringify(json)).slice(0, -7),
  }),
  'an empty object': ({ status, headers }) => ({ status, headers, json: {} }),
  'an empty answer': ({ status, headers }) => ({ status, headers, text: '' }),
  'deep nesting': ({ status, headers }) => ({
    status,
    headers,
    text: '{"a":['.repeat(maxJsonDepth) + ']}'.repeat(maxJsonDepth),
  }),
  'bytes that are no text': ({ status, headers }) => ({ status, headers, text: '{"access_token":"\ufffd\0"}' }),
  'a redirect to a metadata service': () => ({
    status: 302,
    headers: { location: 'http://169.254.169.254/latest/meta-data/' },
    text: '',
  }),
  'a refusal that repeats what it was sent': ({ text, json }) => ({
    status: 403,
    headers: {},
    json: { error: text ?? json, error_description: text ?? json, message: JSON.stringify(json) },
  }),
  'a broken service': () => ({ status: 503, headers: {}, text: 'busy' }),
  'line breaks in every word': ({ status, headers, text, json }) => ({
    status,
    headers,
    text: text?.replace(/(\w{3})(\w)/g, '$1\r\nx-evil: 1$2') ?? JSON.stringify(withBreaks(json)),
  }),
};

function withBreaks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBreaks);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, broken(key, item)]));
  }
  return value;
}

function broken(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return withBreaks(value);
  return key === 'authorizationToken'
    ? Buffer.from(`${Buffer.from(value, 'base64')}\r\nx-evil: 1`).toString('base64')
    : `${value}\r\nx-evil: 1`;
}

describe('line breaks in a login', () => {
  const withLogin = recordings.filter(({ login }) => login);
  it.each(withLogin.map((recording) => [recording.name, recording] as const))(
    'are refused: %s',
    async (_, recording) => {
      const last = recording.exchanges.length - 1;
      const machine = recordedMachine(recording, (answer, index) =>
        index === last ? { ...answer, json: withBreaks(answer.json) } : answer,
      );
      await expect(cloudOf(recording).exchange(recording.registry, machine, signal)).rejects.toMatchObject({
        code: 'credential-failure',
      });
    },
  );
});

describe('the hosts of clouds', () => {
  const ecr = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
  it.each([
    [ecr, 'aws'],
    ['123456789012.dkr.ecr.ap-southeast-2.amazonaws.com', 'aws'],
    ['123456789012.dkr.ecr.us-gov-west-1.amazonaws.com', 'aws'],
    ['123456789012.dkr.ecr-fips.us-east-1.amazonaws.com', 'aws'],
    ['123456789012.dkr.ecr.cn-northwest-1.amazonaws.com.cn', 'aws'],
    ['gcr.io', 'google'],
    ['us.gcr.io', 'google'],
    ['us-central1-docker.pkg.dev', 'google'],
    ['contoso.azurecr.io', 'azure'],
    ['contoso-abc123.azurecr.io', 'azure'],
    ['contoso.azurecr.us', 'azure'],
  ])('%s is of %s alone', (host, cloud) => {
    expect(cloudRegistries.filter(({ claims }) => claims(host)).map(({ id }) => id)).toEqual([cloud]);
  });

  it.each([
    'docker.io',
    `${ecr}.evil.example`,
    `${ecr}:443`,
    `${ecr}.`,
    `${ecr}\n`,
    `evil.example/${ecr}`,
    '123456789012.dkr.ecr.eu-west-1.evil-amazonaws.com',
    '123456789012.dkr.ecr.evil.example.amazonaws.com',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com.cn',
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.comx',
    '123456789012xdkr.ecr.eu-west-1.amazonaws.com',
    'evil.dkr.ecr.eu-west-1.amazonaws.com',
    's3.amazonaws.com',
    'evilgcr.io',
    'gcr.io.evil.example',
    'gcr.io.',
    'GCR.IO',
    'evil-docker.pkg.dev.example',
    'docker.pkg.dev',
    'a.us-docker.pkg.dev',
    'evil.us_docker.pkg.dev',
    'azurecr.io',
    'evilazurecr.io',
    'contoso.azurecr.io.evil.example',
    'a.contoso.azurecr.io',
    'contoso.azurecr.com',
    'contoso.azurecr.io:5000',
  ])('%j is of none', (host) => {
    expect(cloudRegistries.filter(({ claims }) => claims(host))).toEqual([]);
  });
});
