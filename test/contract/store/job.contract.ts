import { describe, expect, it } from 'vitest';
import type { StoreRoom } from './opened-stores.ts';

const job = { kind: 'read-image', subject: 'sha256:a', source: 'docker:a', host: 'north', priority: 5 } as const;

export function jobContract(room: StoreRoom): void {
  describe('jobs', () => {
    it('are leased by priority, then age, on their own host', async () => {
      const { jobs } = await room.fresh();
      expect(await jobs.enqueue(job, 1)).toBe(true);
      expect(await jobs.enqueue({ ...job, subject: 'b', priority: 1 }, 1)).toBe(true);
      expect(await jobs.enqueue({ ...job, subject: 'c', priority: 1 }, 1)).toBe(true);
      expect(await jobs.enqueue({ ...job, subject: 'd', host: 'south', priority: 0 }, 1)).toBe(true);
      const leased = [];
      for (let at = 0; at < 4; at++) leased.push(await jobs.lease('read-image', 'north', 100, 1));
      expect(leased.map((each) => each?.subject)).toEqual(['b', 'c', 'sha256:a', undefined]);
      expect(leased[2]).toMatchObject({ ...job, attempts: 1 });
      expect(await jobs.counts('read-image')).toEqual({ waiting: 1, running: 3, failed: 0 });
    });

    it('are open once; a more urgent call moves them forward', async () => {
      const { jobs } = await room.fresh();
      await jobs.enqueue({ ...job, subject: 'other', priority: 3 }, 1);
      await jobs.enqueue(job, 1);
      expect(await jobs.enqueue(job, 2)).toBe(false);
      expect(await jobs.enqueue({ ...job, priority: 9 }, 2)).toBe(false);
      expect(await jobs.enqueue({ ...job, priority: 2 }, 2)).toBe(false);
      expect(await jobs.lease('read-image', 'north', 100, 3)).toMatchObject({ subject: 'sha256:a', priority: 2 });
      expect(await jobs.counts('read-image')).toEqual({ waiting: 1, running: 1, failed: 0 });
    });

    it('come back once their lease has run out, unless it is renewed', async () => {
      const { jobs } = await room.fresh();
      await jobs.enqueue(job, 0);
      const first = await jobs.lease('read-image', 'north', 100, 0);
      expect(await jobs.lease('read-image', 'north', 100, 99)).toBeUndefined();
      await jobs.renew(first?.jobId ?? 0, 100, 50);
      expect(await jobs.lease('read-image', 'north', 100, 149)).toBeUndefined();
      expect(await jobs.lease('read-image', 'north', 100, 150)).toMatchObject({ jobId: first?.jobId, attempts: 2 });
    });

    it('end, are tried later, or fail for good and may be asked again', async () => {
      const { jobs } = await room.fresh();
      await jobs.enqueue(job, 0);
      const leased = await jobs.lease('read-image', 'north', 100, 0);
      const jobId = leased?.jobId ?? 0;
      await jobs.failed(jobId, 'no route', 500);
      expect(await jobs.lease('read-image', 'north', 100, 499)).toBeUndefined();
      expect(await jobs.lease('read-image', 'north', 100, 500)).toMatchObject({ jobId, attempts: 2 });
      await jobs.failed(jobId, 'no such image');
      expect(await jobs.counts('read-image')).toEqual({ waiting: 0, running: 0, failed: 1 });
      expect(await jobs.lease('read-image', 'north', 100, 9999)).toBeUndefined();
      expect(await jobs.enqueue(job, 9999)).toBe(true);
      expect(await jobs.counts('read-image')).toEqual({ waiting: 1, running: 0, failed: 0 });
      const again = await jobs.lease('read-image', 'north', 100, 9999);
      await jobs.done(again?.jobId ?? 0);
      expect(await jobs.counts('read-image')).toEqual({ waiting: 0, running: 0, failed: 0 });
    });

    it('are put off as if nothing had been tried, and tell where they look while they are open', async () => {
      const { jobs } = await room.fresh();
      expect(await jobs.openSource('read-image', 'sha256:a')).toBeUndefined();
      await jobs.enqueue(job, 7);
      expect(await jobs.openSource('read-image', 'sha256:a')).toBe('docker:a');
      const leased = await jobs.lease('read-image', 'north', 100, 7);
      expect(leased).toMatchObject({ attempts: 1, enqueued: 7 });
      await jobs.postpone(leased?.jobId ?? 0, 'too early', 500);
      expect(await jobs.lease('read-image', 'north', 100, 499)).toBeUndefined();
      expect(await jobs.lease('read-image', 'north', 100, 500)).toMatchObject({ attempts: 1, enqueued: 7 });
      await jobs.failed(leased?.jobId ?? 0, 'for good');
      expect(await jobs.openSource('read-image', 'sha256:a')).toBeUndefined();
    });

    it('go to one worker each, however many ask at once', async () => {
      const url = await room.freshUrl();
      const stores = [await room.open(url), await room.open(url), await room.open(url)];
      for (let index = 0; index < 30; index++) await stores[0]?.jobs.enqueue({ ...job, subject: `s${index}` }, 0);
      const leased = await Promise.all(
        Array.from({ length: 45 }, (_, index) => stores[index % 3]?.jobs.lease('read-image', 'north', 100, 1)),
      );
      // A worker that loses the race for a job may go without one; it asks again.
      const subjects = leased.flatMap((each) => (each ? [each.subject] : []));
      for (
        let each = await stores[1]?.jobs.lease('read-image', 'north', 100, 1);
        each;
        each = await stores[1]?.jobs.lease('read-image', 'north', 100, 1)
      ) {
        subjects.push(each.subject);
      }
      expect(subjects).toHaveLength(30);
      expect(new Set(subjects).size).toBe(30);
    });
  });
}
