import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';
import { inventedRegistry } from '../../test/fakes/policy-documents.ts';
import { silentLog } from '../base/log.ts';
import { TrustError } from '../trust/index.ts';

const logged: object[] = [];
const log = { ...silentLog, error: (fields: object) => void logged.push(fields) };

describe('POST /certificates that goes wrong', () => {
  let test: TestApi;
  let fail: () => Promise<never>;
  let signal: AbortSignal | undefined;
  let address: string;
  beforeEach(async () => {
    signal = undefined;
    logged.length = 0;
    fail = () => Promise.reject(new TrustError('gpgv-missing', 'gpgv is not there', { remedy: 'install it' }));
    test = await createTestApi({
      log,
      change: ({ certification }) => ({
        certification: {
          ...certification,
          certify(input, given) {
            signal = given;
            return input.source.startsWith('slow') ? certification.certify(input, given) : fail();
          },
        },
      }),
    });
    address = await test.api.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(() => test.api.close());

  const start = (source: string, leaving?: AbortSignal) =>
    fetch(`${address}/api/v1/certificates`, {
      method: 'POST',
      headers: { ...test.bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ source, to: `${inventedRegistry}/shop/cart` }),
      signal: leaving ?? null,
    });

  it('says that a trust root cannot be used, and tells nothing of what was not foreseen', async () => {
    const reply = await start('a.example/b:1');
    expect(reply.status).toBe(502);
    expect(await reply.json()).toEqual({
      error: { code: 'registry-failed', message: 'gpgv is not there', remedy: 'install it' },
    });
    fail = () => Promise.reject(new Error('hunter2'));
    const unforeseen = await start('a.example/b:1');
    expect(unforeseen.status).toBe(500);
    expect(await unforeseen.text()).not.toContain('hunter2');
  });

  it('is given up when who asked leaves, and nothing is said to have failed', async () => {
    const leaving = new AbortController();
    const asked = start('slow.example/b:1', leaving.signal);
    await expect.poll(() => signal?.aborted).toBe(false);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => signal?.aborted).toBe(true);
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    expect(logged).toEqual([]);
  });

  it('is given up when the server closes, and who waits is told', async () => {
    const asked = start('slow.example/b:1');
    await expect.poll(() => signal?.aborted).toBe(false);
    await test.api.close();
    expect((await asked).status).toBe(502);
  });
});
