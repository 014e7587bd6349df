import { afterEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';
import { openEvents } from '../../test/fakes/event-reader.ts';
import type { EventStreamLimits } from './event-stream.ts';
import { formatEvent } from './event-stream.ts';

let test: TestApi;
afterEach(() => test?.api.close());

async function listen(streams: Partial<EventStreamLimits> = {}): Promise<string> {
  test = await createTestApi({ streams });
  return test.api.listen({ host: '127.0.0.1', port: 0 });
}

describe('formatEvent', () => {
  it('keeps line ends of values out of the lines of the stream', () => {
    const event = {
      type: 'image',
      imageId: 'a',
      state: 'failed',
      reference: 'b',
      message: 'x\n\nevent: y\rz',
    } as const;
    const [type, data, ...rest] = formatEvent(event).split(/\r\n|\r|\n/);
    expect([type, ...rest]).toEqual(['event: image', '', '']);
    expect(JSON.parse(data?.replace('data: ', '') ?? '')).toEqual(event);
  });
});

describe('GET /events', () => {
  it('says when to come back, then what changes', async () => {
    const reader = await openEvents(await listen(), test.bearer);
    expect(reader.status).toBe(200);
    expect(reader.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    test.services.events.publish({ type: 'host', host: 'harbor-1' });
    test.services.events.publish({ type: 'judged', components: 7 });
    await expect.poll(reader.text).toContain('judged');
    expect(reader.text()).toBe(
      'retry: 3000\n\nevent: host\ndata: {"type":"host","host":"harbor-1"}\n\nevent: judged\ndata: {"type":"judged","components":7}\n\n',
    );
  });

  it('shows signs of life while nothing changes', async () => {
    const reader = await openEvents(await listen({ heartbeat: 5 }), test.bearer);
    await expect.poll(reader.text).toContain(': still here\n\n: still here\n\n');
  });

  it('ends with the session that opened it', async () => {
    const address = await listen({ heartbeat: 5 });
    const cookie = await test.logIn();
    const reader = await openEvents(address, { cookie });
    await expect.poll(reader.text).toContain(': still here');
    await test.services.login.endSession(cookie.replace('portwarden=', ''));
    await reader.closed;
  });

  it('refuses more streams than it is set to, and has room again when one ends', async () => {
    const address = await listen({ maxStreams: 2 });
    const [first, second] = [await openEvents(address, test.bearer), await openEvents(address, test.bearer)];
    expect((await openEvents(address, test.bearer)).status).toBe(503);
    first.stop();
    await expect.poll(async () => (await openEvents(address, test.bearer)).status).toBe(200);
    second.stop();
  });

  it('keeps no room for a reader that left before it was let in', async () => {
    const waiting = Promise.withResolvers<void>();
    let asked = 0;
    test = await createTestApi({
      streams: { maxStreams: 1 },
      change: ({ login }) => ({
        login: {
          ...login,
          async apiToken(token) {
            if (asked++ === 0) await waiting.promise;
            return login.apiToken(token);
          },
        },
      }),
    });
    const address = await test.api.listen({ host: '127.0.0.1', port: 0 });
    const leaving = new AbortController();
    const left = fetch(`${address}/api/v1/events`, { headers: test.bearer, signal: leaving.signal });
    await expect.poll(() => asked).toBe(1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    await fetch(`${address}/healthz`);
    waiting.resolve();
    await expect.poll(async () => (await openEvents(address, test.bearer)).status).toBe(200);
  });

  it('drops a reader that does not keep up, and that one alone', async () => {
    const address = await listen({ maxWaiting: 1000, maxStreams: 2 });
    const [slow, quick] = [await openEvents(address, test.bearer), await openEvents(address, test.bearer)];
    slow.pause();
    const message = 'x'.repeat(1_000_000);
    let status = 503;
    while (status === 503) {
      const before = quick.text().length;
      test.services.events.publish({ type: 'image', imageId: 'a', state: 'failed', reference: 'b', message });
      await expect.poll(() => quick.text().length).toBeGreaterThan(before + message.length);
      const third = await openEvents(address, test.bearer);
      status = third.status;
      third.stop();
    }
    expect(status).toBe(200);
  });

  it('ends when the server closes', async () => {
    const reader = await openEvents(await listen(), test.bearer);
    await test.api.close();
    await reader.closed;
  });
});
