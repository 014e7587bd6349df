import { describe, expect, it } from 'vitest';
import { fingerprint, launchRecord, launchTicket } from '../../fakes/launches.ts';
import type { StoreRoom } from './opened-stores.ts';

const page = { limit: 10, offset: 0 };
const [a, b] = [fingerprint('a'), fingerprint('b')];

export function launchContract(room: StoreRoom): void {
  describe('launches', () => {
    it('are given back as they were recorded, with what texts a request may hold', async () => {
      const { launches } = await room.fresh();
      const odd = launchRecord({ id: 'l2', who: 'a\0b \ud800', unreadable: '"quoted" \u0000' });
      await launches.record([launchRecord(), odd], []);
      expect(await launches.get('l1')).toEqual(launchRecord());
      expect(await launches.get('l2')).toEqual(odd);
      expect(await launches.get('l')).toBeUndefined();
    });

    it('are there once, however often they are recorded', async () => {
      const { launches } = await room.fresh();
      await launches.record([launchRecord()], []);
      await launches.record([launchRecord({ who: 'another' }), launchRecord({ id: 'l2' })], []);
      expect((await launches.list(page)).total).toBe(2);
      expect(await launches.get('l1')).toEqual(launchRecord());
    });

    it('are listed by what is asked, the newest first', async () => {
      const { launches } = await room.fresh();
      const denied = launchRecord({ id: 'l3', at: 300, outcome: 'deny', gate: 'runtime', host: 'two.example' });
      const observed = launchRecord({ id: 'l2', at: 200, observed: true, facts: [] });
      await launches.record([launchRecord(), denied, observed], []);
      const ids = async (query: object) => (await launches.list({ ...page, ...query })).items.map(({ id }) => id);
      expect(await ids({})).toEqual(['l3', 'l2', 'l1']);
      expect(await ids({ limit: 1, offset: 1 })).toEqual(['l2']);
      expect(await ids({ outcome: 'deny' })).toEqual(['l3']);
      expect(await ids({ observed: true })).toEqual(['l2']);
      expect(await ids({ gate: 'docker' })).toEqual(['l2', 'l1']);
      expect(await ids({ host: 'two.example' })).toEqual(['l3']);
      expect(await ids({ text: 'TEAM/app' })).toEqual(['l3', 'l1']);
      expect(await ids({ text: 'l2' })).toEqual(['l2']);
      expect(await ids({ text: '%' })).toEqual([]);
      expect((await launches.list({ ...page, limit: 1 })).total).toBe(3);
    });

    it('are replayed in order, page by page, also those of one moment', async () => {
      const { launches } = await room.fresh();
      const records = ['x', 'm', 'a', 'z'].map((id, index) => launchRecord({ id, at: index < 2 ? 100 : 200 }));
      await launches.record(records, []);
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const found = await launches.since(100, 1, after);
        after = found[0]?.id;
        if (after === undefined) break;
        seen.push(after);
      }
      expect(seen).toEqual(['x', 'm', 'a', 'z']);
      expect((await launches.since(101, 10)).map(({ id }) => id)).toEqual(['a', 'z']);
    });

    it('are forgotten from the oldest on, and what was let start is not', async () => {
      const { launches } = await room.fresh();
      const records = [1, 2, 3].map((n) => launchRecord({ id: `l${n}`, at: n * 100 }));
      await launches.record(records, [{ fingerprint: a, host: 'one.example', at: 100, isAdmitted: true }]);
      expect(await launches.forget(300, 1)).toBe(1);
      expect(await launches.forget(300, 10)).toBe(1);
      expect((await launches.list(page)).items.map(({ id }) => id)).toEqual(['l3']);
      expect(await launches.admission(a)).toBeDefined();
    });
  });

  describe('what was let start', () => {
    it('is known by host and anywhere, from first to last', async () => {
      const { launches } = await room.fresh();
      const start = (host: string, at: number, isAdmitted = false) => ({ fingerprint: a, host, at, isAdmitted });
      await launches.record(
        [],
        [start('one.example', 100), start('one.example', 150, true), start('two.example', 120)],
      );
      await launches.record([], [start('one.example', 200)]);
      expect(await launches.admission(a, 'one.example')).toEqual({
        fingerprint: a,
        host: 'one.example',
        firstAt: 100,
        lastAt: 200,
        admittedAt: 150,
      });
      expect(await launches.admission(a, 'two.example')).not.toHaveProperty('admittedAt');
      expect((await launches.admission(a))?.host).toBe('one.example');
      expect(await launches.admission(a, 'three.example')).toBeUndefined();
      expect(await launches.admission(b)).toBeUndefined();
    });
  });

  describe('tickets', () => {
    it('are open once for a launch, and answered once', async () => {
      const { launches } = await room.fresh();
      await launches.openTicket(launchTicket());
      await launches.openTicket(launchTicket({ id: 't2', openedAt: 150 }));
      expect((await launches.tickets(page)).items).toEqual([launchTicket()]);
      const answer = { by: 'ada@example.com', at: 200, reason: 'seen', until: 300 };
      expect(await launches.answerTicket('t1', 'approved', answer)).toBe(true);
      expect(await launches.answerTicket('t1', 'refused', answer)).toBe(false);
      expect(await launches.answerTicket('t9', 'refused', answer)).toBe(false);
      expect(await launches.ticketOf(a)).toEqual(launchTicket({ state: 'approved', answer }));
      expect(await launches.ticket('t1')).toEqual(launchTicket({ state: 'approved', answer }));
    });

    it('are opened anew after an answer, and the newest counts', async () => {
      const { launches } = await room.fresh();
      await launches.openTicket(launchTicket());
      await launches.answerTicket('t1', 'refused', { by: 'ada@example.com', at: 200, reason: 'no' });
      await launches.openTicket(launchTicket({ id: 't2', openedAt: 300 }));
      await launches.openTicket(launchTicket({ id: 't3', openedAt: 250, fingerprint: b }));
      expect((await launches.ticketOf(a))?.id).toBe('t2');
      expect((await launches.tickets({ ...page, state: 'open' })).items.map(({ id }) => id)).toEqual(['t2', 't3']);
      expect((await launches.tickets({ ...page, state: 'refused' })).total).toBe(1);
      expect(await launches.ticketOf(fingerprint('never'))).toBeUndefined();
    });
  });
}
