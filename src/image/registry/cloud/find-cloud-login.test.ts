import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ImageError } from '../../image-error.ts';
import type { Ambient } from './ambient.ts';
import type { CloudLogin, CloudRegistry } from './cloud-registry.ts';
import { cloudRegistries, createCloudLogins } from './find-cloud-login.ts';

const { signal } = new AbortController();
const minute = 60_000;

/** A cloud whose exchanges are answered by hand. */
function harness(env: Ambient['env'] = {}) {
  const exchanges: { host: string; signal: AbortSignal; resolve(login?: CloudLogin): void; reject(e: Error): void }[] =
    [];
  let time = 1_000_000;
  const never = async (): Promise<never> => {
    throw new Error('the machine was asked');
  };
  const ambient: Ambient = { env, readFile: never, request: never, now: () => time };
  const cloud: CloudRegistry = {
    id: 'aws',
    name: 'AWS',
    claims: (host) => host.endsWith('.cloud.example'),
    exchange: (host, _ambient, itsSignal) =>
      new Promise((resolve, reject) => exchanges.push({ host, signal: itsSignal, resolve, reject })),
  };
  return {
    exchanges,
    find: createCloudLogins(ambient, [cloud]),
    loginFor: (life: number, password = 'p'): CloudLogin => ({
      credential: { kind: 'basic', username: 'u', password },
      expires: time + life,
    }),
    pass: (span: number) => {
      time += span;
    },
  };
}

describe('a login of a cloud', () => {
  it('is kept until five minutes before it expires', async () => {
    const { exchanges, find, loginFor, pass } = harness();
    const first = find('a.cloud.example', signal);
    exchanges[0]?.resolve(loginFor(60 * minute));
    const source = 'the identity of this machine at AWS';
    expect(await first).toEqual({ credential: { kind: 'basic', username: 'u', password: 'p' }, source });
    pass(55 * minute - 1);
    expect(await find('a.cloud.example', signal)).toEqual(await first);
    expect(exchanges.length).toBe(1);
    pass(1);
    const second = find('a.cloud.example', signal);
    exchanges[1]?.resolve(loginFor(60 * minute, 'q'));
    expect(await second).toMatchObject({ credential: { password: 'q' } });
  });

  it('that is about to expire is used once', async () => {
    const { exchanges, find, loginFor } = harness();
    const first = find('a.cloud.example', signal);
    exchanges[0]?.resolve(loginFor(5 * minute));
    expect(await first).toBeDefined();
    void find('a.cloud.example', signal);
    expect(exchanges.length).toBe(2);
  });

  it('is exchanged once for all who ask for a host at a time, and not for another host', async () => {
    const { exchanges, find, loginFor } = harness();
    const asking = ['a', 'a', 'a', 'b'].map((name) => find(`${name}.cloud.example`, signal));
    expect(exchanges.map(({ host }) => host)).toEqual(['a.cloud.example', 'b.cloud.example']);
    exchanges[0]?.resolve(loginFor(60 * minute, 'of a'));
    exchanges[1]?.resolve(loginFor(60 * minute, 'of b'));
    const passwords = (await Promise.all(asking)).map((login) => login?.credential);
    expect(passwords).toMatchObject(['of a', 'of a', 'of a', 'of b'].map((password) => ({ password })));
  });

  it('goes on for the others when one gives up, and ends when the last does', async () => {
    const { exchanges, find } = harness();
    const [one, other] = [new AbortController(), new AbortController()];
    const asking = [one, other].map((stop) => find('a.cloud.example', stop.signal).catch((error: unknown) => error));
    one.abort();
    expect(await asking[0]).toMatchObject({ code: 'aborted' });
    expect(exchanges[0]?.signal.aborted).toBe(false);
    other.abort();
    expect(await asking[1]).toMatchObject({ code: 'aborted' });
    expect(exchanges[0]?.signal.aborted).toBe(true);
    exchanges[0]?.reject(new ImageError('aborted', 'as it must'));
    await turn();
    void find('a.cloud.example', signal);
    expect(exchanges.length).toBe(2);
  });

  it('that there is none of is remembered for a minute', async () => {
    const { exchanges, find, pass } = harness();
    const first = find('a.cloud.example', signal);
    exchanges[0]?.resolve();
    expect(await first).toBeUndefined();
    pass(minute - 1);
    expect(await find('a.cloud.example', signal)).toBeUndefined();
    expect(exchanges.length).toBe(1);
    pass(1);
    void find('a.cloud.example', signal);
    expect(exchanges.length).toBe(2);
  });

  it('that fails says for whom, why and what to do, and is tried again', async () => {
    const { exchanges, find } = harness();
    const first = find('a.cloud.example', signal);
    exchanges[0]?.reject(new ImageError('credential-failure', 'STS answered 403', { remedy: 'Look at the role.' }));
    await expect(first).rejects.toMatchObject({
      code: 'credential-failure',
      message: 'no login for a.cloud.example by the identity of this machine at AWS: STS answered 403',
      remedy: expect.stringMatching(
        /^Look at the role\. Or .*docker login a\.cloud\.example.*PORTWARDEN_CLOUD_LOGIN=off/,
      ),
    });
    void find('a.cloud.example', signal);
    expect(exchanges.length).toBe(2);
  });

  it('is not looked for where it is switched off, or at a host of no cloud', async () => {
    const off = harness({ PORTWARDEN_CLOUD_LOGIN: 'off' });
    expect(await off.find('a.cloud.example', signal)).toBeUndefined();
    const on = harness();
    expect(await on.find('a.cloud.example.evil', signal)).toBeUndefined();
    expect([...off.exchanges, ...on.exchanges]).toEqual([]);
  });
});

describe('a machine of no cloud', () => {
  it.each(['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'gcr.io', 'contoso.azurecr.io'])(
    'is found to be one by a single knock that is given a second: %s',
    async (host) => {
      const patience: unknown[] = [];
      const ambient: Ambient = {
        env: {},
        now: () => 0,
        readFile: async (path) => {
          throw new Error(`${path} was read`);
        },
        request: async (request) => {
          patience.push(request.patience);
          throw new ImageError('unreachable', 'nobody');
        },
      };
      expect(await createCloudLogins(ambient, cloudRegistries)(host, signal)).toBeUndefined();
      expect(patience).toEqual([1000]);
    },
  );
});
